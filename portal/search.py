"""The search box of every page: an exact test ID or oid goes straight there, all else searches the candidates; and
where none is found, the test IDs by what stands in their Assigned-to."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from access.roles import staff_required
from fulfillment import queries
from fulfillment.models import Fulfillment
from inventory import text_search
from inventory.models import TestID
from itep.test_ids import UnreadableTestId, read_test_id


@staff_required
def search(request: HttpRequest) -> HttpResponse:
    """Goes to the one thing that `q` names, or to the list of candidates that it finds."""
    asked = request.GET.get("q", "").replace("\0", "").strip()
    if oid := _oid(asked):
        return redirect("candidate", oid=oid)
    if test_id := _test_id(asked):
        return redirect("inventory:test_id", test_id=test_id)
    there = "inventory:test_ids" if _is_outside_alone(asked) else "fulfillment:list"
    return redirect(f"{reverse(there)}?{urlencode({'q': asked})}")


def _is_outside_alone(asked: str) -> bool:
    """Whether no candidate is found, but IDs that somebody assigned at iTEP to whom nobody here knows."""
    outside = text_search.test_ids_with(asked).filter(holder__isnull=True)
    return outside.exists() and not Fulfillment.objects.filter(queries.search(asked)).exists()


def _oid(asked: str) -> UUID | None:
    try:
        oid = UUID(asked)
    except ValueError:
        return None
    return oid if Fulfillment.objects.filter(oid=oid).exists() else None


def _test_id(asked: str) -> str:
    try:
        test_id = read_test_id(asked)
    except UnreadableTestId:
        return ""
    return test_id if TestID.objects.filter(test_id=test_id).exists() else ""
