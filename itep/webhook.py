"""What iTEP posts about a test: the JSON text of the field `data` (ITEP.md, section 5)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn, TypeAlias
from uuid import UUID

from itep import webhook_values as values
from itep.statuses import Status, read_status
from itep.test_ids import UnreadableTestId, read_test_id
from itep.webhook_values import UnreadablePost
from itep.wire import storable

__all__ = ["ResultPost", "Section", "UnreadablePost", "fact_of", "read_data"]

_SECTION_FIELD = re.compile(r"(.{1,40})_(level|score|cefr)", re.IGNORECASE)
_DATE_FIELDS = ("testdate", "testmonth", "testday", "testyear")
_NO_DATE = frozenset("0/ ")

# Name without case -> name as iTEP wrote it, and the value.
_Fields: TypeAlias = dict[str, tuple[str, object]]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the exam, as iTEP said it: neither is derived from another."""

    level: Decimal | None
    score: Decimal | None
    cefr: str


@dataclass(frozen=True, slots=True)
class ResultPost:
    """One post. `unknown` holds the fields that were not understood, under iTEP's names, each as text."""

    oid: UUID | None
    raw_oid: str
    test_id: str | None
    status_raw: str
    status: Status | None
    test_date: date | None
    duration_minutes: int | None
    score_report_url: str
    overall_level: Decimal | None
    overall_cefr: str
    sections: Mapping[str, Section]
    unknown: Mapping[str, str]


def read_data(text: str) -> ResultPost:
    """The post that stands in the field `data`. Raises UnreadablePost, naming field and value where it can."""
    fields = _fields(text)
    raw_oid = _take_text(fields, "oid", longest=200)
    status_raw = _take_text(fields, "status", longest=100)
    test_id = _take_test_id(fields)
    duration = values.minutes("Duration", _take(fields, "duration"))
    report = _take_text(fields, "score_report_url", longest=4000)
    overall_level = values.level("Overall_Level", _take(fields, "overall_level"))
    overall_cefr = _take_text(fields, "overall_cefr", longest=100)
    test_date = _take_date(fields)
    sections = _take_sections(fields)
    return ResultPost(
        oid=_uuid(raw_oid),
        raw_oid=raw_oid,
        test_id=test_id,
        status_raw=status_raw,
        status=read_status(status_raw),
        test_date=test_date,
        duration_minutes=duration,
        score_report_url=report,
        overall_level=overall_level,
        overall_cefr=overall_cefr,
        sections=sections,
        unknown={name: _as_text(value) for name, value in fields.values()},
    )


def fact_of(post: ResultPost) -> str:
    """A digest of what the post says, equal for exact repeats: iTEP sends no event ID.

    Without the report address, which may carry a fresh token each time, and without unknown fields.
    """
    fact = {
        "oid": str(post.oid or post.raw_oid.casefold()),
        "test_id": post.test_id,
        "status": post.status or " ".join(post.status_raw.split()).casefold(),
        "test_date": post.test_date and post.test_date.isoformat(),
        "duration": post.duration_minutes,
        "overall": [_plain(post.overall_level), post.overall_cefr],
        "sections": {
            name.casefold(): [_plain(section.level), _plain(section.score), section.cefr]
            for name, section in post.sections.items()
        },
    }
    return hashlib.sha256(json.dumps(fact, sort_keys=True).encode()).hexdigest()


def _fields(text: str) -> _Fields:
    try:
        pairs = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_Pairs, parse_float=Decimal, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, UnreadablePost) else UnreadablePost("The field data is not JSON.") from error
    if not isinstance(pairs, _Pairs):
        raise UnreadablePost("The JSON of the field data is not an object.")
    fields: _Fields = {}
    for name, value in pairs:
        clean = storable(value) if isinstance(value, str) else value
        _, before = fields.get(name.casefold(), (name, None))
        if before not in (None, "") and clean not in (None, "", before):
            raise values.unreadable(name, value, "one value, but it stands there twice, differing")
        if before in (None, ""):
            fields[storable(name).casefold()] = (storable(name), clean)
    return fields


class _Pairs(list[tuple[str, object]]):
    """A JSON object before repeated names are lost; told apart from a JSON list by its type."""


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadablePost(f"The field data is not JSON: {name}.")


def _take(fields: _Fields, name: str) -> object:
    return fields.pop(name, ("", None))[1]


def _take_text(fields: _Fields, name: str, *, longest: int) -> str:
    written, value = fields.pop(name, ("", None))
    return values.text(written, value, longest=longest)


def _take_test_id(fields: _Fields) -> str | None:
    raw = _take_text(fields, "testid", longest=200)
    try:
        return read_test_id(raw) if raw else None
    except UnreadableTestId as error:
        raise UnreadablePost(f"TestID: {error}", field="TestID", value=raw[:80]) from error


def _take_date(fields: _Fields) -> date | None:
    """The day the test was finished. One that cannot be read stays among the unknown: the result is worth more."""
    texts = [values.text(name, fields.get(name, ("", None))[1], longest=100) for name in _DATE_FIELDS]
    whole, month, day_of_month, year = texts
    found = values.day(month=month, day_of_month=day_of_month, year=year, whole=whole)
    if found or set("".join(texts)) <= _NO_DATE:
        for name in _DATE_FIELDS:
            fields.pop(name, None)
    return found


def _take_sections(fields: _Fields) -> dict[str, Section]:
    parts: dict[str, dict[str, tuple[str, object]]] = {}
    names: dict[str, str] = {}
    for key in list(fields):
        match = _SECTION_FIELD.fullmatch(key)
        if match and match[1] != "overall":
            written, value = fields.pop(key)
            names.setdefault(match[1], _section_name(written[: -len(match[2]) - 1]))
            parts.setdefault(match[1], {})[match[2]] = (written, value)
    read = {names[key]: _section(found) for key, found in parts.items()}
    return {name: section for name, section in read.items() if section != Section(None, None, "")}


def _section(found: Mapping[str, tuple[str, object]]) -> Section:
    missing = ("", None)
    return Section(
        level=values.level(*found.get("level", missing)),
        score=values.score(*found.get("score", missing)),
        cefr=values.text(*found.get("cefr", missing), longest=100),
    )


def _section_name(written: str) -> str:
    """Title case where iTEP wrote all small or all capital; its own spelling otherwise."""
    name = written.strip()
    return name.title() if name.islower() or name.isupper() else name[:1].upper() + name[1:]


def _uuid(raw: str) -> UUID | None:
    try:
        return UUID(raw)
    except ValueError:
        return None


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else format(number.normalize(), "f")


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return storable(json.dumps(_unpaired(value), ensure_ascii=False, default=str))


def _unpaired(value: object) -> object:
    if isinstance(value, _Pairs):
        return {name: _unpaired(inner) for name, inner in value}
    return [_unpaired(inner) for inner in value] if isinstance(value, list) else value
