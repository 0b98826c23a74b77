"""What happens to a test at iTEP, and the webhook that follows where the documentation names a trigger (ITEP.md, 5)."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from itep.assigned_to import oids_in
from itep.sandbox import announcing
from itep.sandbox.grading import graded
from itep.sandbox.panel import NotPossible, exam_of, product_of
from itep.sandbox.records import Delivery, Exam
from itep.sandbox.reports import report_path
from itep.sandbox.store import Store
from itep.wire import JSON

ACTS = {
    "start": "Started",
    "finish": "Finished",
    "grade": "Completed",
    "review": "Review",
    "problem": "Technical Difficulty",
    "reset": "Ready",
    "invalidate": "Invalidated",
    "disable": "Disabled",
}
_ANNOUNCED = frozenset({"finish", "grade", "problem", "reset", "invalidate"})


def act(
    store: Store,
    *,
    test_id: str,
    name: str,
    base_url: str,
    levels: Mapping[str, str] | None = None,
    minutes: int | None = None,
    test_date: str = "",
    fields: Mapping[str, JSON] | None = None,
) -> tuple[Exam, Delivery | None]:
    """Any act from any status: which may follow which is not documented. `fields` overrides fields of the webhook."""
    if name not in ACTS:
        raise NotPossible(f"There is no act {name!r}. There are: {', '.join(ACTS)}.", 404)
    day = _day(test_date)
    _check(levels or {})
    with store.change():
        exam = exam_of(store, test_id)
        if name in {"finish", "grade"} and (minutes is not None or test_date):
            exam = replace(exam, minutes=exam.minutes if minutes is None else minutes, test_date=day.isoformat())
        exam = _after(store, exam, name, day, levels)
        store.put(exam)
        announced = None
        if name in _ANNOUNCED:
            data = json.dumps({**payload(exam, base_url), **(fields or {})}, ensure_ascii=False)
            announced = announcing.announce(store, exam=exam, data=data, is_finish=name == "finish")
    return exam, announced


def payload(exam: Exam, base_url: str) -> dict[str, JSON]:
    """The fields of iTEP's webhook. Only a Completed test carries levels; after a reset there is no date."""
    day = date.fromisoformat(exam.test_date) if exam.test_date else None
    done = exam.status == "Completed"
    data: dict[str, JSON] = {
        "OID": exam.oid or next((str(oid) for oid in oids_in(exam.assigned_to)), ""),
        "TestID": exam.test_id,
        "Status": exam.status,
        "Duration": "" if exam.minutes is None else str(exam.minutes),
        "TestDate": f"{day.month}/{day.day}/{day.year}" if day else "",
        "TestMonth": str(day.month) if day else "",
        "TestDay": str(day.day) if day else "",
        "TestYear": str(day.year) if day else "",
        "score_report_url": f"{base_url}{report_path(exam.test_id)}" if done else "",
    }
    if done:
        data |= {"Overall_Level": exam.overall_level, "Overall_cefr": exam.overall_cefr}
        for name, part in exam.sections.items():
            data |= {f"{name}_Level": part["level"], f"{name}_Score": part["score"], f"{name}_cefr": part["cefr"]}
    return data


def _after(store: Store, exam: Exam, name: str, day: date, levels: Mapping[str, str] | None) -> Exam:
    chance = random.Random()  # noqa: S311 - made-up grades
    match name:
        case "grade":
            return graded(exam, product_of(store, exam.product), chance, day=day, levels=levels)
        case "finish":
            date_of_test = exam.test_date or day.isoformat()
            minutes = chance.randrange(50, 90) if exam.minutes is None else exam.minutes
            return replace(exam, status="Finished", test_date=date_of_test, minutes=minutes)
        case "reset":
            return replace(
                exam, status="Ready", test_date="", minutes=None, overall_level="", overall_cefr="", sections={}
            )
        case _:
            return replace(exam, status=ACTS[name])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError as error:
        raise NotPossible(f"{text!r} is not a date such as 2026-03-09.") from error


def _check(levels: Mapping[str, str]) -> None:
    for section, text in levels.items():
        try:
            fits = not text or 0 <= Decimal(text) <= 6
        except InvalidOperation:
            fits = False
        if not fits:
            raise NotPossible(f"{section}: a level is from 0.0 to 6.0, not {text!r}.")
