"""Two dialects, each unlike the default in every key but those in which only the other one differs."""

# A form with the key in the query, a wanted ID, an oid and a tracking code of their own.
FORM = """
[auth]
in = "query"
name = "api key"
prefix = "Token "
[calls.assign]
method = "PUT"
path = "v2/give/one"
[calls.assign_and_send]
method = "GET"
path = "/v2/give/and/mail"
[request]
encoding = "form"
product_code = "product[code]"
test_id = "wanted"
source = "from"
source_inventory = "STOCK"
source_sale = "NEW"
oid = "customer_ref"
tracking_code = "track"
assigned_to = "assigned"
assigned_to_as = "string"
[assigned_to]
name = "Full Name"
email = "E-Mail"
oid = "ref"
external_id = "number"
max_bytes = 300
[response]
test_id = "data.0.exam.id"
password = "data.0.exam.pin"
error = "fault.text"
[outcomes]
success = [206, 299]
unavailable = [410, 412]
bad_key = [407]
refused = [418, 451]
retry = [420, 509]
[behavior]
idempotent = true
per_second = 0
timeout_seconds = 2.5
"""
# JSON with the key in the body; iTEP picks the ID, and the oid goes as a parameter alone.
PICKS = """
[auth]
in = "body"
name = "licence"
prefix = "L-"
[calls.assign]
method = "PATCH"
path = "/picks"
[calls.assign_and_send]
method = "PUT"
path = "/picks/mail"
[request]
encoding = "json"
product_code = "p"
test_id = ""
source = "s"
source_inventory = "1"
source_sale = "2"
oid = "o"
tracking_code = ""
assigned_to = "a"
assigned_to_as = "string"
[assigned_to]
name = "n"
email = ""
oid = ""
external_id = "x"
max_bytes = 200
[response]
test_id = "r.t"
password = "r.p"
error = "r.e"
[outcomes]
success = [203]
unavailable = [423]
bad_key = [511]
refused = [417]
retry = [425]
[behavior]
idempotent = true
per_second = 50
timeout_seconds = 3
"""
