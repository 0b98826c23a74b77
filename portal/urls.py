"""Every route of the portal; a room's own routes live in its `urls.py`."""

from django.urls import include, path

from portal import adoption, metrics, unexplained
from portal.candidate import candidate
from portal.real import start_for_real
from portal.reports import reports
from portal.search import search
from portal.setup import setup
from portal.test_mail import test_mail
from portal.today.page import today
from portal.troubleshooting import troubleshooting

urlpatterns = [
    path("", today, name="today"),
    path("search/", search, name="search"),
    path("reports/", reports, name="reports"),
    path("setup/", setup, name="setup"),
    path("setup/start-for-real/", start_for_real, name="start_for_real"),
    path("setup/test-mail/", test_mail, name="test_mail"),
    path("accounts/", include("allauth.urls")),
    path("api/", include("access.api_docs")),
    path("api/v1/", include("inventory.urls_api")),
    path("help/errors/", include("access.help_urls")),
    path("candidates/adoption/", adoption.listing, name="adoption"),
    path("candidates/adoption/many/", adoption.many, name="adoption_many"),
    path("candidates/adoption/join/<path:test_id>/", adoption.join, name="adoption_join"),
    path("candidates/adoption/id/<path:test_id>/", adoption.one, name="adoption_one"),
    path("candidates/<uuid:oid>/", candidate, name="candidate"),
    path("candidates/<uuid:oid>/assigned-to/", troubleshooting, name="troubleshooting"),
    path("candidates/", include("fulfillment.urls")),
    path("c/", include("fulfillment.urls_candidate")),
    path("inventory/unexplained/", unexplained.listing, name="unexplained"),
    path("inventory/unexplained/<path:name>/", unexplained.act, name="repair"),
    path("inventory/", include("inventory.urls")),
    path("results/", include("results.urls")),
    path("setup/", include("access.urls")),
    path("setup/work/", include("outbox.urls")),
    path("api/v1/", include("results.urls_api")),
    path("webhooks/", include("webhooks.urls")),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", include("fulfillment.urls_api")),
]
