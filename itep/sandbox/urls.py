"""Addresses of the sandbox: iTEP's pages, its two calls by the dialect, and the JSON API."""

from __future__ import annotations

from django.urls import include, path

from itep.sandbox import calls, documentation, exam_pages, reports, world_pages

urlpatterns = [
    *(path(call, calls.receive) for call in calls.paths()),
    path("sandbox/api/", documentation.page, name="api"),
    path("sandbox/api/", include("itep.sandbox.api_urls")),
    path("sandbox.css", documentation.style, name="style"),
    path("icon.svg", documentation.icon, name="icon"),
    path("reports/<token>", reports.report),
    path("", exam_pages.panel_page, name="panel"),
    path("export", exam_pages.export, name="export"),
    path("buy", exam_pages.buy, name="buy"),
    path("sell", exam_pages.sell, name="sell"),
    path("tests/<test_id>/", exam_pages.test_page, name="test"),
    path("tests/<test_id>/assigned-to", exam_pages.assigned_to, name="assigned-to"),
    path("tests/<test_id>/tracking-code", exam_pages.tracking_code, name="test-tracking-code"),
    path("tests/<test_id>/<name>", exam_pages.act, name="act"),
    path("product-codes/", world_pages.products, name="products"),
    path("product-codes/<code>/key", world_pages.generate_key, name="generate-key"),
    path("tracking-codes/", world_pages.tracking_codes, name="tracking-codes"),
    path("tracking-codes/<code>/remove", world_pages.remove_tracking_code, name="remove-tracking-code"),
    path("webhooks/", world_pages.webhooks, name="webhooks"),
    path("webhooks/<key>/resend", world_pages.send_again, name="send-again"),
    path("calls/", world_pages.calls, name="calls"),
    path("mails/", world_pages.mails, name="mails"),
    path("faults/", world_pages.fault_page, name="faults"),
    path("faults/clear", world_pages.clear_faults, name="clear-faults"),
    path("idempotent", world_pages.idempotent, name="idempotent"),
    path("reset", world_pages.reset, name="reset"),
]
