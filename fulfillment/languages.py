"""The languages of candidates' mails and pages: which there are, which are on, and which one a candidate gets."""

from __future__ import annotations

from fulfillment import organization
from fulfillment.models import LanguageSwitch

ENGLISH = "en"  # where nothing else is on: it cannot be switched off
# In their own words, as a form offers them: whoever speaks a language finds it there.
NAMES = {
    "en": "English",
    "es": "Español",
    "pt": "Português",
    "fr": "Français",
    "ko": "한국어",
    "zh-hans": "简体中文",
    "ar": "العربية",
}
CHOICES = tuple(NAMES.items())
READY = ("en", "es", "pt")  # the others are drafts: off until an administrator has read and switched on each
RIGHT_TO_LEFT = frozenset({"ar"})
# Tags that name a language of ours by its country. Traditional Chinese is not among them: it is another script.
_ALSO = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans", "zh-my": "zh-hans"}


def known() -> tuple[str, ...]:
    """All that the portal has texts in, drafts included."""
    return tuple(NAMES)


def on() -> tuple[str, ...]:
    """Those in which candidates are written to."""
    said = dict(LanguageSwitch.objects.values_list("tag", "is_on"))
    return tuple(tag for tag in NAMES if tag == ENGLISH or said.get(tag, tag in READY))


def choices() -> list[tuple[str, str]]:
    """Those that are on, each in its own words, for a form."""
    return [(tag, NAMES[tag]) for tag in on()]


def chosen(wished: str) -> str:
    """The language that somebody gets who wishes for the tag `wished`, as "pt-BR" or "".

    One that would do and is on, else the organization's, else English.
    """
    now = on()
    would = [*would_do(wished), organization.ours().language]
    return next((tag for tag in would if tag in now), ENGLISH)


def would_do(wished: str) -> list[str]:
    """Ours that would do for a tag, best first: `zh-Hans-CN` may be `zh-hans`, `pt-BR` may be `pt`."""
    parts = wished.strip().lower().replace("_", "-").split("-")
    wider = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    if "hant" in parts or parts[:2] in (["zh", "tw"], ["zh", "hk"], ["zh", "mo"]):
        return []
    return list(dict.fromkeys(tag for one in wider if (tag := _ALSO.get(one, one)) in NAMES))
