"""Routes of fulfillment/, below `candidates/`. The page of one candidate joins rooms: `portal/candidate.py`."""

from django.urls import include, path

from fulfillment.views import (
    acts,
    batch_files,
    batches,
    calls,
    desk,
    giving,
    listing,
    many,
    organization,
    overdue,
    telling,
)
from fulfillment.views.doing import DO

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
    path("sittings/", include("fulfillment.urls_sittings")),
    path("organization/", organization.the_organization, name="organization"),
    path("mails/<int:mail_id>/", listing.mail, name="mail"),
    path("calls/", calls.calls, name="calls"),
    path("calls/by-hand/", calls.by_hand, name="calls_by_hand"),
    path("calls/by-calls/", calls.by_calls, name="calls_by_calls"),
    path("calls/again/", calls.again, name="calls_again"),
    path("calls/try-now/", calls.try_now, name="calls_try_now"),
    path("overdue/", overdue.listing, name="overdue"),
    path("overdue/<slug:act>/", overdue.preview, name="overdue_preview"),
    path("overdue/<slug:act>/do/", overdue.do, name="overdue_do"),
    path("reminders/", telling.due, name="reminders"),
    path("<uuid:oid>/tell/", telling.tell, name="tell"),
    path("<uuid:oid>/seen-to/", telling.seen_to, name="seen_to"),
    path("requests/<int:request_id>/handled/", acts.handled, name="handled"),
    path("<uuid:oid>/show/", desk.slip, {"on_paper": False}, name="show"),
    path("<uuid:oid>/slip/", desk.slip, {"on_paper": True}, name="slip"),
    *(path(f"<uuid:oid>/{name.replace('_', '-')}/", acts.act, {"name": name}, name=name) for name in DO),
]
