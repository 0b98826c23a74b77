"""Django's mail into a folder, one `.eml` file per mail: practice mail, and mail before a mail server is set."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MailFolder(BaseEmailBackend):
    """Writes each mail to `EMAIL_FILE_PATH`, named by its Message-ID: the same mail again is the same file."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.folder = Path(str(settings.EMAIL_FILE_PATH))

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message)
        return len(email_messages)

    def _write(self, message: EmailMessage) -> None:
        """Whole or not at all: whoever reads the folder never sees half a mail."""
        content = message.message()
        name = file_name(str(content["Message-ID"]))
        with NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:  # made with mode 0600
            file.write(content.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
        os.replace(file.name, self.folder / name)


def file_name(message_id: str) -> str:
    """A file name for a Message-ID: its own letters where they are harmless, a digest where they are not."""
    plain = message_id.strip("<>")
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@+=-]{0,180}", plain):
        return f"{plain}.eml"
    return f"{hashlib.sha256(message_id.encode()).hexdigest()}.eml"
