"""A candidate is told what happened at iTEP, or reminded; and the reminders of which a person is asked first."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.roles import staff_required
from access.views import author
from fulfillment import queries, reminders, reminding, rules, telling, troubles
from fulfillment.errors import BadRequest, NotResendable
from fulfillment.forms.overdue import TellForm
from fulfillment.models import Fulfillment, ReminderRound
from fulfillment.telling import Words

A_PAGE = 200


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def tell(request: HttpRequest, oid: UUID) -> HttpResponse:
    """The mail as it would go out, to be changed and sent by a person."""
    try:
        one = queries.one(oid)
    except Fulfillment.DoesNotExist as error:
        raise Http404 from error
    words = telling.draft(one)
    form = TellForm(request.POST or None, initial={"subject": words.subject, "body": words.body})
    if request.method == "POST" and form.is_valid():
        try:
            telling.tell(oid=oid, words=Words(**form.cleaned_data), actor=author(request))
        except NotResendable as refused:
            messages.error(request, str(refused))
        except BadRequest as refused:
            for fault in refused.errors:
                form.add_error(fault.field, fault.message)
        else:
            messages.success(request, _("The mail goes out. The candidate is told."))
        if not form.errors:
            return redirect("candidate", oid=oid)
    context = {"one": one, "form": form, "trouble": troubles.latest_open(one), "why_not": rules.why_not_tell(one)}
    return render(request, "fulfillment/tell.html", context, status=422 if form.errors else 200)


@require_POST
@staff_required
def seen_to(request: HttpRequest, oid: UUID) -> HttpResponse:
    """What happened at iTEP was seen to without a mail of ours."""
    one = get_object_or_404(Fulfillment.objects.select_related("product"), oid=oid)
    troubles.handled(one, actor=author(request), reason=request.POST.get("reason", "").strip()[:500])
    messages.success(request, _("Kept: it was seen to."))
    return redirect("candidate", oid=oid)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def due(request: HttpRequest) -> HttpResponse:
    """The reminders that wait for a person's word, because they are so many: who, and yes or no."""
    asked = reminding.open_round()
    if request.method == "POST" and asked is not None:
        goes = request.POST.get("goes") == "yes"
        reminding.answer(round_id=asked.pk, goes=goes, actor=author(request))
        said = _("They go out, within the hours of the day.") if goes else _("None of them goes out.")
        messages.success(request, said)
        return redirect("today")
    found = reminders.due() if asked else []
    shown = queries.by_oids(one.oid for one in found[:A_PAGE])
    context = {
        "asked": asked,
        "number": len(found),
        "rows": [(shown[one.oid], one.days_before) for one in found[:A_PAGE] if one.oid in shown],
        "last": ReminderRound.objects.exclude(goes=None).select_related("answered_by").first(),
    }
    return render(request, "fulfillment/reminders.html", context)
