"""Whether a post proves that it comes from iTEP, by the method of its tracking code (ITEP.md section 5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from webhooks.models import Auth

HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Proof:
    """A method and its secret. Any other method than the known ones proves nothing."""

    auth: str
    secret: str
    signature_header: str = "X-Signature"

    @property
    def needs_body(self) -> bool:
        return self.auth == Auth.HMAC


def is_header_secret(secret: str) -> bool:
    """Whether it reads `Name: value`."""
    name, colon, value = secret.partition(":")
    return bool(colon and HEADER_NAME.fullmatch(name.strip()) and value.strip())


def proves(proof: Proof, *, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether headers (looked up without case) and raw body carry the secret. Compares in constant time."""
    if proof.auth == Auth.NONE:
        return True
    if not proof.secret:
        return False
    if proof.auth == Auth.BASIC:
        return _same(_decoded(_credentials(headers, "basic")), proof.secret.encode())
    if proof.auth == Auth.BEARER:
        return _same(_credentials(headers, "bearer"), proof.secret.encode())
    if proof.auth == Auth.HEADER:
        name, _, value = proof.secret.partition(":")
        return _same(_header(headers, name.strip()), value.strip().encode())
    return proof.auth == Auth.HMAC and _is_signed(proof, headers, body)


def _is_signed(proof: Proof, headers: Mapping[str, str], body: bytes) -> bool:
    """The signature may come as hex or base64, with `sha256=` before it or without."""
    sent = _header(headers, proof.signature_header)
    sent = sent[7:] if sent[:7].lower() == b"sha256=" else sent
    right = hmac.new(proof.secret.encode(), body, hashlib.sha256).digest()
    by_hex = _same(sent.lower(), right.hex().encode())
    return _same(sent, base64.b64encode(right)) or by_hex


def _credentials(headers: Mapping[str, str], scheme: str) -> bytes:
    given, _, credentials = _header(headers, "Authorization").partition(b" ")
    return credentials.strip() if given.lower() == scheme.encode() else b""


def _header(headers: Mapping[str, str], name: str) -> bytes:
    """The bytes as they came: WSGI hands them out as Latin-1."""
    return headers.get(name, "").strip().encode("latin-1", "replace")


def _decoded(credentials: bytes) -> bytes:
    try:
        return base64.b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _same(sent: bytes, right: bytes) -> bool:
    """By digest, so that not even the length of the secret can be measured."""
    return hmac.compare_digest(hashlib.sha256(sent).digest(), hashlib.sha256(right).digest())
