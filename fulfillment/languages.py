"""The languages of candidates' mails and pages: which there are, which are on, and which one a candidate gets."""

from __future__ import annotations

DEFAULT = "en"
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
# Tags that name a language of ours by its country. Traditional Chinese is not among them: it is another script.
_ALSO = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans", "zh-my": "zh-hans"}


def known() -> tuple[str, ...]:
    """All that the portal has texts in, drafts included."""
    return tuple(NAMES)


def on() -> tuple[str, ...]:
    """Those in which candidates are written to."""
    return READY


def choices() -> list[tuple[str, str]]:
    """Those that are on, each in its own words, for a form."""
    return [(tag, NAMES[tag]) for tag in on()]


def chosen(wished: str) -> str:
    """The language that somebody gets who wishes for the tag `wished`, as "pt-BR" or "": pt for pt-BR, else English."""
    return next((tag for tag in would_do(wished) if tag in on()), DEFAULT)


def would_do(wished: str) -> list[str]:
    """Ours that would do for a tag, best first: `zh-Hans-CN` may be `zh-hans`, `pt-BR` may be `pt`."""
    parts = wished.strip().lower().replace("_", "-").split("-")
    wider = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    if "hant" in parts or parts[:2] in (["zh", "tw"], ["zh", "hk"], ["zh", "mo"]):
        return []
    return list(dict.fromkeys(tag for one in wider if (tag := _ALSO.get(one, one)) in NAMES))
