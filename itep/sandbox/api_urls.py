"""Addresses of the JSON API, below /sandbox/api/."""

from __future__ import annotations

from django.urls import path

from itep.sandbox import api
from itep.sandbox.api import door

urlpatterns = [
    path("health", door(GET=api.health)),
    path("tests", door(GET=api.tests, POST=api.buy)),
    path("tests/<test_id>", door(GET=api.one_test, DELETE=api.remove_test)),
    path("tests/<test_id>/assigned-to", door(POST=api.assigned_to)),
    path("tests/<test_id>/tracking-code", door(POST=api.test_tracking_code)),
    path("tests/<test_id>/<name>", door(POST=api.act)),
    path("export", door(GET=api.export)),
    path("products", door(GET=api.products, POST=api.add_product)),
    path("products/<code>/key", door(POST=api.generate_key)),
    path("tracking-codes", door(GET=api.tracking_codes, POST=api.keep_tracking_code)),
    path("tracking-codes/<code>", door(DELETE=api.remove_tracking_code)),
    path("faults", door(GET=api.all_faults, POST=api.switch_on, DELETE=api.clear_faults)),
    path("faults/<key>", door(DELETE=api.clear_faults)),
    path("webhooks", door(GET=api.deliveries, POST=api.post_anything)),
    path("webhooks/<key>/resend", door(POST=api.send_again)),
    path("calls", door(GET=api.calls)),
    path("mails", door(GET=api.mails)),
    path("settings", door(GET=api.settings, POST=api.change_settings)),
    path("reset", door(POST=api.reset)),
]
