"""Pages about tests: the AVAILABLE TESTS panel, and one test's page."""

from __future__ import annotations

import json
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from itep.assigned_to import is_blank
from itep.sandbox import api, lifecycle, panel, tracking
from itep.sandbox.exports import SHAPES
from itep.sandbox.panel import NotPossible
from itep.sandbox.records import Delivery, Exam, Product, TrackingCode
from itep.sandbox.saying import back, form, page
from itep.sandbox.world import the_store

_SHOWN = 500
# The act, what the button says, and whether iTEP tells the customer.
_BUTTONS = (
    ("start", "Start", False),
    ("finish", "Finish", True),
    ("review", "Review", False),
    ("problem", "Technical problem", True),
    ("reset", "Reset", True),
    ("invalidate", "Invalidate", True),
    ("disable", "Disable", False),
)


@require_GET
def panel_page(request: HttpRequest) -> HttpResponse:
    store = the_store()
    product, every_status = request.GET.get("product", ""), request.GET.get("all") == "1"
    query = request.GET.get("q", "").strip()
    exams = panel.listed(store, product=product, every_status=every_status)
    if query:
        exams = [exam for exam in exams if query.casefold() in f"{exam.test_id} {exam.assigned_to}".casefold()]
    context = {
        "exams": [(exam, panel.tracking_code_of(store, exam)) for exam in exams[:_SHOWN]],
        "count": len(exams),
        "left_out": max(0, len(exams) - _SHOWN),
        "available": sum(exam.available for exam in exams),
        "products": store.all(Product),
        "product": product,
        "every_status": every_status,
        "query": query,
        "shapes": SHAPES,
    }
    return render(request, "sandbox/panel.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    try:
        return api.export(the_store(), request, {})
    except NotPossible as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")


@form(on_refusal="panel")
def buy(request: HttpRequest) -> tuple[str, str]:
    text = request.POST.get("count", "")
    count = int(text) if text.isascii() and text.isdecimal() else 0
    bought = panel.buy(the_store(), code=request.POST.get("product", ""), count=count)
    return back("panel"), f"{len(bought)} test IDs of {bought[0].product} are bought."


@form(on_refusal="panel")
def sell(request: HttpRequest) -> tuple[str, str]:
    """A candidate buys at iTEP: a new ID that is taken at once."""
    store, text = the_store(), request.POST.get("assigned_to", "").strip()
    if not text:
        raise NotPossible("Say who buys it.")
    with store.change():
        exam = replace(panel.buy(store, code=request.POST.get("product", ""), count=1)[0], assigned_to=text, sold=True)
        store.put(exam)
    return back("test", test_id=exam.test_id), f"{exam.test_id} is sold to {text}."


@require_GET
@page
def test_page(request: HttpRequest, test_id: str) -> HttpResponse:
    store = the_store()
    exam = panel.exam_of(store, test_id)
    context = {
        "exam": exam,
        "product": panel.product_of(store, exam.product),
        "pretty": _pretty(exam),
        "tracking_code": panel.tracking_code_of(store, exam),
        "tracking_codes": store.all(TrackingCode),
        "buttons": _BUTTONS,
        "deliveries": [each for each in reversed(store.all(Delivery)) if each.test_id == exam.test_id],
    }
    return render(request, "sandbox/test.html", context)


def _pretty(exam: Exam) -> str:
    """Assigned-to as indented JSON, if it is a JSON object; a person's text stays as it is."""
    if is_blank(exam.assigned_to):
        return ""
    try:
        content = json.loads(exam.assigned_to)
    except ValueError:
        return exam.assigned_to
    return json.dumps(content, ensure_ascii=False, indent=2) if isinstance(content, dict) else exam.assigned_to


@form(on_refusal="test")
def assigned_to(request: HttpRequest, test_id: str) -> tuple[str, str]:
    exam = panel.write_assigned_to(the_store(), test_id=test_id, text=request.POST.get("text", ""))
    said = "Assigned-to is written." if exam.assigned_to else "Assigned-to is cleared: the test ID can be given again."
    return back("test", test_id=test_id), said


@form(on_refusal="test")
def tracking_code(request: HttpRequest, test_id: str) -> tuple[str, str]:
    tracking.give(the_store(), test_id=test_id, code=request.POST.get("code", ""))
    return back("test", test_id=test_id), "The tracking code is changed."


@form(on_refusal="test")
def act(request: HttpRequest, test_id: str, name: str) -> tuple[str, str]:
    levels = {key.removeprefix("level-"): str(text) for key, text in request.POST.items() if key.startswith("level-")}
    exam, delivery = lifecycle.act(
        the_store(), test_id=test_id, name=name, base_url=api.base_url(request), levels=levels
    )
    told = f"A webhook goes to {delivery.url}." if delivery else "Nobody is told."
    return back("test", test_id=test_id), f"{exam.test_id} is now {exam.status}. {told}"
