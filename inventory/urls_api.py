"""Routes of the API below /api/v1/."""

from django.urls import path

from inventory import api

urlpatterns = [
    path("products", api.Products.as_view(), name="api-products"),
    path("test-ids", api.TestIDs.as_view(), name="api-test-ids"),
    path("test-ids/<path:test_id>", api.OneTestID.as_view(), name="api-test-id"),
]
