"""The rows of a plan, as COPY takes them: what an ID would become, and the file's half of its pair."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from django.db import connection

from access.encryption import encrypt
from inventory.judgement import Effect, Judgement
from inventory.models import Cause, Claim, Upload
from inventory.pairs import Pair
from inventory.uploads import Contents

_LAST = {Effect.NOT_ARRIVED, Effect.FREE, Effect.EXPLAINED}
COLUMNS = (
    "upload_id",
    "sheet",
    "row",
    "test_id",
    "product",
    "cause",
    "rule",
    "step",
    "oid",
    "fields",
    "revision",
    "claim_revision",
    "before",
    "after",
    "dropped",
    "status_raw",
    "status",
    "assigned_to",
    "assigned_to_digest",
    "password",
    "password_digest",
    "valid_until",
    "purchased_on",
    "tracking_code",
    "other",
    "other_digest",
    "texts",
    "ours",
    "column",
    "value",
    "expected",
)
_oid_field = Claim._meta.get_field("oid")
_uuid = _oid_field.get_db_prep_value


class Step(IntEnum):
    """The order of applying. A call whose text stands on another ID of the same file must not be repeated: last."""

    NEW = 0  # into the mirror, nothing else
    MIRROR = 1  # the mirror alone
    CONTRADICTS = 2  # an ID that iTEP shows in use leaves the stock before anybody takes a next one
    GETS_ID = 3  # a claim gets an ID
    GETS_ANOTHERS = 4  # the same, and whoever merely reserved it takes the next
    TAKES_NEXT = 5  # which must be free by then
    LAST = 6  # what frees or repeats
    NEVER = 9  # rows that cannot be used


def invalid_rows(upload: Upload, contents: Contents) -> Iterator[tuple[Any, ...]]:
    for bad in contents.bad:
        value = _encrypted_json("********" if bad.secret and bad.value else bad.value)
        where = (upload.pk, bad.sheet[:64], bad.row, bad.test_id, bad.product[:64])
        about = (Cause.INVALID, "a.invalid", Step.NEVER, None, "[]", None, None, "", "", "")
        said = (*("",) * 6, None, None, "", None, "", None, 0)
        yield (*where, *about, *said, bad.column[:100], value, bad.expected[:200])


def planned_row(upload: Upload, contents: Contents, pair: Pair, judgement: Judgement, after: str) -> tuple[Any, ...]:
    staged, mirrored, claim = pair.staged, pair.mirrored, pair.claim
    return (
        upload.pk,
        staged.sheet[:64] if staged else "",
        staged.row if staged else None,
        pair.test_id,
        staged.product if staged else mirrored.product if mirrored else "",
        judgement.cause,
        judgement.rule,
        step_of(pair, judgement),
        _uuid(claim.oid, connection) if claim else None,
        json.dumps(judgement.fields),
        mirrored.revision if mirrored else None,
        claim.revision if claim else None,
        mirrored.standing if mirrored else "",
        after,
        "",
        *_said(contents, pair, judgement),
        *_texts(pair),
        "",
        None,
        "",
    )


def step_of(pair: Pair, judgement: Judgement) -> Step:
    """When in the plan's order this is applied."""
    effects = set(judgement.effects)
    gets_id, moves_on = bool(effects & {Effect.CONFIRM, Effect.JOIN}), Effect.TAKE_NEXT in effects
    if gets_id:
        return Step.GETS_ANOTHERS if moves_on else Step.GETS_ID
    if moves_on:
        return Step.TAKES_NEXT
    if effects & _LAST:
        return Step.LAST
    if Effect.UNEXPLAINED in effects:
        return Step.CONTRADICTS
    return Step.NEW if pair.mirror is None and effects == {Effect.WRITE} else Step.MIRROR


def _said(contents: Contents, pair: Pair, judgement: Judgement) -> tuple[Any, ...]:
    """The file's half as the plan keeps it: of secrets the digest, and the text only where the mirror lacks it."""
    staged, mirrored = pair.staged, pair.mirrored
    if staged is None:
        return (*("",) * 6, None, None, "", None, "")
    row, is_written = contents.rows[pair.test_id], Effect.WRITE in judgement.effects

    def new(text: str, digest: str) -> str:
        known = mirrored is not None and getattr(mirrored, digest) == getattr(staged, digest)
        return text if is_written and not known else ""

    other = new(row.other, "other_digest")
    return (
        staged.status_raw,
        staged.status,
        _encrypted(new(row.assigned_to, "assigned_to_digest")),
        staged.assigned_to_digest,
        _encrypted(new(row.password, "password_digest")),
        staged.password_digest,
        staged.valid_until,
        staged.purchased_on,
        staged.tracking_code,
        _encrypted(other) or None,
        staged.other_digest,
    )


def _texts(pair: Pair) -> tuple[Any, int]:
    """The claims that the pair concerns, each with where in the file its text stands; first those of this row."""
    ours = pair.row.ours if pair.row else ()
    holder = (pair.mirror.holder,) if pair.mirror and pair.mirror.holder else ()
    texts = [[one.id, sorted(one.in_file)] for one in dict.fromkeys((*ours, *holder))]
    return (json.dumps(texts) if texts else None), len(ours)


def _encrypted(text: str) -> str:
    """As `EncryptedTextField` keeps it, and as `EncryptedJSONField` keeps what is JSON already."""
    return encrypt(text.encode()).decode("ascii") if text else ""


def _encrypted_json(value: object) -> str:
    return _encrypted(json.dumps(value, ensure_ascii=False))
