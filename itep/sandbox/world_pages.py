"""Pages about everything but tests: product codes, tracking codes, webhooks, calls, mails, faults."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from itep.sandbox import announcing, api, faults, panel, tracking
from itep.sandbox.panel import NotPossible
from itep.sandbox.records import Delivery, Exam, Fault, Product, ReceivedCall, SentMail, Switch, TrackingCode
from itep.sandbox.saying import back, form
from itep.sandbox.world import is_idempotent, the_store

_SHOWN = 200


@require_GET
def products(request: HttpRequest) -> HttpResponse:
    store = the_store()
    keys = [product.api_key for product in store.all(Product)]
    rows = []
    for product in store.all(Product):
        exams = [exam for exam in store.all(Exam) if exam.product == product.code]
        available = sum(exam.available for exam in exams)
        rows.append((product, available, len(exams), keys.count(product.api_key) > 1))
    return render(request, "sandbox/products.html", {"rows": rows})


@form(on_refusal="products")
def generate_key(request: HttpRequest, code: str) -> tuple[str, str]:
    panel.generate_key(the_store(), code=code, key=request.POST.get("key", "").strip())
    return back("products"), f"{code} has a new API key. The old one is no longer good for it."


def tracking_codes(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _keep_tracking_code(request)
    store = the_store()
    context = {"codes": store.all(TrackingCode), "products": store.all(Product), "auths": tracking.AUTHS}
    return render(request, "sandbox/tracking_codes.html", context)


@form(on_refusal="tracking-codes")
def _keep_tracking_code(request: HttpRequest) -> tuple[str, str]:
    given = {name: request.POST.get(name, "").strip() for name in ("code", "url", "auth", "secret", "applies_to")}
    code = tracking.keep(the_store(), TrackingCode(**given, sends_finished="sends_finished" in request.POST))
    return back("tracking-codes"), f"The tracking code {code.code} is kept."


@form(on_refusal="tracking-codes")
def remove_tracking_code(request: HttpRequest, code: str) -> tuple[str, str]:
    tracking.remove(the_store(), code=code)
    return back("tracking-codes"), f"The tracking code {code} is removed."


@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    found = the_store().all(Delivery)
    return render(request, "sandbox/webhooks.html", {"deliveries": found[::-1][:_SHOWN], "count": len(found)})


@form(on_refusal="webhooks")
def send_again(request: HttpRequest, key: str) -> tuple[str, str]:
    delivery = announcing.send_again(the_store(), key=key)
    return back("webhooks"), f"Webhook {delivery.key} is posted again to {delivery.url}."


@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    found = the_store().all(ReceivedCall)
    return render(request, "sandbox/calls.html", {"calls": found[::-1][:_SHOWN], "count": len(found)})


@require_GET
def mails(request: HttpRequest) -> HttpResponse:
    return render(request, "sandbox/mails.html", {"mails": the_store().all(SentMail)[::-1][:_SHOWN]})


def fault_page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _switch_on(request)
    store = the_store()
    context = {
        "faults": [(fault, faults.KINDS[fault.kind]) for fault in store.all(Fault)],
        "call_faults": faults.CALL_FAULTS,
        "webhook_faults": faults.WEBHOOK_FAULTS,
        "idempotent": is_idempotent(store),
        "held": sum(delivery.state == "held" for delivery in store.all(Delivery)),
    }
    return render(request, "sandbox/faults.html", context)


@form(on_refusal="faults")
def _switch_on(request: HttpRequest) -> tuple[str, str]:
    sent = request.POST
    try:
        fault = Fault(
            key="",
            kind=sent.get("kind", ""),
            remaining=int(sent["remaining"]) if sent.get("remaining") else None,
            seconds=float(sent.get("seconds") or 0),
            status=int(sent.get("status") or 0),
            message=sent.get("message", ""),
            copies=int(sent.get("copies") or 2),
            call=sent.get("call", ""),
        )
    except ValueError as error:
        raise NotPossible("One of the numbers cannot be read.") from error
    faults.switch_on(the_store(), fault)
    return back("faults"), f"The fault is on: {fault.kind}."


@form(on_refusal="faults")
def clear_faults(request: HttpRequest) -> tuple[str, str]:
    done = api.clear_faults(the_store(), request, {}, key=request.POST.get("key", ""))
    return back("faults"), f"Cleared: {len(done['cleared'])}. Webhooks let go: {len(done['released'])}."


@form(on_refusal="faults")
def idempotent(request: HttpRequest) -> tuple[str, str]:
    store, on = the_store(), request.POST.get("on") == "1"
    with store.change():
        store.put(Switch("idempotent", on=on))
    return back("faults"), "Repeated calls with one oid are now one." if on else "Each repeated call is now a new call."


def reset(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        api.reset(the_store(), request, {})
        return HttpResponseRedirect(f"{reverse('panel')}?said=Everything+is+as+on+the+first+day.")
    return render(request, "sandbox/reset.html")
