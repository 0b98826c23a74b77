"""The main navigation: which pages there are, and which of them the reader is on."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the main navigation. `near` items stay in the bottom bar of a phone, the others stand under More."""

    label: Promise | str
    url: str
    icon: str
    near: bool
    current: bool


FOR_ADMINISTRATORS = ("setup",)  # to others its link would only say no
PAGES = (
    ("today", _("Today"), "today", True),
    ("fulfillment:list", _("Candidates"), "people", True),
    ("inventory:overview", _("Inventory"), "box", True),
    ("results:list", _("Results"), "results", False),
    ("reports", _("Reports"), "reports", False),
    ("setup", _("Set-up"), "setup", False),
)


def nav_items(path: str, *, administers: bool = True) -> list[NavItem]:
    """The links for a reader who looks at `path`. A page that no room offers, or not to them, is left out."""
    return [
        NavItem(label, url, icon, near, current=_is_current(path, url))
        for name, label, icon, near in PAGES
        if (administers or name not in FOR_ADMINISTRATORS) and (url := url_or_blank(name))
    ]


def url_or_blank(name: str) -> str:
    """The address of a page, or an empty text where no room has it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _is_current(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
