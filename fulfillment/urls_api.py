"""Routes of the API, below `/api/v1/`. Paths as DESIGN.md section 7 writes them: without a slash at the end."""

from django.urls import path

from fulfillment.api import events, views

urlpatterns = [
    path("fulfillments", views.Fulfillments.as_view(), name="api-fulfillments"),
    path("fulfillments/bulk", views.Bulk.as_view(), name="api-fulfillments-bulk"),
    path("fulfillments/<uuid:oid>", views.OneFulfillment.as_view(), name="api-fulfillment"),
    path("fulfillments/<uuid:oid>/cancel", views.Cancel.as_view(), name="api-fulfillment-cancel"),
    path("fulfillments/<uuid:oid>/resend", views.Resend.as_view(), name="api-fulfillment-resend"),
    path("events", events.Events.as_view(), name="api-events"),
]
