"""Mail: what each answer of a mail server means, and that nothing slips into a header."""

import smtplib
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import override_settings

from outbox import mail
from outbox.mail_folder import file_name
from outbox.models import Outcome
from outbox.registry import Answer

ANA = "ana@example.org"


def send(**changes: Any) -> Answer:
    usual: dict[str, Any] = {"message_id": "<1.a@portal.example>", "to": ANA, "subject": "Olá", "body": "Olá Ana"}
    return mail.send(**usual | changes)


def test_a_mail_goes_with_its_own_message_id() -> None:
    answer = send(html="<p>Olá</p>", reply_to="help@example.org")
    assert (answer.outcome, answer.request) == (Outcome.DONE, "<1.a@portal.example> to a***@example.org")
    (sent,) = django_mail.outbox
    assert (sent.to, sent.subject, sent.body, sent.reply_to) == ([ANA], "Olá", "Olá Ana", ["help@example.org"])
    assert sent.extra_headers["Message-ID"] == "<1.a@portal.example>"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("error", "outcome", "status"),
    [
        (smtplib.SMTPRecipientsRefused({ANA: (550, b"no such user ana@example.org")}), Outcome.REFUSED, 550),
        (smtplib.SMTPRecipientsRefused({ANA: (450, b"greylisted")}), Outcome.RETRY, 450),
        (smtplib.SMTPDataError(554, b"spam"), Outcome.REFUSED, 554),
        (smtplib.SMTPDataError(451, b"later"), Outcome.RETRY, 451),
        (smtplib.SMTPSenderRefused(550, b"who are you", "x@example.org"), Outcome.RETRY, 550),
        (smtplib.SMTPAuthenticationError(535, b"no"), Outcome.RETRY, 535),
        (smtplib.SMTPConnectError(421, b"busy"), Outcome.RETRY, 421),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), Outcome.REFUSED, None),
        (smtplib.SMTPServerDisconnected("gone"), Outcome.RETRY, None),
        (TimeoutError(), Outcome.RETRY, None),
        (ConnectionRefusedError(), Outcome.RETRY, None),
    ],
)
def test_what_the_mail_server_means(
    error: Exception, outcome: Outcome, status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object) -> None:
        raise error

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    answer = send()
    assert (answer.outcome, answer.status) == (outcome, status)
    assert ANA not in f"{answer.note}{answer.request}{answer.answer}"


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "ana@example.org\nBcc: eve@example.org"},
        {"to": "ana@example.org, eve@example.org"},
        {"to": "Ana"},
        {"subject": "Hello\nBcc: eve@example.org"},
        {"reply_to": "help@example.org\r\nBcc: eve@example.org"},
    ],
)
def test_nothing_slips_into_a_header(changes: dict[str, str]) -> None:
    assert send(**changes).outcome == Outcome.REFUSED
    assert django_mail.outbox == []


@pytest.mark.parametrize("bad", ["", "1@portal", "<1>", "<1@portal>\n", "<a b@portal>"])
def test_a_message_id_is_one(bad: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        send(message_id=bad)
    assert django_mail.outbox == []


def test_practice_mail_is_one_file_per_message_id(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    with override_settings(EMAIL_BACKEND="outbox.mail_folder.MailFolder", EMAIL_FILE_PATH=folder):
        assert [send().outcome, send().outcome, send(message_id="<2@portal.example>").outcome] == [Outcome.DONE] * 3
    assert sorted(path.name for path in folder.iterdir()) == ["1.a@portal.example.eml", "2@portal.example.eml"]
    file = folder / "1.a@portal.example.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    read = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    assert (read["Subject"], read["To"], read["Message-ID"]) == ("Olá", ANA, "<1.a@portal.example>")
    assert "Olá Ana".encode() in file.read_bytes()


@pytest.mark.parametrize("name", ["<../../etc/x@y>", "<.hidden@y>", "a/b"])
def test_a_file_name_stays_in_its_folder(name: str) -> None:
    assert len(file_name(name)) == 64 + 4
