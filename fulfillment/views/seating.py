"""People are added to a sitting, moved to another one, or taken out."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from access.roles import staff_required
from access.views import author
from fulfillment import acts, attending, choosing, queries, seating, seats, sittings
from fulfillment.choosing import Choice
from fulfillment.errors import NoSeats, NotCancellable, SittingRefuses
from fulfillment.forms.sittings import AccommodationForm, MoveForm, PasteForm, SearchForm
from fulfillment.models import Fulfillment, Sitting
from fulfillment.seating import Refused

MOST = 200  # people on one page; a search makes fewer of them


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def add_people(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """By search or by a pasted list: who can be seated and who cannot, and why; then, ticked, seated."""
    sitting = get_object_or_404(sittings.listed(), pk=sitting_id)
    if request.method != "POST":
        return _choices(request, sitting, _searched(request, sitting))
    if "lines" in request.POST:
        return _pasted(request, sitting)
    return _seat(request, sitting)


def _searched(request: HttpRequest, sitting: Sitting) -> list[Choice]:
    form = SearchForm(request.GET)
    found = choosing.waiting_for_a_seat().order_by("name", "id")
    if form.is_valid() and form.cleaned_data["q"].strip():
        found = found.filter(queries.search(form.cleaned_data["q"]))
    if form.is_valid() and form.cleaned_data["product"]:
        found = found.filter(product=form.cleaned_data["product"])
    people = list(found.select_related("seat__sitting", "attendance")[: MOST + 1])
    return [Choice(each.one, each.why, ticked=False) for each in choosing.judged(people, sitting)]


def _pasted(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _choices(request, sitting, _searched(request, sitting), paste=form)
    pasted = choosing.look_up(form.cleaned_data["lines"])
    choices = choosing.judged(pasted.found, sitting, several=pasted.several)
    return _choices(request, sitting, choices, paste=form, unknown=pasted.unknown, several=bool(pasted.several))


def _seat(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    oids = seating.oids_of(request.POST.getlist("oid"))
    if not oids:
        messages.error(request, _("Tick the people first."))
        return redirect("fulfillment:sitting_people", sitting_id=sitting.pk)
    try:
        done = seating.seat(sitting_id=sitting.pk, oids=oids, actor=author(request))
    except (NoSeats, SittingRefuses) as refused:
        return _choices(request, sitting, choosing.judged(choosing.chosen(oids), sitting), refused=str(refused))
    _say_refused(request, done.refused)
    if done.seated:
        words = ngettext("%d person has a seat now.", "%d people have a seat now.", len(done.seated))
        messages.success(request, words % len(done.seated))
    return redirect("fulfillment:sitting", sitting_id=sitting.pk)


def _choices(
    request: HttpRequest,
    sitting: Sitting,
    choices: list[Choice],
    *,
    paste: PasteForm | None = None,
    unknown: Iterable[str] = (),
    several: bool = False,
    refused: str = "",
) -> HttpResponse:
    context = {
        "sitting": sitting,
        "search": SearchForm(request.GET),
        "searched": any(request.GET.values()),
        "paste": paste or PasteForm(),
        "pasted": paste is not None and paste.is_valid(),
        "choices": choices[:MOST] if paste is None and not refused else choices,
        "is_cut": paste is None and len(choices) > MOST,
        "able": sum(not each.why for each in choices),
        "unknown": list(unknown),
        "several": several,
        "refused": refused,
        "left": seats.left(sitting),
        "why_no_more": seating.why_no_more(sitting),
    }
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(request, "fulfillment/sittings/people.html", context, status=status)


@require_POST
@staff_required
def ticked(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """What to do with the people who were ticked: `move`, `take_out`, `cancel`."""
    sitting = get_object_or_404(Sitting, pk=sitting_id)
    oids = seating.oids_of(request.POST.getlist("oid"))
    form, act = MoveForm(request.POST, without=sitting), request.POST.get("act", "")
    if not oids:
        messages.error(request, _("Tick the people first."))
    elif not form.is_valid():
        messages.error(request, _("That sitting takes nobody any more."))
    elif act == "move":
        _move(request, form.cleaned_data["sitting"], oids)
    elif act == "take_out":
        _take_out(request, sitting, oids, form.cleaned_data["reason"])
    elif act == "cancel":
        _cancel(request, sitting, oids, form.cleaned_data["reason"])
    return redirect("fulfillment:sitting", sitting_id=sitting.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def accommodation(request: HttpRequest, oid: UUID) -> HttpResponse:
    """What a candidate needs to take the test."""
    one = get_object_or_404(Fulfillment, oid=oid)
    day = attending.of(one)
    form = AccommodationForm(request.POST or None, initial={"text": day.accommodation if day else ""})
    if request.method == "POST" and form.is_valid():
        attending.note_accommodation(oid=oid, text=form.cleaned_data["text"], actor=author(request))
        return redirect("candidate", oid=oid)
    return render(request, "fulfillment/sittings/accommodation.html", {"one": one, "form": form})


def _move(request: HttpRequest, to: Sitting | None, oids: list[UUID]) -> None:
    if to is None:
        messages.error(request, _("Choose the other sitting."))
        return
    try:
        done = seating.seat(sitting_id=to.pk, oids=oids, actor=author(request), move=True)
    except (NoSeats, SittingRefuses) as refused:
        messages.error(request, f"{to}: {refused}")
        return
    _say_refused(request, done.refused)
    words = ngettext("%(n)d person moved to %(to)s.", "%(n)d people moved to %(to)s.", len(done.seated))
    messages.success(request, words % {"n": len(done.seated), "to": to})


def _take_out(request: HttpRequest, sitting: Sitting, oids: list[UUID], reason: str) -> None:
    done = seating.take_out(sitting_id=sitting.pk, oids=oids, actor=author(request), reason=reason)
    _say_refused(request, done.refused)
    words = ngettext(
        "%d person was taken out. Nobody was mailed about it.",
        "%d people were taken out. Nobody was mailed about it.",
        len(done.seated),
    )
    messages.success(request, words % len(done.seated))


def _cancel(request: HttpRequest, sitting: Sitting, oids: list[UUID], reason: str) -> None:
    """Their tests, each by its own rule."""
    if not reason.strip():
        messages.error(request, _("Say why the tests are cancelled: it is kept in the history."))
        return
    count = 0
    for one in Fulfillment.objects.filter(oid__in=oids, seat__sitting=sitting).order_by("id"):
        try:
            acts.cancel(oid=one.oid, actor=author(request), reason=reason)
        except NotCancellable as refused:
            messages.error(request, f"{one.name}: {refused}")
        else:
            count += 1
    messages.success(request, ngettext("%d test cancelled.", "%d tests cancelled.", count) % count)


def _say_refused(request: HttpRequest, refused: Iterable[Refused]) -> None:
    for each in refused:
        messages.error(request, f"{each.one.name}: {each.why}")
