"""Routes of fulfillment/, below `candidates/`. The page of one candidate joins rooms: `portal/candidate.py`."""

from django.urls import path

from fulfillment.views import acts, batch_files, batches, giving, listing, many, organization

app_name = "fulfillment"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("give/", giving.give, name="give"),
    path("give/would-come-to/", giving.would_come_to, name="would_come_to"),
    path("give/known/", giving.known, name="known_people"),
    path("give-many/", many.give_many, name="give_many"),
    path("give-many/template.<str:kind>", many.template, name="give_many_template"),
    path("batches/", batches.listing, name="batches"),
    path("batches/<int:batch_id>/", batches.batch, name="batch"),
    path("batches/<int:batch_id>/columns/", batch_files.columns, name="batch_columns"),
    path("batches/<int:batch_id>/errors.xlsx", batch_files.faulty_rows, name="batch_errors"),
    path("batches/<int:batch_id>/good-rows/", batch_files.good_rows, name="batch_good_rows"),
    path("batches/<int:batch_id>/decide/", batches.decide, name="batch_decide"),
    path("batches/<int:batch_id>/confirm/", batches.confirm, name="batch_confirm"),
    path("batches/<int:batch_id>/undo/", batches.undo, name="batch_undo"),
    path("batches/<int:batch_id>/cancel/", batches.cancel_rows, name="batch_cancel"),
    path("batches/<int:batch_id>/discard/", batches.discard, name="batch_discard"),
    path("batches/<int:batch_id>/rows.<str:kind>", batches.rows, name="batch_rows"),
    path("organization/", organization.the_organization, name="organization"),
    path("mails/<int:mail_id>/", listing.mail, name="mail"),
    path("requests/<int:request_id>/handled/", acts.handled, name="handled"),
    path("<uuid:oid>/cancel/", acts.cancel, name="cancel"),
    path("<uuid:oid>/resend/", acts.resend, name="resend"),
    path("<uuid:oid>/call-again/", acts.call_again, name="call_again"),
    path("<uuid:oid>/done-at-itep/", acts.done_at_itep, name="done_at_itep"),
    path("<uuid:oid>/not-done-at-itep/", acts.not_done_at_itep, name="not_done_at_itep"),
]
