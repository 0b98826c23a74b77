"""Routes of fulfillment/, below `candidates/`. The page of one candidate joins rooms: `portal/candidate.py`."""

from django.urls import path

from fulfillment.views import acts, bulk_acts, giving, listing, many, organization

app_name = "fulfillment"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("columns/", listing.choose_columns, name="columns"),
    path("list.csv", listing.export, {"kind": "csv"}, name="list_csv"),
    path("list.xlsx", listing.export, {"kind": "xlsx"}, name="list_xlsx"),
    path("many/", bulk_acts.begin, name="bulk_begin"),
    path("many/<int:bulk_id>/", bulk_acts.bulk, name="bulk"),
    path("many/<int:bulk_id>/confirm/", bulk_acts.confirm, name="bulk_confirm"),
    path("give/", giving.give, name="give"),
    path("give-many/", many.give_many, name="give_many"),
    path("batches/<int:batch_id>/", many.batch, name="batch"),
    path("batches/<int:batch_id>/confirm/", many.confirm, name="batch_confirm"),
    path("organization/", organization.the_organization, name="organization"),
    path("mails/<int:mail_id>/", listing.mail, name="mail"),
    path("requests/<int:request_id>/handled/", acts.handled, name="handled"),
    path("<uuid:oid>/cancel/", acts.cancel, name="cancel"),
    path("<uuid:oid>/resend/", acts.resend, name="resend"),
    path("<uuid:oid>/call-again/", acts.call_again, name="call_again"),
    path("<uuid:oid>/done-at-itep/", acts.done_at_itep, name="done_at_itep"),
    path("<uuid:oid>/not-done-at-itep/", acts.not_done_at_itep, name="not_done_at_itep"),
]
