"""A mail as it was sent, and what staff say became of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access.roles import staff_required
from access.views import author
from fulfillment import bouncing
from fulfillment.errors import NotNow
from fulfillment.models import Mail


@require_safe
@staff_required
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """A mail as it was sent."""
    one = get_object_or_404(Mail.objects.select_related("fulfillment__product"), pk=mail_id)
    context = {"mail": one, "one": one.fulfillment, "why_not_bounced": bouncing.why_not(one)}
    return render(request, "fulfillment/mail.html", context)


@require_POST
@staff_required
def bounced(request: HttpRequest, mail_id: int) -> HttpResponse:
    """A person saw that it came back."""
    one = get_object_or_404(Mail.objects.select_related("fulfillment"), pk=mail_id)
    try:
        bouncing.it_bounced(mail_id=mail_id, actor=author(request), reason=request.POST.get("reason", ""))
    except NotNow as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Kept: it bounced. Correct the address, then send it again."))
    return redirect("candidate", oid=one.fulfillment.oid)
