"""Pages of staff and administrators: tracking codes, and posts that were set apart."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.actors import Actor
from access.roles import administrator_required, staff_required
from webhooks import quarantine, queries
from webhooks import tracking_codes as codes
from webhooks.errors import BadTrackingCode
from webhooks.forms import TrackingCodeForm
from webhooks.models import Auth, Post, PostState, TrackingCode


def _actor(request: HttpRequest) -> Actor:
    assert request.user.is_authenticated
    return Actor.person(request.user)


@require_GET
@administrator_required
def tracking_codes(request: HttpRequest) -> HttpResponse:
    return render(request, "webhooks/tracking_codes.html", {"codes": queries.tracking_codes()})


@require_http_methods(["GET", "POST"])
@never_cache
@administrator_required
def tracking_code(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new tracking code; or one with its address, its secret masked, and the letter to iTEP's staff."""
    found = None if pk is None else get_object_or_404(TrackingCode, pk=pk)
    form = _form(request, found)
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form)
        if saved is not None:
            return redirect("webhooks:tracking_code", saved.pk)
    about = {"form": form, "code": found, "address": _address(found), "letter": _letter(found)}
    return render(request, "webhooks/tracking_code.html", about)


def _form(request: HttpRequest, found: TrackingCode | None) -> TrackingCodeForm:
    if found is None:
        return TrackingCodeForm(request.POST or None)
    fields = ("auth", "signature_header", "expects_finished")
    return TrackingCodeForm(
        request.POST or None, code=found.code, initial={name: getattr(found, name) for name in fields}
    )


def _save(request: HttpRequest, form: TrackingCodeForm) -> TrackingCode | None:
    said = form.cleaned_data
    try:
        saved = codes.create(
            code=said["code"],
            auth=said["auth"],
            secret=said["secret"] or None,
            signature_header=said["signature_header"] or None,
            expects_finished=said["expects_finished"],
            actor=_actor(request),
        )
    except BadTrackingCode as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("Saved."))
    return saved


def _address(code: TrackingCode | None) -> str:
    return "" if code is None else settings.PORTAL_URL.rstrip("/") + codes.path_of(code)


def _letter(code: TrackingCode | None) -> str:
    """To iTEP's staff, in their language whatever the reader's is. Without the secret: the letter goes by mail."""
    if code is None:
        return ""
    methods = {
        Auth.NONE: "none; the address itself is the secret",
        Auth.BASIC: "HTTP Basic",
        Auth.BEARER: "header Authorization: Bearer <token>",
        Auth.HEADER: f"header {code.secret.partition(':')[0]}: <value>",
        Auth.HMAC: f"header {code.signature_header}: HMAC-SHA256 of the raw body, as hex",
    }
    about = {"code": code, "address": _address(code), "method": methods[Auth(code.auth)]}
    return render_to_string("webhooks/letter.txt", about).strip()


@require_POST
@administrator_required
def remove_old_secret(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(TrackingCode, pk=pk)
    codes.remove_old_secret(code=found.code, actor=_actor(request))
    messages.success(request, _("The old secret is no longer valid."))
    return redirect("webhooks:tracking_code", pk)


@require_GET
@staff_required
def unmatched(request: HttpRequest) -> HttpResponse:
    """Posts that a person has to look at."""
    why = request.GET.get("why", "")
    page = Paginator(queries.unmatched(why), 50).get_page(request.GET.get("page"))
    heaps = queries.heaps()
    total = sum(heap.count for heap in heaps)
    return render(request, "webhooks/unmatched.html", {"page": page, "heaps": heaps, "why": why, "total": total})


@require_GET
@staff_required
def unmatched_one(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.select_related("tracking_code").defer("body"), pk=pk)
    return render(request, "webhooks/unmatched_one.html", {"post": post, "open": post.state == PostState.QUARANTINED})


@require_POST
@never_cache
@staff_required
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """What iTEP sent, in clear: who looked is kept."""
    try:
        body = quarantine.reveal(post_id=pk, actor=_actor(request))
    except Post.DoesNotExist:
        raise Http404 from None
    post = get_object_or_404(Post.objects.select_related("tracking_code").defer("body"), pk=pk)
    about = {"post": post, "open": post.state == PostState.QUARANTINED, "body": body}
    return render(request, "webhooks/unmatched_one.html", about)


@require_POST
@staff_required
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    quarantine.replay(actor=_actor(request), post_ids=[pk])
    messages.success(request, _("It is judged again within seconds, and comes back if it still cannot be matched."))
    return redirect("webhooks:unmatched")


@require_POST
@staff_required
def replay_all(request: HttpRequest) -> HttpResponse:
    count = quarantine.replay(actor=_actor(request))
    said = ngettext("%(count)d post is judged again.", "%(count)d posts are judged again.", count) % {"count": count}
    messages.success(request, said)
    return redirect("webhooks:unmatched")
