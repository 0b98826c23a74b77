"""Every route of the portal; a room's own routes live in its `urls.py`."""

from django.urls import include, path

from portal import metrics, views

urlpatterns = [
    path("", views.today, name="today"),
    path("accounts/", include("allauth.urls")),
    path("api/", include("access.api_docs")),
    path("api/v1/", include("inventory.urls_api")),
    path("help/errors/", include("access.help_urls")),
    path("candidates/", include("fulfillment.urls")),
    path("c/", include("fulfillment.urls_candidate")),
    path("inventory/", include("inventory.urls")),
    path("results/", include("results.urls")),
    path("setup/", include("access.urls")),
    path("setup/work/", include("outbox.urls")),
    path("api/v1/", include("results.urls_api")),
    path("webhooks/", include("webhooks.urls")),
    path("metrics", metrics.metrics, name="metrics"),
]
