"""Set-up: mails to candidates, their texts and languages."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access.roles import administrator_required
from access.views import author
from fulfillment import languages
from fulfillment.forms.letters import EXAMPLE, LetterForm, direction, in_words
from fulfillment.letters import choosing, editing, overview, previewing, shipped
from fulfillment.letters.choosing import Place, Text
from fulfillment.letters.editing import BadLetter, LetterMoved, StaysOn
from fulfillment.letters.placeholders import PLACEHOLDERS
from fulfillment.models import Letter, LetterKind
from fulfillment.models.letters import WRITTEN
from inventory.models import Product
from outbox import trying


@require_safe
@administrator_required
def letters(request: HttpRequest) -> HttpResponse:
    """Every kind of letter in one language, and where its text comes from."""
    wished = request.GET.get("language", "")
    tag = wished if wished in languages.NAMES else languages.chosen("")
    context = {
        "spoken": overview.language(tag),
        "languages": overview.all_languages(),
        "rows": overview.rows(tag),
    }
    return render(request, "fulfillment/letters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def letter(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """One text: written, looked at with real data, tried, used, or given up for the shipped one."""
    place = _place(request, kind, language)
    if request.method != "POST":
        return _page(request, place, LetterForm(_begin_with(request, place), place=place))
    acts = {"save": _save, "shipped": _back_to_shipped, "test": _send_me, "preview": _preview}
    form = LetterForm(request.POST, place=place)
    form.is_valid()  # what is typed is judged by the room; who came with a wrong choice gets the example
    return acts.get(request.POST.get("act", ""), _preview)(request, place, form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def language(request: HttpRequest, tag: str) -> HttpResponse:
    """All that candidates would read in a language, to be read and switched on; or off."""
    if tag not in languages.NAMES:
        raise Http404
    if request.method == "POST":
        return _switch(request, tag)
    texts = [(kind, previewing.preview(place, choosing.text_for(place), None).written) for kind, place in _all(tag)]
    context = {
        "spoken": overview.language(tag),
        "texts": texts,
        "direction": direction(tag),
        "words": shipped.page_words(tag),
    }
    return render(request, "fulfillment/language.html", context)


def _all(tag: str) -> list[tuple[LetterKind, Place]]:
    return [(kind, Place(kind, tag)) for kind in WRITTEN]


def _switch(request: HttpRequest, tag: str) -> HttpResponse:
    name = languages.NAMES[tag]
    if request.POST.get("act") == "off":
        try:
            editing.switch_off(tag=tag, actor=author(request))
        except StaysOn as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("%(language)s is off.") % {"language": name})
    elif request.POST.get("read"):
        editing.switch_on(tag=tag, actor=author(request))
        messages.success(request, _("%(language)s is on: candidates who wish for it get it.") % {"language": name})
    else:
        messages.error(request, _("Say that you have read it. It is your organization that speaks there."))
        return redirect("fulfillment:language", tag)
    return redirect(f"{reverse('fulfillment:letters')}?{urlencode({'language': tag})}")


def _place(request: HttpRequest, kind: str, tag: str) -> Place:
    if kind not in WRITTEN or tag not in languages.NAMES:
        raise Http404
    code = request.GET.get("product", "")
    return Place(LetterKind(kind), tag, get_object_or_404(Product, code=code) if code else None)


def _begin_with(request: HttpRequest, place: Place) -> dict[str, object]:
    """What the form shows first: the text in use, or an older version that was asked for."""
    newest, asked = place.versions().first(), request.GET.get("version", "")
    text: Text | Letter | None = place.versions().filter(revision=asked).first() if asked.isdecimal() else None
    text = text or choosing.text_for(place)
    return {"subject": text.subject, "body": text.body, "about": EXAMPLE, "revision": newest.revision if newest else 0}


def _save(request: HttpRequest, place: Place, form: LetterForm) -> HttpResponse:
    revision = form.cleaned_data.get("revision") or 0
    try:
        editing.save(
            place=place, subject=form.text.subject, body=form.text.body, revision=revision, actor=author(request)
        )
    except BadLetter as refused:
        form.take(refused)
        return _page(request, place, form, status=422)
    except LetterMoved as moved:
        form.add_error(None, str(moved))
        return _page(request, place, form, status=409)
    messages.success(request, _("Saved: mails that are written from now on have this text."))
    return redirect(_here(place))


def _back_to_shipped(request: HttpRequest, place: Place, form: LetterForm) -> HttpResponse:
    try:
        editing.back_to_shipped(place=place, revision=form.cleaned_data.get("revision") or 0, actor=author(request))
    except LetterMoved as moved:
        form.add_error(None, str(moved))
        return _page(request, place, form, status=409)
    messages.success(request, _("Your own text is put away. It stays in the history."))
    return redirect(_here(place))


def _send_me(request: HttpRequest, place: Place, form: LetterForm) -> HttpResponse:
    """About the example alone: a test ID of somebody's belongs in nobody else's mail."""
    shown = previewing.preview(place, form.text, None)
    if not shown.wrong:
        headers = {"Content-Language": place.language}
        trying.send_me(request, subject=f"TEST: {shown.written.subject}", body=shown.written.body, headers=headers)
    return _page(request, place, form)


def _preview(request: HttpRequest, place: Place, form: LetterForm) -> HttpResponse:
    if getattr(request, "htmx", False):
        return render(request, "fulfillment/_letter_preview.html", _shown(place, form))
    return _page(request, place, form)


def _page(request: HttpRequest, place: Place, form: LetterForm, *, status: int = 200) -> HttpResponse:
    context = {
        "place": place,
        "kind": place.kind.label,
        "spoken": overview.language(place.language),
        "form": form,
        "in_use": choosing.text_for(place).own,
        "versions": place.versions().select_related("written_by"),
        "products": Product.objects.order_by("code"),
        "placeholders": PLACEHOLDERS,
        "braces": "{{ }}",
        "brackets": "[[ ]]",
        "here": _here(place),
        **_shown(place, form),
    }
    return render(request, "fulfillment/letter.html", context, status=status)


def _shown(place: Place, form: LetterForm) -> dict[str, object]:
    shown = previewing.preview(place, form.text, form.person)
    return {"shown": shown, "wrong": in_words(shown.wrong), "warnings": in_words(shown.warnings)}


def _here(place: Place) -> str:
    url = reverse("fulfillment:letter", args=[place.kind, place.language])
    return f"{url}?{urlencode({'product': place.product.code})}" if place.product else url
