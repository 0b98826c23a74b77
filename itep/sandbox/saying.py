"""What every page of the sandbox does after a form: say what happened, or why not, on the page where it was asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from itep.sandbox.panel import NotPossible

Form = Callable[..., tuple[str, str]]


def back(address: str, **names: str) -> str:
    return reverse(address, kwargs=names)


def form(on_refusal: str) -> Callable[[Form], Callable[..., HttpResponse]]:
    """A POST that ends in an address and a sentence; a refusal ends at the page named here, with the reason."""

    def wrap(view: Form) -> Callable[..., HttpResponse]:
        @require_POST
        @wraps(view)
        def answer(request: HttpRequest, **parts: str) -> HttpResponse:
            try:
                address, said = view(request, **parts)
            except NotPossible as error:
                names = {"test_id": parts["test_id"]} if on_refusal == "test" else {}
                return HttpResponseRedirect(f"{back(on_refusal, **names)}?{urlencode({'refused': str(error)})}")
            return HttpResponseRedirect(f"{address}?{urlencode({'said': said})}")

        return answer

    return wrap


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page whose subject may not exist."""

    @wraps(view)
    def answer(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            return view(request, **parts)
        except NotPossible as error:
            return HttpResponseNotFound(render(request, "sandbox/missing.html", {"why": str(error)}).content)

    return answer
