"""Finding the field `data` in the raw body of a post: form-encoded, or multipart (ITEP.md section 5)."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage, Message
from urllib.parse import unquote_to_bytes

from itep.webhook import UnreadablePost


def data_in(content_type: str, body: bytes) -> str:
    """The value of the field `data`, its name without case. Raises UnreadablePost."""
    kind = content_type.partition(";")[0].strip().lower()
    fields = _multipart(content_type, body) if kind == "multipart/form-data" else _urlencoded(content_type, body)
    found = {value for name, value in fields if name.strip().casefold() == "data"}
    filled = {value for value in found if value.strip()} or found
    if not filled:
        raise UnreadablePost("The field data is missing.", field="data")
    if len(filled) > 1:
        raise UnreadablePost("The field data stands there twice, differing.", field="data")
    return filled.pop()


def _urlencoded(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """By bytes, since urllib's own reader takes ASCII alone."""
    charset = _header_only(content_type).get_content_charset("utf-8")
    pairs = [field.partition(b"=")[::2] for field in body.split(b"&")]
    return [(_decoded(_unquoted(name), charset), _decoded(_unquoted(value), charset)) for name, value in pairs]


def _unquoted(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _decoded(raw: bytes, charset: str) -> str:
    """Latin-1 where the bytes are no UTF-8: a stray letter in an unknown field must not cost the result."""
    for name in (charset, "utf-8"):
        try:
            return raw.decode(name)
        except (UnicodeError, LookupError):
            continue
    return raw.decode("latin-1")


def _multipart(content_type: str, body: bytes) -> list[tuple[str, str]]:
    head = b"Content-Type: " + _one_line(content_type).encode("latin-1", "replace") + b"\r\n\r\n"
    message = email.message_from_bytes(head + body)
    if not message.is_multipart():
        raise UnreadablePost("The post is multipart, and its parts cannot be told apart.")
    return [(name, _text(part)) for part in message.get_payload() if (name := _name(part)) is not None]


def _name(part: Message[str, str] | str) -> str | None:
    if isinstance(part, str):
        return None
    name = part.get_param("name", header="content-disposition")
    return name if isinstance(name, str) else None


def _text(part: Message[str, str] | str) -> str:
    assert not isinstance(part, str)
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        raise UnreadablePost("The field data is no text.", field="data")
    return _decoded(raw, part.get_content_charset("utf-8"))


def _header_only(content_type: str) -> EmailMessage:
    message = EmailMessage(policy=email.policy.compat32)
    message["Content-Type"] = _one_line(content_type)
    return message


def _one_line(content_type: str) -> str:
    return " ".join(content_type.split())
