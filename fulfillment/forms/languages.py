"""Languages by their names, as a form offers them."""

from __future__ import annotations

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

_REGIONAL = ("pt-br", "zh-hans", "zh-hant")  # others differ too little for a mail


def choices(*, also: str = "") -> list[tuple[str, str]]:
    """Languages by their names: "Portuguese – português"; and `also`, a tag that somebody has already."""
    offered = [tag for tag in LANG_INFO if ("-" not in tag or tag in _REGIONAL) and "name" in LANG_INFO[tag]]
    if also and also not in offered:
        offered.append(also)
    return [("", _("Not known")), *sorted(((tag, _named(tag)) for tag in offered), key=lambda one: one[1])]


def _named(tag: str) -> str:
    info = LANG_INFO.get(tag.lower(), {})
    if "name" not in info:
        return tag
    name, own = _(info["name"]), info["name_local"]
    return name if name.casefold() == own.casefold() else f"{name} – {own}"
