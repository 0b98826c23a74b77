"""How OpenAPI speaks of our keys and refusals. Imported by `AccessConfig.ready`, which registers the first."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from access.problem_types import TYPES

_PROBLEM = {
    "type": "object",
    "description": f"RFC 9457. `type` is the address of a page that explains it: {', '.join(TYPES)}.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "oid": {"type": "string", "format": "uuid", "description": "duplicate-candidate: the first one's."},
        "errors": {
            "type": "array",
            "description": "validation-error: all that does not fit, each with a JSON pointer.",
            "items": {"type": "object", "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}}},
        },
    },
    "required": ["type", "title", "status"],
}


class BearerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "access.api_keys.BearerKey"
    name = "bearerKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A key of an API client, as Set-up shows it once."}


def with_problems(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """drf-spectacular's hook: every operation may be refused, and always in the one shape."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    result["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"description": "A refusal", "content": content}
    return result
