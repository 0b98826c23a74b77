"""The JSON API of the sandbox, for demos and tests: thin doors to what the pages do as well. See docs/sandbox.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from itep.sandbox import announcing, exports, faults, lifecycle, panel, sender, tracking
from itep.sandbox.panel import NotPossible
from itep.sandbox.records import Delivery, Exam, Fault, Product, ReceivedCall, SentMail, Switch, TrackingCode
from itep.sandbox.seed import seed
from itep.sandbox.store import Store
from itep.sandbox.world import is_idempotent, the_dialect, the_store

Given = Mapping[str, Any]
Door = Callable[..., Any]
T = TypeVar("T")


def door(**methods: Door) -> Callable[..., HttpResponse]:
    """One address of the API: a function for each method, given the store, the request and the JSON object sent."""

    @csrf_exempt
    def answer(request: HttpRequest, **parts: str) -> HttpResponse:
        chosen = methods.get(request.method or "")
        if chosen is None:
            return JsonResponse({"error": f"Use {' or '.join(methods)}."}, status=405)
        try:
            given = json.loads(request.body) if request.body else {}
            if not isinstance(given, dict):
                raise NotPossible("The body must be a JSON object.", 400)
            found = chosen(the_store(), request, given, **parts)
        except NotPossible as error:
            return JsonResponse({"error": str(error)}, status=error.status)
        except (ValueError, TypeError, KeyError) as error:
            return JsonResponse({"error": f"This cannot be read: {error}"}, status=400)
        if isinstance(found, HttpResponse):
            return found
        return JsonResponse(found, status=201 if request.method == "POST" and found.pop("created", False) else 200)

    return answer


def shown(store: Store, exam: Exam) -> dict[str, Any]:
    code = panel.tracking_code_of(store, exam)
    return {**asdict(exam), "available": exam.available, "effective_tracking_code": code.code if code else ""}


def base_url(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def tests(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    wanted = request.GET
    found = panel.listed(store, product=wanted.get("product", ""), every_status=True)
    found = [exam for exam in found if wanted.get("status", exam.status).casefold() == exam.status.casefold()]
    found = [exam for exam in found if exam.available or "available" not in wanted]
    found = [
        exam for exam in found if wanted.get("q", "").casefold() in f"{exam.test_id} {exam.assigned_to}".casefold()
    ]
    return {"count": len(found), "tests": [shown(store, exam) for exam in found]}


def buy(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    bought = panel.buy(store, code=given["product"], count=given.get("count", 0), test_ids=given.get("test_ids", ()))
    changes = {name: str(given[name]) for name in ("assigned_to", "password", "valid_until") if name in given}
    with store.change():
        for exam in bought:
            store.put(replace(exam, **changes))  # type: ignore[arg-type]
    made = [panel.exam_of(store, exam.test_id) for exam in bought]
    return {"created": True, "count": len(made), "tests": [shown(store, exam) for exam in made]}


def one_test(store: Store, request: HttpRequest, given: Given, test_id: str) -> dict[str, Any]:
    return shown(store, panel.exam_of(store, test_id))


def remove_test(store: Store, request: HttpRequest, given: Given, test_id: str) -> dict[str, Any]:
    panel.remove(store, test_id=test_id)
    return {"removed": test_id}


def assigned_to(store: Store, request: HttpRequest, given: Given, test_id: str) -> dict[str, Any]:
    return shown(store, panel.write_assigned_to(store, test_id=test_id, text=str(given["text"])))


def test_tracking_code(store: Store, request: HttpRequest, given: Given, test_id: str) -> dict[str, Any]:
    return shown(store, tracking.give(store, test_id=test_id, code=str(given["code"])))


def act(store: Store, request: HttpRequest, given: Given, test_id: str, name: str) -> dict[str, Any]:
    exam, delivery = lifecycle.act(
        store,
        test_id=test_id,
        name=name,
        base_url=base_url(request),
        levels={section: str(level) for section, level in given.get("levels", {}).items()},
        minutes=given.get("minutes"),
        test_date=given.get("test_date", ""),
        fields=given.get("fields"),
    )
    return {"test": shown(store, exam), "delivery": _delivered(store, delivery, given)}


def _delivered(store: Store, delivery: Delivery | None, given: Given) -> dict[str, Any] | None:
    if delivery is None:
        return None
    found = sender.wait_for(store, delivery.key) if given.get("wait") else store.get(Delivery, delivery.key)
    return asdict(found or delivery)


def export(store: Store, request: HttpRequest, given: Given) -> HttpResponse:
    wanted = request.GET
    name, content_type, content = exports.export(
        store,
        shape=wanted.get("format", "csv"),
        product=wanted.get("product", ""),
        every_status=wanted.get("all") == "1",
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def products(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    return {"products": [_product(store, product) for product in store.all(Product)]}


def _product(store: Store, product: Product) -> dict[str, Any]:
    return {**asdict(product), "available": sum(exam.available for exam in panel.listed(store, product=product.code))}


def add_product(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    sections = given.get("sections", ["Grammar", "Listening", "Reading"])
    code, name, api_key = str(given["code"]), str(given.get("name", "")), str(given.get("api_key", ""))
    made = panel.add_product(store, code=code, name=name, api_key=api_key, sections=sections)
    return {"created": True, **_product(store, made)}


def generate_key(store: Store, request: HttpRequest, given: Given, code: str) -> dict[str, Any]:
    return _product(store, panel.generate_key(store, code=code, key=str(given.get("key", ""))))


def tracking_codes(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    return {"tracking_codes": [asdict(code) for code in store.all(TrackingCode)]}


def keep_tracking_code(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    return {"created": True, **asdict(tracking.keep(store, TrackingCode(**given)))}


def remove_tracking_code(store: Store, request: HttpRequest, given: Given, code: str) -> dict[str, Any]:
    tracking.remove(store, code=code)
    return {"removed": code}


def all_faults(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    return {"faults": [asdict(fault) for fault in store.all(Fault)], "kinds": faults.KINDS}


def switch_on(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    return {"created": True, **asdict(faults.switch_on(store, Fault(key="", **given)))}


def clear_faults(store: Store, request: HttpRequest, given: Given, key: str = "") -> dict[str, Any]:
    cleared = [fault.key for fault in store.all(Fault) if key in ("", fault.key)]
    with store.change():
        for each in cleared:
            store.remove(Fault, each)
    released = announcing.release(store) if not any(f.kind == "reorder" for f in store.all(Fault)) else []
    return {"cleared": cleared, "released": [delivery.key for delivery in released]}


def deliveries(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    wanted = request.GET.get("test_id", "")
    found = [asdict(delivery) for delivery in store.all(Delivery) if wanted in ("", delivery.test_id)]
    return {"count": len(found), "deliveries": found}


def post_anything(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    """A webhook made by hand, with whatever stands in `data`: for what iTEP never documented."""
    code = store.get(TrackingCode, str(given["tracking_code"]))
    if code is None:
        raise NotPossible(f"There is no tracking code {given['tracking_code']!r}.", 404)
    data = given["data"] if isinstance(given["data"], str) else json.dumps(given["data"], ensure_ascii=False)
    delivery = announcing.queue(store, code=code, test_id=str(given.get("test_id", "")), data=data)
    return {"created": True, "delivery": _delivered(store, delivery, given)}


def send_again(store: Store, request: HttpRequest, given: Given, key: str) -> dict[str, Any]:
    return {"delivery": _delivered(store, announcing.send_again(store, key=key), given)}


def calls(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    wanted = request.GET
    found = [asdict(call) for call in store.all(ReceivedCall)]
    found = [call for call in found if all(call[name] == wanted[name] for name in ("oid", "test_id") if name in wanted)]
    return {"count": len(found), "acted": sum(bool(call["acted_on"]) for call in found), "calls": found}


def mails(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    found = [asdict(mail) for mail in store.all(SentMail)]
    return {"count": len(found), "mails": found}


def settings(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    return {"idempotent": is_idempotent(store), "dialect": asdict(the_dialect())}


def change_settings(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    with store.change():
        store.put(Switch("idempotent", on=bool(given["idempotent"])))
    return settings(store, request, given)


def reset(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    """Back to the first day. With {"seed": false}: products and keys only, no test IDs."""
    with store.change():
        store.clear()
        seed(store)
        if given.get("seed") is False:
            for exam in store.all(Exam):
                store.remove(Exam, exam.test_id)
    return {"products": len(store.all(Product)), "tests": len(store.all(Exam))}


def health(store: Store, request: HttpRequest, given: Given) -> dict[str, Any]:
    return {"ok": True}
