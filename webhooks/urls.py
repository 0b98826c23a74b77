"""Routes of webhooks/. Those of iTEP's are fixed; the others are pages of staff."""

from django.urls import path

from webhooks import pages, views

app_name = "webhooks"
urlpatterns = [
    path("itep/<str:segment>", views.receive, name="receive"),
    path("itep/<str:segment>/", views.receive),
    path("itep", views.unknown),
    path("itep/", views.unknown),
    path("itep/<path:rest>", views.unknown),
    path("tracking-codes/", pages.tracking_codes, name="tracking_codes"),
    path("tracking-codes/new/", pages.tracking_code, name="tracking_code_new"),
    path("tracking-codes/<int:pk>/", pages.tracking_code, name="tracking_code"),
    path("tracking-codes/<int:pk>/remove-old-secret/", pages.remove_old_secret, name="remove_old_secret"),
    path("unmatched/", pages.unmatched, name="unmatched"),
    path("unmatched/replay/", pages.replay_all, name="replay_all"),
    path("unmatched/<int:pk>/", pages.unmatched_one, name="unmatched_one"),
    path("unmatched/<int:pk>/replay/", pages.replay, name="replay"),
    path("unmatched/<int:pk>/body/", pages.reveal, name="reveal"),
]
