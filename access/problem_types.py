"""Every type of problem that the API tells, with the words of its page. Titles never change: callers log them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`what` it means, and `how` a caller gets on; `of_framework`: also told for refusals that are not our own."""

    status: int
    title: str
    what: str
    how: str
    of_framework: bool = False


TYPES = {
    "validation-error": Kind(
        422,
        "The request does not fit",
        "One or more values are missing, malformed or not allowed. Nothing was done.",
        "Each member of `errors` points at one value (`pointer`, a JSON pointer into your body) and says what is "
        "expected there. Correct all of them and send again.",
    ),
    "duplicate-candidate": Kind(
        409,
        "This candidate has this test already",
        "The same person has an open fulfillment of this product; its `oid` stands in the answer. No test ID is used.",
        'Follow that fulfillment instead. If the person is to get a second test, send `"allow_duplicate": true`.',
    ),
    "no-inventory": Kind(
        409,
        "No test ID is available",
        'The product has no available test ID now, and the request said `"wait": false`. Nothing was kept.',
        'Send it without `"wait": false`: it then waits in line, and is served as soon as there are test IDs.',
    ),
    "quota-exceeded": Kind(
        409,
        "The quota is used up",
        "The payer, or this API client, may give no more tests of this product in this period.",
        "An administrator of the portal can raise the quota.",
    ),
    "unknown-payer": Kind(
        422,
        "There is no such payer",
        "The payer named is not known here, or not one that this API client may give tests for.",
        "Name one of your payers by its code, or none if you have exactly one.",
    ),
    "not-cancellable": Kind(
        409,
        "This fulfillment cannot be cancelled",
        "It was cancelled before, or its test has been taken.",
        "`detail` says why. Read the fulfillment again for its present state.",
    ),
    "not-resendable": Kind(
        409,
        "This fulfillment cannot be sent again",
        "There is nothing to send yet, or nobody to send it to.",
        "`detail` says why. Read the fulfillment again for its present state.",
    ),
    "idempotency-in-progress": Kind(
        409,
        "The first request with this key still runs",
        "A request with the same Idempotency-Key is being worked on at this moment.",
        "Wait a second and send the same request again: you will get the first one's answer.",
    ),
    "idempotency-key-reused": Kind(
        422,
        "This key was used for another request",
        "The same Idempotency-Key came with a different body within 24 hours. Nothing was done.",
        "Use a new key for each new request, and the same key only to repeat the very same one.",
    ),
    "bad-request": Kind(
        400,
        "The request cannot be understood",
        "Something about the request itself is wrong.",
        "`detail` says what.",
        of_framework=True,
    ),
    "not-authenticated": Kind(
        401,
        "A key is needed",
        "The request carries no API key, or one that is unknown, expired or revoked.",
        "Send `Authorization: Bearer <key>`. An administrator of the portal makes keys, in Set-up, API clients.",
        of_framework=True,
    ),
    "not-allowed": Kind(
        403,
        "This key may not do that",
        "The API client lacks a scope that the request needs.",
        "An administrator of the portal can give it: `provision`, `read`, `results` or `secrets`.",
        of_framework=True,
    ),
    "not-found": Kind(
        404,
        "There is nothing here",
        "The address is wrong, or what it names is not visible to this API client.",
        "Check the address. A client that is limited to payers sees theirs only.",
        of_framework=True,
    ),
    "method-not-allowed": Kind(
        405,
        "This method does not work here",
        "The address exists, but not for this HTTP method.",
        "`/api/docs/` lists the methods of each address.",
        of_framework=True,
    ),
    "not-acceptable": Kind(
        406,
        "Only JSON can be had",
        "The `Accept` header rules out `application/json`.",
        "Leave `Accept` out, or accept `application/json`.",
        of_framework=True,
    ),
    "payload-too-large": Kind(
        413,
        "The request is too large",
        "The body is larger than the portal takes.",
        "Send fewer items at a time.",
        of_framework=True,
    ),
    "unsupported-media-type": Kind(
        415,
        "The body must be JSON",
        "The body's `Content-Type` is not `application/json`.",
        "Send JSON in UTF-8 with `Content-Type: application/json`.",
        of_framework=True,
    ),
    "too-many-requests": Kind(
        429,
        "Too many requests",
        "This API client asked more often than the portal allows.",
        "Wait as many seconds as `Retry-After` says.",
        of_framework=True,
    ),
    "internal-error": Kind(
        500,
        "Something went wrong here",
        "The portal failed. What was asked was not done, unless a later read shows it.",
        "Send it again with the same Idempotency-Key. If it stays, tell the portal's administrator the `instance`.",
        of_framework=True,
    ),
}
