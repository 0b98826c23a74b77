"""Addresses of the sandbox: iTEP's pages, its two calls by the dialect, and the JSON API."""

from __future__ import annotations

from django.urls import include, path

from itep.sandbox import calls, reports

urlpatterns = [
    *(path(call, calls.receive) for call in calls.paths()),
    path("sandbox/api/", include("itep.sandbox.api_urls")),
    path("reports/<token>", reports.report),
]
