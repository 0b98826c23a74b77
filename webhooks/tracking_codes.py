"""Tracking codes: the addresses that iTEP posts results to, and how iTEP proves that it is iTEP."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from access import audit
from access.actors import Actor
from access.encryption import keyed_digest
from webhooks import locks
from webhooks.authorization import HEADER_NAME, Proof, is_header_secret
from webhooks.errors import BadTrackingCode
from webhooks.models import Auth, TrackingCode

CACHE_SECONDS = 5.0  # so that a post costs one INSERT and nothing else; a change elsewhere is seen that late
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SEGMENT = re.compile(r"[A-Za-z0-9._-]{1,100}")
_known: dict[str, tuple[float, Known]] = {}


@dataclass(frozen=True, slots=True)
class Known:
    """What receiving a post needs of a tracking code. Any of `proofs` is enough."""

    pk: int
    code: str
    proofs: tuple[Proof, ...]


@transaction.atomic
def create(
    *,
    code: str,
    actor: Actor,
    auth: str | None = None,
    secret: str | None = None,
    signature_header: str | None = None,
    expects_finished: bool | None = None,
) -> TrackingCode:
    """A tracking code, or changes to it; what is None stays. Its path never changes.

    A secret that is replaced stays valid, by its method, until it is removed. Raises BadTrackingCode.
    """
    found = locks.tracking_code(code) or _new(code)
    before = (found.auth, found.secret)
    found.auth = _auth(auth or found.auth)
    found.secret = "" if found.auth == Auth.NONE and secret is None else (found.secret if secret is None else secret)
    found.signature_header = signature_header or found.signature_header
    found.expects_finished = found.expects_finished if expects_finished is None else expects_finished
    _refuse_what_cannot_work(found)
    if found.pk and before != (found.auth, found.secret) and before[0] != Auth.NONE and found.auth != Auth.NONE:
        found.old_auth, found.old_secret = before
    if found.auth == Auth.NONE:
        found.old_auth = found.old_secret = ""
    verb = "tracking_code.changed" if found.pk else "tracking_code.created"
    found.save()
    audit.record(actor=actor, verb=verb, subject=found.code, detail={"auth": found.auth})
    transaction.on_commit(_known.clear)
    return found


@transaction.atomic
def remove_old_secret(*, code: str, actor: Actor) -> TrackingCode:
    """From now on the new secret alone is valid. Raises BadTrackingCode."""
    found = locks.tracking_code(code)
    if found is None:
        raise BadTrackingCode(f"There is no tracking code {code}.")
    if found.old_secret:
        found.old_auth = found.old_secret = ""
        found.save(update_fields=["old_auth", "old_secret"])
        audit.record(actor=actor, verb="tracking_code.old_secret_removed", subject=found.code)
        transaction.on_commit(_known.clear)
    return found


def path_of(code: TrackingCode) -> str:
    """The path that iTEP posts to. It is a secret."""
    return reverse("webhooks:receive", args=[code.segment])


def find(segment: str) -> Known | None:
    """The active tracking code of a path's last segment. The bare code is none."""
    if not _SEGMENT.fullmatch(segment):
        return None
    digest = keyed_digest(segment, purpose="segment")
    until, known = _known.get(digest, (0.0, None))
    if known is not None and time.monotonic() < until:
        return known
    _known.pop(digest, None)
    found = TrackingCode.objects.filter(segment_digest=digest, is_active=True).first()
    if found is None:
        return None
    _known[digest] = (time.monotonic() + CACHE_SECONDS, _as_known(found))
    return _known[digest][1]


def _as_known(code: TrackingCode) -> Known:
    proofs = [Proof(code.auth, code.secret, code.signature_header)]
    if code.old_secret:
        proofs.append(Proof(code.old_auth or code.auth, code.old_secret, code.signature_header))
    return Known(code.pk, code.code, tuple(proofs))


def _new(code: str) -> TrackingCode:
    if not _CODE.fullmatch(code):
        raise BadTrackingCode("A tracking code has letters, digits, '.', '_' and '-', 64 at most.")
    segment = f"{code}-{secrets.token_hex(16)}"
    return TrackingCode(code=code, segment=segment, segment_digest=keyed_digest(segment, purpose="segment"))


def _auth(word: str) -> Auth:
    try:
        return Auth(word)
    except ValueError:
        raise BadTrackingCode(f"{word!r} is none of {', '.join(Auth.values)}.") from None


def _refuse_what_cannot_work(code: TrackingCode) -> None:
    """Fails closed: a secret that can never match, or one that nobody asks for, is said at set-up."""
    if code.auth == Auth.NONE and code.secret:
        raise BadTrackingCode("With the method none no secret is asked for: name a method, or leave the secret out.")
    if code.auth != Auth.NONE and not code.secret:
        raise BadTrackingCode(f"The method {code.auth} needs a secret.")
    if code.secret != code.secret.strip() or not code.secret.isprintable():
        raise BadTrackingCode("A secret has printable characters, and no spaces around it.")
    if code.auth == Auth.BASIC and ":" not in code.secret:
        raise BadTrackingCode("The secret of the method basic is user:password.")
    if code.auth == Auth.HEADER and not is_header_secret(code.secret):
        raise BadTrackingCode("The secret of the method header is 'Name: value'.")
    if not HEADER_NAME.fullmatch(code.signature_header):
        raise BadTrackingCode("The signature's header has letters, digits and '-'.")
