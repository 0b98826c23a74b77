"""The candidate's mail: what stands in it, what never does, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import Payer, User
from fulfillment import acts, deadlines, links, mailing, organization
from fulfillment.errors import NotResendable
from fulfillment.letters import editing
from fulfillment.letters.choosing import Place
from fulfillment.models import Fulfillment, LetterKind, MailState, State
from inventory.models import Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import ANA, Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db

WHOLE = """\
Dear Ana Silva,

An English test has been arranged for you by Lisbon School: iTEP Business-Plus, about 90 minutes. \
There is nothing to pay.

Take it by:    Monday 12 March 2035, 23:59, Lisbon time
Your test ID:  BUSPLUS0001
Your page:     {page}   (instructions, password if there is one, calendar entry; this link is yours alone)
               If it does not open: go to {code_page} and type {code}

Before the day: Try your camera. Have a valid photo ID ready. Choose a quiet room where nobody else comes in.
To start: go to https://start.example.org and enter your test ID. iTEP may photograph you and your ID during the test \
to make sure it is you.

Trouble during the test: help@itep.example
Wrong name, lost ID, more time, special needs, not you: help@example.org, +351 1

Your result usually comes within 2 days after the test.
Your result goes to Human Resources.

We never ask for your password by mail or telephone.
"""
BARE = """\
Dear Ana Silva,

An English test has been arranged for you: iTEP Business-Plus. There is nothing to pay.

Your test ID:  BUSPLUS0001
Your page:     {page}   (instructions, password if there is one, calendar entry; this link is yours alone)
               If it does not open: go to {code_page} and type {code}

Before the day: Have a valid photo ID ready. Choose a quiet room where nobody else comes in.
iTEP may photograph you and your ID during the test to make sure it is you.

We never ask for your password by mail or telephone.
"""


@pytest.fixture
def one(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 1)
    TestID.objects.update(password="open-sesame")
    given = give_test(called, candidate=replace(ANA, language="en"))
    work()
    return fresh(given)


def places(one: Fulfillment, settings: Settings) -> dict[str, str]:
    """The addresses and the code that only this candidate has."""
    start = f"{settings.PORTAL_URL}/c/"
    return {"page": f"{start}{one.link_token}/", "code_page": start, "code": links.code_of(one.link_token)}


def test_the_whole_mail(one: Fulfillment, by_sam: Actor, hr: Payer, settings: Settings) -> None:
    organization.change(
        actor=by_sam,
        name="Lisbon School",
        help_email="help@example.org",
        help_phone="+351 1",
        itep_help="help@itep.example",
        start_url="https://start.example.org",
        technical_check="Try your camera.",
        time_zone="Europe/Lisbon",
    )
    Product.objects.update(minutes=90, result_days=2)
    Fulfillment.objects.update(deadline=date(2035, 3, 12), payer=hr)
    written = mailing.render(fresh(one), kind="instructions")
    assert written.subject == "Your iTEP test for Lisbon School: please take it by 12 March"
    assert written.body == WHOLE.format(**places(one, settings))


def test_what_is_not_set_drops_its_line(one: Fulfillment, settings: Settings) -> None:
    letter = mail.outbox[0]
    assert letter.subject == "Your iTEP test"
    assert letter.body == BARE.format(**places(one, settings))


def test_never_what_a_mail_must_not_say(one: Fulfillment) -> None:
    letter = mail.outbox[0]
    everything = f"{letter.subject}{letter.body}{letter.extra_headers}"
    assert str(one.oid) not in everything
    assert "open-sesame" not in everything
    assert letter.attachments == []


def test_the_password_stands_in_it_only_where_the_product_says_so(one: Fulfillment) -> None:
    Product.objects.update(password_in_mail=True)
    assert "Your password: open-sesame\n" in mailing.render(fresh(one), kind="instructions").body


def test_practice_is_said(one: Fulfillment, settings: Settings) -> None:
    settings.PRACTICE = True
    written = mailing.render(fresh(one), kind="instructions")
    assert (written.subject.startswith("PRACTICE: "), written.body.startswith("PRACTICE. ")) == (True, True)


def test_it_is_kept_as_sent_under_one_message_id(one: Fulfillment) -> None:
    kept, letter = one.mails.get(), mail.outbox[0]
    assert (kept.subject, kept.body, kept.to) == (letter.subject, letter.body, "ana@example.org")
    assert kept.message_id == letter.extra_headers["Message-ID"]
    assert (kept.state, kept.accepted_at is not None) == (MailState.ACCEPTED, True)


def test_a_needed_password_that_is_missing_holds_the_mail_back(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    Product.objects.update(needs_password=True)
    called.refresh_from_db()
    stock(called, 1)
    given = give_test(called)
    work()
    given = fresh(given)
    assert (given.state, given.mails.count(), mail.outbox) == (State.ASSIGNED, 0, [])
    assert given.reason.startswith("No mail went out: the product needs a password")
    with pytest.raises(NotResendable):
        acts.resend(oid=given.oid, actor=by_sam, reason="")

    TestID.objects.update(password="open-sesame")
    acts.resend(oid=given.oid, actor=by_sam, reason="It is there now")
    work()
    assert (fresh(given).state, fresh(given).reason, len(mail.outbox)) == (State.SENT, "", 1)


def test_a_refused_address_needs_a_person(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor, settings: Settings
) -> None:
    stock(called, 1)
    given = give_test(called)
    Fulfillment.objects.update(email="nowhere")
    work()
    given = fresh(given)
    assert (given.state, given.mails.get().state, mail.outbox) == (State.ASSIGNED, MailState.REFUSED, [])
    assert given.reason == "The latest mail was refused. Correct the address, then send it again."

    acts.send_again(oid=given.oid, email="ana@example.org", actor=by_sam, reason="typo")
    work()
    assert (fresh(given).state, fresh(given).reason, len(mail.outbox)) == (State.SENT, "", 1)


def test_a_test_that_was_cancelled_first_is_told_to_nobody(
    itep: PretendItep, academic: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(academic, 1)
    given = give_test(academic)
    acts.say_done_at_itep(oid=given.oid, actor=by_sam)
    acts.cancel(oid=given.oid, actor=by_sam, reason="x")
    work()
    assert (mail.outbox, given.mails.get().state) == ([], MailState.WITHHELD)
    assert fresh(given).claim.told_at is None


def test_a_deadline_ends_where_the_organization_is(by_sam: Actor) -> None:
    organization.change(actor=by_sam, time_zone="America/Sao_Paulo")
    assert deadlines.ends_at(date(2026, 3, 12)).utcoffset() == timedelta(hours=-3)
    assert deadlines.zone_name() == "Sao Paulo time"


@pytest.mark.parametrize(("wished", "got"), [("pt-BR", "pt"), ("es", "es"), ("ar", "en"), ("de", "en"), ("", "en")])
def test_it_is_in_the_candidates_language_where_that_is_on(
    itep: PretendItep, called: Product, give_test: Give, wished: str, got: str
) -> None:
    stock(called, 1)
    given = give_test(called, candidate=replace(ANA, language=wished))
    work()
    greeting = {"pt": "Olá, Ana Silva,", "es": "Hola, Ana Silva:", "en": "Dear Ana Silva,"}[got]
    assert mail.outbox[0].body.splitlines()[0] == greeting
    assert (mail.outbox[0].extra_headers["Content-Language"], given.mails.get().language) == (got, got)


def test_an_administrators_own_text_is_sent(one: Fulfillment, ada: User, called: Product) -> None:
    place = Place(LetterKind.INSTRUCTIONS, "en", called)
    editing.save(place=place, subject="Hi", body="Hello {name}\n{page_url}", revision=0, actor=Actor.person(ada))
    acts.resend(oid=one.oid, actor=Actor.person(ada), reason="")
    work()
    assert (mail.outbox[1].subject, mail.outbox[1].body.splitlines()[0]) == ("Hi", "Hello Ana Silva")


def test_a_new_test_id_is_named_with_the_one_that_no_longer_counts(one: Fulfillment) -> None:
    Fulfillment.objects.update(sent_test_id="BUSPLUS0000")
    assert mailing.first_kind(fresh(one)) == LetterKind.REPLACED
    written = mailing.render(fresh(one), kind=LetterKind.REPLACED)
    assert "The one that you had before, BUSPLUS0000, no longer counts" in written.body


def test_any_script_arrives_as_it_was_written(one: Fulfillment, ada: User) -> None:
    """As a mail program reads it: a subject in two scripts and a smile, a line longer than SMTP allows."""
    by_ada, long = Actor.person(ada), "x" * 2000
    editing.switch_on(tag="ar", actor=by_ada)
    place, subject = Place(LetterKind.INSTRUCTIONS, "ar"), "اختبار iTEP 😀 – " * 6 + "!"
    editing.save(place=place, subject=subject, body=f"مرحبًا {{page_url}}\n{long}", revision=0, actor=by_ada)
    Fulfillment.objects.update(language="ar", name="محمد")
    acts.resend(oid=one.oid, actor=by_ada, reason="")
    work()
    sent = mail.outbox[1].message().as_bytes()
    assert max(len(line) for line in sent.splitlines()) <= 998
    read = message_from_bytes(sent, policy=policy.default)
    assert (read["Subject"].strip(), read["Content-Language"], read.get_content_charset()) == (subject, "ar", "utf-8")
    lines = read.get_content().splitlines()
    assert (lines[0].startswith("مرحبًا ‎http"), lines[1]) == (True, long)
