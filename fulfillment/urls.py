"""Routes of fulfillment/, below `candidates/`. The page of one candidate joins rooms: `portal/candidate.py`."""

from django.urls import path

from fulfillment.views import acts, desk, giving, listing, many, organization
from fulfillment.views.doing import DO

app_name = "fulfillment"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("give/", giving.give, name="give"),
    path("give-many/", many.give_many, name="give_many"),
    path("batches/<int:batch_id>/", many.batch, name="batch"),
    path("batches/<int:batch_id>/confirm/", many.confirm, name="batch_confirm"),
    path("organization/", organization.the_organization, name="organization"),
    path("mails/<int:mail_id>/", listing.mail, name="mail"),
    path("requests/<int:request_id>/handled/", acts.handled, name="handled"),
    path("<uuid:oid>/show/", desk.slip, {"on_paper": False}, name="show"),
    path("<uuid:oid>/slip/", desk.slip, {"on_paper": True}, name="slip"),
    *(path(f"<uuid:oid>/{name.replace('_', '-')}/", acts.act, {"name": name}, name=name) for name in DO),
]
