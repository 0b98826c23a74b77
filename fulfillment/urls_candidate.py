"""Routes of the candidate's own page."""

from django.urls import path

from fulfillment.views import candidate_page as views

urlpatterns = [
    path("", views.code, name="candidate_code"),
    path("<str:token>/", views.page, name="candidate_page"),
    path("<str:token>/show/", views.show, name="candidate_page_show"),
    path("<str:token>/ask/", views.ask, name="candidate_page_ask"),
    path("<str:token>/deadline.ics", views.deadline, name="candidate_page_calendar"),
]
