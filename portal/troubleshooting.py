"""What we wrote into iTEP and what iTEP shows of one test: compared, with every call, to be sent to iTEP's support."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access.models import User
from access.roles import is_administrator, staff_required
from fulfillment import queries
from fulfillment.models import Fulfillment
from inventory import sources
from inventory.models import AssignedToRecord
from inventory.models.claims import SEEN_BY_A_PERSON, WrittenBy
from itep.comparing import Difference
from portal import support

# Each a word, what kind of chip, so that colour is never the only bearer.
DIFFERENCES: dict[Difference, tuple[Promise, str]] = {
    Difference.SAME: (_("same"), "good"),
    Difference.CHANGED: (_("different"), "bad"),
    Difference.MISSING: (_("missing at iTEP"), "bad"),
    Difference.ADDED: (_("only at iTEP"), "warn"),
}
WRITTEN_BY: dict[WrittenBy, Promise] = {
    WrittenBy.CALL: _("by a call"),
    WrittenBy.PERSON: _("by a person"),
    WrittenBy.ADOPTED: _("adopted as it stood at iTEP"),
}


@require_safe
@staff_required
def troubleshooting(request: HttpRequest, oid: UUID) -> HttpResponse:
    """For staff; what the calls said and got, masked, for administrators alone."""
    try:
        one = queries.one(oid)
    except Fulfillment.DoesNotExist as error:
        raise Http404 from error
    sees_work, written = is_administrator(request.user), support.records(one)
    ids, calls = support.shown(one, written), support.tried(one, written)
    context = {
        "one": one,
        "ids": [(shown, [(row, *DIFFERENCES[row.difference]) for row in shown.rows]) for shown in ids],
        "written": [_written(record, sees_work=sees_work) for record in reversed(written)],
        "calls": calls[::-1],
        "sees_work": sees_work,
        "for_support": support.text(one, ids, calls),
    }
    return render(request, "fulfillment/troubleshooting.html", context)


def _written(record: AssignedToRecord, *, sees_work: bool) -> dict[str, object]:
    confirmed = record.confirmed_by
    return {
        "record": record,
        "by": WRITTEN_BY[WrittenBy(record.written_by)],
        "source": _in_words(record.source),
        "source_url": sources.page_of(record.source, test_id=record.test_id, sees_work=sees_work),
        "confirmed": _("a person, who saw it at iTEP") if confirmed == SEEN_BY_A_PERSON else _in_words(confirmed),
        "confirmed_url": sources.page_of(confirmed, test_id=record.test_id, sees_work=sees_work),
    }


def _in_words(source: str) -> str:
    """ "user 3" by their name; all else as it is: "call 12", "upload 3, row 4"."""
    kind, _space, number = source.partition(" ")
    if kind != "user" or not number.isdecimal():
        return source
    user = User.objects.filter(pk=int(number)).first()
    return str(user) if user else source
