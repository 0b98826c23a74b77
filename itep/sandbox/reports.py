"""The page with the formatted score report, at an address that cannot be guessed from the test ID."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from itep.sandbox.records import Exam, Product
from itep.sandbox.world import the_store


def report_path(test_id: str) -> str:
    return f"/reports/{hashlib.sha256(f'sandbox report {test_id}'.encode()).hexdigest()[:24]}"


def report(request: HttpRequest, token: str) -> HttpResponse:
    """The report, for as long as the result stands."""
    store = the_store()
    exam = next((exam for exam in store.all(Exam) if report_path(exam.test_id).endswith(token)), None)
    if exam is None or exam.status != "Completed":
        raise Http404
    return render(request, "sandbox/report.html", {"exam": exam, "product": store.get(Product, exam.product)})
