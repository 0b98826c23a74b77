"""Routes of sittings, below `candidates/sittings/`."""

from django.urls import path

from fulfillment.views import door, seating, sittings

urlpatterns = [
    path("", sittings.listing, name="sittings"),
    path("new/", sittings.new, name="sitting_new"),
    path("<int:sitting_id>/", sittings.one, name="sitting"),
    path("<int:sitting_id>/change/", sittings.change, name="sitting_change"),
    path("<int:sitting_id>/close/", sittings.close, name="sitting_close"),
    path("<int:sitting_id>/cancel/", sittings.cancel, name="sitting_cancel"),
    path("<int:sitting_id>/tell/", sittings.tell, name="sitting_tell"),
    path("<int:sitting_id>/people/", seating.add_people, name="sitting_people"),
    path("<int:sitting_id>/ticked/", seating.ticked, name="sitting_ticked"),
    path("<int:sitting_id>/door/", door.door, name="door"),
    path("<int:sitting_id>/door/changes/", door.changes, name="door_changes"),
    path("<int:sitting_id>/sheet/", door.printed, name="roster_print"),
    path("<int:sitting_id>/xlsx/", door.sheet, name="roster_sheet"),
    path("people/<uuid:oid>/accommodation/", seating.accommodation, name="accommodation"),
    path("people/<uuid:oid>/<slug:act>/", door.mark, name="door_mark"),
]
