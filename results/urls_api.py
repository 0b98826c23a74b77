"""Routes of results/: the API, under api/v1/."""

from django.urls import path

from results import api

urlpatterns = [
    path("results", api.ResultList.as_view(), name="api-results"),
    path("results/<uuid:oid>", api.ResultOfOid.as_view(), name="api-result"),
]
