"""Every component on one page, with made-up numbers: looked at by test_components.py, and by whoever changes one.

Look at it: `manage.py runserver --settings tests.portal.gallery_settings`, then /gallery/.
"""

from datetime import timedelta
from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    EmailField,
    FileField,
    Form,
    RadioSelect,
    Textarea,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone, translation

from inventory.causes import CAUSES
from portal.templatetags import words


class GiveForm(Form):
    """Stands for any form: one of each kind of field."""

    name = CharField(help_text="As on the photo ID.")
    email = EmailField()
    product = ChoiceField(choices=[("ACAD-PLUS", "Academic Plus, 37 available"), ("BUS", "Business Core, 4 available")])
    deadline = DateField(required=False)
    how = ChoiceField(
        choices=[("portal", "We send a mail"), ("itep", "iTEP sends it")], widget=RadioSelect, label="Delivery"
    )
    sheet = FileField(required=False, help_text="csv, xls, xlsx or ods")
    note = CharField(required=False, widget=Textarea(attrs={"rows": 2}))
    anyway = BooleanField(required=False, label="Give it although this person has one already")


class FilterForm(Form):
    """Stands for any filter."""

    q = CharField(label="Name, email, number", required=False)
    state = ChoiceField(
        label="State", choices=[("", "Any"), *((s, w) for s, (w, _kind) in words.STATES.items())], required=False
    )
    product = ChoiceField(label="Product", choices=[("", "Any"), ("ACAD-PLUS", "Academic Plus")], required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Given: Ana Silva takes Academic Plus.")
    messages.error(request, "Nothing was changed: the file's row 14 has no test ID.")
    return render(request, "gallery.html", context())


def context() -> dict[str, object]:
    """What gallery.html draws."""
    now = timezone.now()
    wrong = GiveForm({"name": "", "email": "ana@", "product": "BUS"})
    return {
        "practice": True,
        "now": now,
        "level": Decimal("3.1"),
        "chart": {
            "labels": [
                "7 Sep",
                "14 Sep",
                "21 Sep",
                "28 Sep",
                "5 Oct",
                "12 Oct",
                "19 Oct",
                "26 Oct",
                "2 Nov",
                "9 Nov",
                "16 Nov",
                "23 Nov",
            ],
            "columns": {"label": "Tests given", "values": [4, 9, 7, 12, 11, 14, 8, 13, 15, 10, 12, 5]},
            "lines": [{"label": "Results", "values": [1, 5, 8, 6, 11, 12, 9, 10, 12, 13, 9, 4]}],
            "marks": [{"label": "Order by 9 Nov", "at": "9 Nov"}],
        },
        "events": [
            {"at": now, "what": "Mail accepted by the mail server", "who": "The portal", "source": "", "kind": "good"},
            {
                "at": now - timedelta(minutes=3),
                "what": "Assigned at iTEP",
                "who": "iTEP",
                "source": "answer to our call",
                "kind": "info",
            },
            {
                "at": now - timedelta(hours=30),
                "what": "iTEP did not answer",
                "who": "The portal",
                "source": "call 1",
                "kind": "warn",
                "detail": "Connected, no answer within 10 s. Nothing was repeated.",
            },
            {"at": now - timedelta(days=400), "what": "Asked for", "who": "Sam Staff", "source": "by hand", "kind": ""},
        ],
        "facts": [
            ("Own number", "hr-77"),
            ("Payer", "Human Resources"),
            ("Deadline", "Fri 12 Mar 23:59, Lisbon"),
            ("Note", ""),
        ],
        "steps": [
            {
                "title": "Organization",
                "text": "Name, time zone, help address.",
                "state": "works",
                "url": "#",
                "act": "Change",
            },
            {
                "title": "First export",
                "text": "Needs no API key.",
                "state": "todo",
                "url": "#",
                "act": "Upload an export",
            },
            {
                "title": "Mail",
                "text": "How the portal sends.",
                "state": "problem",
                "problem": "smtp.example.org refused the login.",
                "url": "#",
                "act": "Mend",
            },
            {
                "title": "Results",
                "text": "A letter to iTEP's staff.",
                "state": "later",
                "url": "#",
                "act": "Show the letter",
            },
        ],
        "page": Paginator(range(240), 25).page(2),
        "form": GiveForm(),
        "wrong": wrong,
        "filter": FilterForm(),
        "names": ["Ana Silva", "李小龍", "Olúwaṣeun Adébáyọ̀", "Müller-Lüdenscheidt"],
        "states": list(words.STATES),
        "statuses": list(words.ITEP),
        "causes": list(CAUSES),
        "mail": "Dear Ana Silva,\nNorth College has arranged an English test for you: "
        "Academic Plus, about 90 minutes.\n\n"
        "Take it by:    Fri 12 Mar 23:59, Lisbon\nYour test ID:  123982B8AP",
    }


def today(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/today.html", today_context())


def today_context() -> dict[str, object]:
    """What portal/today.html draws: SCREENS.md, "Today"."""
    now = timezone.now()
    return {
        "practice": True,
        "available": 86,
        "health": [
            {"kind": "good", "text": "iTEP answers, 2 min ago"},
            {"kind": "good", "text": "Mail works"},
            {"kind": "warn", "text": "Results: last 14:10", "url": "/results/"},
        ],
        "hints": [
            {"id": "stock", "title": "Your stock", "text": "A card per product: what you can give, and when to order."},
            {
                "id": "needs",
                "title": "What needs you",
                "text": "The portal never guesses. What it cannot know, it asks.",
            },
            {
                "id": "give",
                "title": "Give a test",
                "text": "The green button, on every page. One person or a whole file.",
            },
            {"id": "result", "title": "A result", "text": "Levels come back by themselves, as iTEP sent them."},
        ],
        "stock": [
            {
                "name": name,
                "code": code,
                "url": "#",
                "available": available,
                "reserved": 2,
                "assigned": assigned,
                "pace": "11 a week: lasts until 14–21 Jan.",
                "order": "Order by 5 Jan (7 days' lead).",
                "urgent": available < 10,
                "seen": "Seen at iTEP 2 days ago. Check again by Fri.",
            }
            for name, code, available, assigned in (
                ("Academic Plus", "ACAD-PLUS", 37, 61),
                ("Business Core", "BUS-CORE", 4, 120),
                ("SLATE Plus", "SLATE-PLUS", 45, 12),
                ("Conversation", "CONV", 0, 20),
            )
        ],
        "stock_count": 7,
        "stock_url": "/inventory/",
        "under_way": [
            {"label": "Waiting for an ID", "number": 4, "url": "#", "note": "oldest 2 days"},
            {"label": "Being assigned", "number": 2, "url": "#"},
            {
                "label": "Sent, not seen started",
                "number": 31,
                "url": "#",
                "note": "9 past their deadline",
                "late": True,
            },
            {"label": "Finished, being graded", "number": 9, "url": "#", "note": "1 later than usual"},
            {"label": "Results in 7 days", "number": 24, "url": "#"},
        ],
        "needs": [
            {
                "what": "iTEP did not answer for Ana Silva, 123982B8AP",
                "why": "The call may have arrived. Look at iTEP, and say what you see.",
                "since": now - timedelta(minutes=40),
                "acts": [
                    {"label": "It is assigned", "url": "#", "post": True},
                    {"label": "It is not", "url": "#", "post": True},
                ],
            },
            {
                "what": "15 tests past their deadline, never seen started",
                "why": "Nobody has heard of them",
                "since": now - timedelta(days=3),
                "acts": [{"label": "Remind 15", "url": "#"}, {"label": "Free the IDs", "url": "#"}],
            },
            {
                "what": "2 IDs are assigned at iTEP to somebody unknown here",
                "why": "From the export of yesterday",
                "since": now - timedelta(days=1),
                "acts": [{"label": "Join to a person", "url": "#"}],
            },
        ],
        "needs_checked_at": now,
        "chart": context()["chart"],
        "results": [
            {
                "name": name,
                "url": "#",
                "own_number": number,
                "product": "Academic Plus",
                "level": level,
                "cefr": cefr,
                "on": now.date(),
                "reported_to": "Human Resources",
            }
            for name, number, level, cefr in (
                ("Ana Silva", "hr-77", Decimal("3.1"), "B1"),
                ("Olúwaṣeun Adébáyọ̀", "", Decimal("4.5"), "B2"),
                ("Kim Min-ji", "hr-80", None, ""),
            )
        ],
        "results_url": "/results/",
    }


def candidate(request: HttpRequest, language: str) -> HttpResponse:
    with translation.override(language):
        words = {"organization": "North College", "help_email": "tests@north.example", "practice": True}
        return render(request, "candidate_gallery.html", words)


def error(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, f"{code}.html")


def nothing(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """A page without an icon of its own makes the browser ask for one that nobody has."""
    return HttpResponse('<link rel="icon" href="data:,">')


ROOM = [
    path("", nothing, name="list"),
    path("overview/", nothing, name="overview"),
    path("give/", nothing, name="give"),
]
urlpatterns = [
    path("", today, name="today"),
    path("gallery/", gallery, name="gallery"),
    path("candidate/<language>/", candidate),
    path("error/<code>/", error),
    path("accounts/", include("allauth.urls")),
    path("candidates/", include((ROOM, "fulfillment"))),
    path("inventory/", include((ROOM, "inventory"))),
    path("results/", include((ROOM, "results"))),
    path("reports/", nothing, name="reports"),
    path("setup/", nothing, name="setup"),
    path("search/", nothing, name="search"),
    path("real/", nothing, name="start_for_real"),
]
