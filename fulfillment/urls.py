"""Routes of fulfillment/, below `candidates/`. The page of one candidate joins rooms: `portal/candidate.py`."""

from django.urls import path

from fulfillment import many_views, views

app_name = "fulfillment"
urlpatterns = [
    path("", views.listing, name="list"),
    path("give/", views.give, name="give"),
    path("give-many/", many_views.give_many, name="give_many"),
    path("batches/<int:batch_id>/", many_views.batch, name="batch"),
    path("batches/<int:batch_id>/confirm/", many_views.confirm, name="batch_confirm"),
    path("organization/", views.the_organization, name="organization"),
    path("mails/<int:mail_id>/", views.mail, name="mail"),
    path("requests/<int:request_id>/handled/", views.handled, name="handled"),
    path("<uuid:oid>/cancel/", views.cancel, name="cancel"),
    path("<uuid:oid>/resend/", views.resend, name="resend"),
    path("<uuid:oid>/call-again/", views.call_again, name="call_again"),
    path("<uuid:oid>/done-at-itep/", views.done_at_itep, name="done_at_itep"),
    path("<uuid:oid>/not-done-at-itep/", views.not_done_at_itep, name="not_done_at_itep"),
]
