"""The API's door to fulfillments (DESIGN.md section 7, "HTTP"): thin, each call ends in one function of the room."""
