"""Mails as texts: two templates of `templates/mail/`, the subject and the body, rendered and tidied."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation


def render(name: str, words: Mapping[str, object], *, language: str = "en") -> tuple[str, str]:
    """Subject (one line) and body of `mail/<name>_subject.txt` and `mail/<name>.txt`; no runs of blank lines."""
    with translation.override(language):
        subject = render_to_string(f"mail/{name}_subject.txt", dict(words))
        body = render_to_string(f"mail/{name}.txt", dict(words))
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", body)).strip() + "\n"


def new_message_id() -> str:
    """A Message-ID that nobody has had; the writer of a mail keeps it through every attempt."""
    return f"<{uuid.uuid4()}@{domain()}>"


def domain() -> str:
    """The right side of our Message-IDs."""
    return urlsplit(settings.PORTAL_URL).hostname or "localhost"
