"""The candidate's own page: GET changes nothing, and it says kindly where the test stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, asking, deadlines, guessing, links, organization, progress
from fulfillment.letters import editing
from fulfillment.models import CandidateRequest, Fulfillment
from inventory.models import Delivery, Product, TestID
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db


@pytest.fixture
def assigned(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 1)
    TestID.objects.update(password="open-sesame")
    one = give_test(called, deadline=deadlines.today() + timedelta(days=9))
    work()
    return fresh(one)


def page(one: Fulfillment, then: str = "") -> str:
    return f"/c/{one.link_token}/{then}"


def text(one: Fulfillment) -> str:
    return Client().get(page(one)).content.decode()


def everything() -> tuple[object, ...]:
    return (
        AuditEntry.objects.count(),
        Entry.objects.count(),
        CandidateRequest.objects.count(),
        list(Fulfillment.objects.values()),
        list(TestID.objects.values()),
    )


def test_get_and_head_change_nothing_and_show_no_secret(assigned: Fulfillment) -> None:
    before = everything()
    client = Client()
    for path in (page(assigned), page(assigned, "deadline.ics")):
        response = client.get(path)
        assert response.status_code == client.head(path).status_code == 200
        assert "BUSPLUS0001" not in response.content.decode()
        assert "open-sesame" not in response.content.decode()
    assert client.get(page(assigned, "show/")).status_code == 405
    assert client.get(page(assigned, "ask/")).status_code == 405
    assert everything() == before


def test_nothing_is_kept_and_no_other_site_learns_of_it(assigned: Fulfillment) -> None:
    response = Client().get(page(assigned))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_the_candidate_asks_to_see_the_test_id(assigned: Fulfillment) -> None:
    told = assigned.claim.told_at
    response = Client().post(page(assigned, "show/"))
    shown = response.content.decode()
    assert ("BUSPLUS0001" in shown, "open-sesame" in shown) == (True, True)
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.get(verb="candidate.saw_test_id")
    assert (entry.oid, entry.actor_kind, entry.test_id) == (assigned.oid, "candidate", "BUSPLUS0001")
    assert fresh(assigned).claim.told_at == told is not None


def test_a_post_needs_the_token_of_the_page(assigned: Fulfillment) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(page(assigned, "show/")).status_code == 403
    client.get(page(assigned))
    token = {"csrfmiddlewaretoken": client.cookies[settings.CSRF_COOKIE_NAME].value}
    assert client.post(page(assigned, "show/"), token, headers={"Origin": "null"}).status_code == 200
    assert client.post(page(assigned, "show/"), token, headers={"Origin": "https://evil.example"}).status_code == 403


def test_whoever_is_waiting_sees_no_id_and_can_get_none(called: Product, give_test: Give) -> None:
    one = give_test(called)
    assert "being arranged" in text(one)
    response = Client().post(page(one, "show/"))
    assert "secret" not in response.content.decode()
    assert not AuditEntry.objects.filter(verb="candidate.saw_test_id").exists()


@pytest.mark.parametrize(
    ("status", "words", "shows"),
    [
        ("Started", "You have started your test.", True),
        ("Finished", "Finished. iTEP is grading.", False),
        ("Review", "Finished. iTEP is grading.", False),
        ("Completed", "Your test is graded.", False),
        ("Ready", "iTEP has reset your test; Lisbon School will tell you what to do.", True),
        ("Invalidated", "There is a question about your test; Lisbon School", False),
        ("Technical Difficulty", "There is a question about your test; Lisbon School", False),
    ],
)
def test_the_page_follows_the_test(assigned: Fulfillment, by_sam: Actor, status: str, words: str, shows: bool) -> None:
    organization.change(actor=by_sam, name="Lisbon School")
    progress.seen(oid=assigned.oid, status_raw=status, at=timezone.now(), by="webhook")
    found = text(assigned)
    assert words in found
    assert ("Show my test ID" in found) is shows


def test_cancelled_and_expired_are_said_kindly(assigned: Fulfillment, by_sam: Actor) -> None:
    Fulfillment.objects.update(deadline=deadlines.today() - timedelta(days=1))
    assert "The time for this test is over." in text(assigned)
    assert "Show my test ID" not in text(assigned)
    Fulfillment.objects.update(deadline=None)
    acts.cancel(oid=assigned.oid, actor=by_sam, reason="x")
    assert "This test was cancelled." in text(assigned)
    assert "BUSPLUS0001" not in Client().post(page(assigned, "show/")).content.decode()


def test_where_itep_sends_the_page_says_so(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    one = give_test(called, delivery=Delivery.ITEP)
    work()
    assert "iTEP sends your test ID. Not there after a day?" in text(one)
    assert "Show my test ID" not in text(one)


@pytest.mark.parametrize("kind", CandidateRequest.Kind.values)
def test_a_request_changes_nothing_but_reaches_staff(assigned: Fulfillment, kind: str) -> None:
    client = Client()
    response = client.post(page(assigned, "ask/"), {"kind": kind, "text": "Please help"}, follow=True)
    assert "A person will read it" in response.content.decode()
    request = CandidateRequest.objects.get()
    assert (request.kind, request.text, request.handled_at) == (kind, "Please help", None)
    assert fresh(assigned).state == "sent"


def test_nonsense_is_no_request(assigned: Fulfillment) -> None:
    assert Client().post(page(assigned, "ask/"), {"kind": "free_money"}).status_code == 400
    assert CandidateRequest.objects.count() == 0


def calendar_lines(one: Fulfillment) -> list[str]:
    """The file's lines, unfolded."""
    text = Client().get(page(one, "deadline.ics")).content.decode()
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").rstrip("\r\n").split("\r\n")


def test_the_calendar_holds_the_deadline_and_neither_id_nor_link(assigned: Fulfillment, by_sam: Actor) -> None:
    organization.change(actor=by_sam, name="Escola; de Línguas, Lisboa \\ " + "Ω" * 60)
    response = Client().get(page(assigned, "deadline.ics"))
    assert assigned.deadline is not None
    lines = calendar_lines(assigned)
    assert f"DTEND:{assigned.deadline:%Y%m%d}T235900Z" in lines
    name = "Escola\\; de Línguas\\, Lisboa \\\\ " + "Ω" * 60
    assert f"SUMMARY:Last day of your iTEP test for {name}" in lines
    assert lines.count("BEGIN:VEVENT") == lines.count("BEGIN:VALARM") == 1
    assert not {"BUSPLUS0001", assigned.link_token, str(assigned.oid)} & set(" ".join(lines).replace("/", " ").split())
    assert assigned.link_token not in response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="itep-test.ics"'


def test_a_deadline_that_moved_replaces_the_entry_of_before(assigned: Fulfillment) -> None:
    def of(name: str) -> str:
        return next(line for line in calendar_lines(fresh(assigned)) if line.startswith(name))

    uid, sequence = of("UID:"), of("SEQUENCE:")
    Fulfillment.objects.update(updated_at=timezone.now() + timedelta(minutes=3), link_digest="another")
    Fulfillment.objects.update(link_digest=links.digest_of(assigned.link_token))
    assert of("UID:") == uid
    assert int(of("SEQUENCE:")[9:]) == int(sequence[9:]) + 3


def test_where_no_day_matters_the_calendar_leads_back_to_the_page(assigned: Fulfillment, by_sam: Actor) -> None:
    acts.cancel(oid=assigned.oid, actor=by_sam, reason="x")
    response = Client().get(page(assigned, "deadline.ics"))
    assert (response.status_code, response["Location"]) == (302, page(assigned))


def test_guessing_is_slowed_down_by_address_and_a_right_link_never(assigned: Fulfillment) -> None:
    cache.clear()
    with time_machine.travel(datetime(2026, 11, 25, 12, 3, tzinfo=UTC), tick=False):
        client = Client(REMOTE_ADDR="198.51.100.7")
        statuses = [client.get(f"/c/wrong-{number}/").status_code for number in range(guessing.MOST_MISSES + 1)]
        assert statuses == [404] * guessing.MOST_MISSES + [429]
        refused = client.get("/c/wrong/")
        assert refused["Retry-After"] == "420"
        assert "25 November 2026, 12:10" in refused.content.decode()
        assert client.get(page(assigned)).status_code == 200
        assert Client(REMOTE_ADDR="198.51.100.8").get("/c/wrong/").status_code == 404
    with time_machine.travel(datetime(2026, 11, 25, 12, 10, 1, tzinfo=UTC), tick=False):
        assert client.get("/c/wrong/").status_code == 404
    cache.clear()


def test_guessing_from_many_addresses_is_slowed_down_too(
    assigned: Fulfillment, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(guessing, "MOST_MISSES_OF_ALL", 3)
    statuses = [Client(REMOTE_ADDR=f"198.51.100.{number}").get("/c/wrong/").status_code for number in range(4)]
    assert statuses == [404, 404, 404, 429]
    code = links.code_of(assigned.link_token)
    assert Client(REMOTE_ADDR="198.51.100.99").post("/c/", {"code": code}).status_code == 429
    cache.clear()


def test_a_network_of_ipv6_counts_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(guessing, "MOST_MISSES", 2)
    statuses = [Client(REMOTE_ADDR=f"2001:db8:1:2::{number}").get("/c/wrong/").status_code for number in range(3)]
    assert statuses == [404, 404, 429]
    assert Client(REMOTE_ADDR="2001:db8:1:3::1").get("/c/wrong/").status_code == 404
    cache.clear()


def test_behind_a_trusted_proxy_the_readers_own_address_counts(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    cache.clear()
    monkeypatch.setattr(guessing, "MOST_MISSES", 1)
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    proxied = Client(REMOTE_ADDR="10.0.0.1")
    answers = [proxied.get("/c/wrong/", headers={"X-Forwarded-For": f"198.51.100.{one}"}) for one in (1, 2, 1)]
    assert [one.status_code for one in answers] == [404, 404, 429]
    cache.clear()


def test_unknown_revoked_and_ended_links_read_the_same(assigned: Fulfillment) -> None:
    cache.clear()
    old = page(assigned)
    unknown = Client().get("/c/wrong/")
    one = fresh(assigned)
    links.renew(one)
    one.save()
    revoked = Client().get(old)
    assert Client().get(page(one)).status_code == 200
    Fulfillment.objects.update(deadline=deadlines.today() - timedelta(days=links.KEPT_DAYS + 1))
    ended = Client().get(page(one))
    assert [one.status_code for one in (unknown, revoked, ended)] == [404, 404, 404]
    assert unknown.content == revoked.content == ended.content
    headers = [{**one.headers, "X-Request-ID": ""} for one in (unknown, revoked, ended)]
    assert headers[0] == headers[1] == headers[2]
    for path in ("show/", "ask/"):
        assert Client().post(page(one, path), {"kind": "not_me"}).status_code == 404
    assert CandidateRequest.objects.count() == 0
    cache.clear()


def test_a_link_lives_while_its_deadline_is_to_come(assigned: Fulfillment) -> None:
    Fulfillment.objects.update(deadline=deadlines.today() - timedelta(days=links.KEPT_DAYS - 1))
    assert Client().get(page(assigned)).status_code == 200


def test_the_code_opens_the_same_page_however_it_is_typed(assigned: Fulfillment) -> None:
    cache.clear()
    code = links.code_of(assigned.link_token)
    sent = assigned.mails.get().body
    assert f"http://localhost:8000/c/ and type {code}" in sent or f"/c/ and type {code}" in sent
    before = everything()
    assert Client().get("/c/").status_code == 200
    for typed in (code, code.lower().replace("-", " "), f" {code.replace('0', 'O').replace('1', 'l')} "):
        response = Client().post("/c/", {"code": typed})
        assert (response.status_code, response["Location"]) == (302, page(assigned))
        assert "no-store" in response["Cache-Control"]
    wrong = Client().post("/c/", {"code": "AAAAA-AAAAA"})
    assert wrong.status_code == 404
    assert "This code does not work" in wrong.content.decode()
    assert everything() == before
    assert Client(enforce_csrf_checks=True).post("/c/", {"code": code}).status_code == 403
    cache.clear()


def test_the_code_of_a_revoked_link_leads_nowhere(assigned: Fulfillment) -> None:
    cache.clear()
    code, one = links.code_of(assigned.link_token), fresh(assigned)
    one.link_token = links.new_token()  # by whoever revokes it without a thought of the code
    one.link_digest = links.digest_of(one.link_token)
    one.save()
    assert Client().post("/c/", {"code": code}).status_code == 404
    cache.clear()


def test_what_was_asked_is_shown_with_its_day_and_once_handled(assigned: Fulfillment, by_sam: Actor) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 14, 10, tzinfo=UTC), tick=False):
        request = asking.ask(oid=assigned.oid, kind=CandidateRequest.Kind.NOT_ME, text="I am Anna")
    said = "request of 25 November 2026, 14:10: “This is not me”"
    assert f"We have your {said}. A person will read it." in text(assigned)
    asking.handled(request_id=request.pk, actor=by_sam)
    assert f"A person has seen to your {said}." in text(assigned)


def test_a_kind_is_open_once_and_later_words_are_added(assigned: Fulfillment) -> None:
    client = Client()
    for words in ("First", "Second", "Second"):
        client.post(page(assigned, "ask/"), {"kind": "more_time", "text": words})
    assert CandidateRequest.objects.get().text == "First\n\nSecond"


def test_a_candidate_cannot_flood_staff(assigned: Fulfillment, by_sam: Actor) -> None:
    client = Client()
    for number in range(asking.MOST_A_DAY):
        client.post(page(assigned, "ask/"), {"kind": "more_time", "text": f"Words {number}"})
        asking.handled(request_id=CandidateRequest.objects.latest("pk").pk, actor=by_sam)
    response = client.post(page(assigned, "ask/"), {"kind": "not_me", "text": "again"})
    assert (response.status_code, response["Retry-After"]) == (429, "86400")
    assert "We have your messages already" in response.content.decode()
    assert CandidateRequest.objects.count() == asking.MOST_A_DAY


def test_whom_to_ask_stands_on_the_page_of_a_cancelled_test_too(assigned: Fulfillment, by_sam: Actor) -> None:
    organization.change(actor=by_sam, help_email="help@school.example")
    acts.cancel(oid=assigned.oid, actor=by_sam, reason="x")
    found = text(assigned)
    assert "mailto:help@school.example" in found
    assert "This is not me" not in found


def test_the_page_is_complete_without_a_script(assigned: Fulfillment) -> None:
    assert assigned.deadline is not None
    found = text(assigned)
    order = [
        '<p class="next-step">',
        f'<time datetime="{assigned.deadline:%Y-%m-%d}T23:59:00+00:00"',
        "Show my test ID and password",
        "Add to calendar",
        "Before you begin",
        "<h2>Help</h2>",
        "This is not me",
        "My address is wrong",
        "I need more time",
    ]
    places = [found.index(words) for words in order]
    assert places == sorted(places)
    assert "<style" not in found
    assert found.count("<script") == found.count("<script src=") == 1


def test_the_page_is_in_the_candidates_language(assigned: Fulfillment) -> None:
    Fulfillment.objects.update(language="pt-BR")
    response = Client().get(page(assigned), headers={"Accept-Language": "es"})
    found = response.content.decode()
    assert '<html lang="pt"\n      dir="ltr">' in found
    assert ("Mostrar o meu ID de teste e a minha senha" in found, response["Content-Language"]) == (True, "pt")
    calendar = Client().get(page(assigned, "deadline.ics")).content.decode()
    assert "Último dia do seu teste iTEP" in calendar


def test_a_draft_that_is_off_is_english_and_once_read_it_is_there_from_right_to_left(
    assigned: Fulfillment, by_sam: Actor
) -> None:
    Fulfillment.objects.update(language="ar")
    assert '<html lang="en"\n      dir="ltr">' in text(assigned)
    editing.switch_on(tag="ar", actor=by_sam)
    found = text(assigned)
    assert ('<html lang="ar"\n      dir="rtl">' in found, "Add to calendar" in found) == (True, False)


def test_a_link_that_does_not_work_is_said_as_the_browser_reads() -> None:
    cache.clear()
    for wished, words in (("es-MX", "Este enlace no funciona"), ("fr", "This link does not work")):
        assert words in Client().get("/c/wrong/", headers={"Accept-Language": wished}).content.decode()
    cache.clear()
