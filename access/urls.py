"""Routes of access/, below /setup/."""

from django.urls import path

from access import api_client_views, views

app_name = "access"
urlpatterns = [
    path("payers/", views.payers, name="payers"),
    path("payers/add/", views.add_payer, name="add_payer"),
    path("payers/<slug:code>/change/", views.change_payer, name="change_payer"),
    path("people/", views.people, name="people"),
    path("people/add/", views.add_person, name="add_person"),
    path("people/<int:pk>/", views.change_person, name="change_person"),
    path("api-clients/", api_client_views.clients, name="api_clients"),
    path("api-clients/add/", api_client_views.add_client, name="add_api_client"),
    path("api-clients/<int:pk>/", api_client_views.change_client, name="change_api_client"),
    path("api-clients/<int:pk>/keys/", api_client_views.add_key, name="add_api_key"),
    path("api-keys/<int:pk>/revoke/", api_client_views.revoke_key, name="revoke_api_key"),
    path("audit/", views.trail, name="trail"),
]
