"""Routes of fulfillment/, below `candidates/`. The page of one candidate joins rooms: `portal/candidate.py`."""

from django.urls import path

from fulfillment.views import acts, giving, letters, listing, many, organization

app_name = "fulfillment"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("give/", giving.give, name="give"),
    path("give-many/", many.give_many, name="give_many"),
    path("batches/<int:batch_id>/", many.batch, name="batch"),
    path("batches/<int:batch_id>/confirm/", many.confirm, name="batch_confirm"),
    path("organization/", organization.the_organization, name="organization"),
    path("letters/", letters.letters, name="letters"),
    path("letters/languages/<str:tag>/", letters.language, name="language"),
    path("letters/<str:kind>/<str:language>/", letters.letter, name="letter"),
    path("mails/<int:mail_id>/", listing.mail, name="mail"),
    path("requests/<int:request_id>/handled/", acts.handled, name="handled"),
    path("<uuid:oid>/cancel/", acts.cancel, name="cancel"),
    path("<uuid:oid>/resend/", acts.resend, name="resend"),
    path("<uuid:oid>/call-again/", acts.call_again, name="call_again"),
    path("<uuid:oid>/done-at-itep/", acts.done_at_itep, name="done_at_itep"),
    path("<uuid:oid>/not-done-at-itep/", acts.not_done_at_itep, name="not_done_at_itep"),
]
