"""The pages of unexplained differences and of adoption, Today's number, and the sixth step, as a browser asks."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry, User
from fulfillment.candidates import Candidate
from fulfillment.models import Batch, Fulfillment, Origin
from fulfillment.provisioning import give
from inventory import claims, unexplained
from inventory.models import Claim, ClaimState, Product, TestID
from outbox import running
from portal import setup
from results.models import Result
from tests.conftest import stock
from tests.fulfillment.conftest import ANA, Give
from tests.fulfillment.test_repairing import export

pytestmark = pytest.mark.django_db
PAGE, ADOPTION = "/inventory/unexplained/", "/candidates/adoption/"
BEN = "Ben Costa, ben@example.org"
FIRST = "ACADPLUS0001"


@pytest.fixture
def give_test(by_sam: Actor) -> Give:
    def give_one(product: Product, candidate: Candidate = ANA, **more: Any) -> Fulfillment:
        return give(product=product, candidate=candidate, actor=by_sam, origin=Origin.STAFF, **more)

    return give_one


def work() -> None:
    running.run_due(limit=50)


def text_of(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def taken(academic: Product, give_test: Give, by_sam: Actor) -> Fulfillment:
    """Ana has FIRST here, and iTEP shows Ben's text in it."""
    stock(academic, 2)
    one = give_test(academic)
    claims.done_at_itep(oid=one.oid, actor=by_sam)
    work()
    export(by_sam, (FIRST, "ACAD-PLUS", BEN), ("ACADPLUS0002", "ACAD-PLUS", ""))
    return one


def posted(browser: Client, repair: str, **more: str) -> None:
    found = unexplained.one(FIRST)
    assert found is not None
    browser.post(f"{PAGE}{FIRST}/", {"repair": repair, "seen": found.seen, "reason": "I asked", **more})


def test_pages_are_for_staff(nobody: User, sam_browser: Client, academic: Product) -> None:
    stranger = Client()
    stranger.force_login(nobody)
    for url in (PAGE, ADOPTION, f"{ADOPTION}id/X1/"):
        assert (stranger.get(url).status_code, Client().get(url).status_code) == (403, 302)
        assert sam_browser.get(url).status_code == 200
    for url in (f"{PAGE}X1/", f"{ADOPTION}many/", f"{ADOPTION}join/X1/"):
        assert (stranger.post(url).status_code, sam_browser.get(url).status_code) == (403, 405)


def test_nothing_unexplained_says_so(sam_browser: Client, academic: Product) -> None:
    assert "Nothing is unexplained" in text_of(sam_browser, PAGE)


def test_it_shows_all_that_one_needs_to_judge(sam_browser: Client, taken: Fulfillment) -> None:
    shown = text_of(sam_browser, PAGE)
    for word in (
        FIRST,
        "Ana Silva",
        BEN,
        "An export shows somebody else's text on its test ID.",
        "row 2",
        str(taken.oid),
    ):
        assert word in shown, word
    assert "Ana Silva takes the next test ID (1 is available), and is told it." in shown
    assert "iTEP does not show it as free." in shown  # why it is not freed
    assert f'href="{PAGE}"' in text_of(sam_browser, "/")
    assert f'href="{PAGE}?id={FIRST}"' in text_of(sam_browser, f"/candidates/{taken.oid}/")
    assert "portal_unexplained_differences 1.0" in text_of(sam_browser, "/metrics")
    assert f"iTEP and the portal disagree about {FIRST}" in text_of(sam_browser, "/")


def test_texts_stand_in_no_trail(sam_browser: Client, taken: Fulfillment) -> None:
    posted(sam_browser, "join", oid=str(taken.oid))
    told = str(list(AuditEntry.objects.values("detail", "reason", "source")))
    assert ("ben@example.org" in told, "Ben Costa" in told) == (False, False)


@pytest.mark.parametrize(
    ("repair", "more", "state", "now"),
    [
        ("join", {}, "sent", FIRST),
        ("accept", {"then": "next"}, "claimed", "ACADPLUS0002"),
        ("accept", {"then": "cancel"}, "cancelled", FIRST),
        ("write_again", {}, "claimed", FIRST),
    ],
)
def test_each_repair_is_done_by_its_dialog(
    sam_browser: Client, taken: Fulfillment, repair: str, more: dict[str, str], state: str, now: str
) -> None:
    posted(sam_browser, repair, **more, **({"oid": str(taken.oid)} if repair == "join" else {}))
    one = Fulfillment.objects.get(pk=taken.pk)
    assert (one.state, one.claim.current and one.claim.current.test_id) == (state, now)
    assert unexplained.number() == 0
    assert f"{FIRST} is explained." in text_of(sam_browser, PAGE)


@pytest.mark.parametrize(
    "said",
    [
        {"repair": "free"},
        {"repair": "accept", "reason": ""},
        {"repair": "accept", "seen": "1:2"},
        {"repair": "accept", "seen": ""},
    ],
)
def test_what_cannot_be_done_changes_nothing(sam_browser: Client, taken: Fulfillment, said: dict[str, str]) -> None:
    before = list(Claim.objects.values("state", "revision"))
    if said.get("seen") == "":
        sam_browser.post(f"{PAGE}{FIRST}/", {"repair": "accept", "reason": "x"})
    else:
        posted(sam_browser, **said)
    assert (list(Claim.objects.values("state", "revision")), unexplained.number()) == (before, 1)


def test_an_unknown_repair_is_not_found(sam_browser: Client, taken: Fulfillment) -> None:
    for said in ({"repair": "burn"}, {"repair": "join", "oid": "nobody"}):
        assert sam_browser.post(f"{PAGE}{FIRST}/", said).status_code == 404


def test_its_page_asks_a_fixed_number_of_questions(
    sam_browser: Client, academic: Product, give_test: Give, by_sam: Actor
) -> None:
    numbers = []
    for count in (2, 12):
        stock(academic, count, first=count * 10)
        for number in range(count):
            one = give_test(academic, allow_duplicate=True)
            claims.done_at_itep(oid=one.oid, actor=by_sam)
            assert number < count
        work()
        rows = [(row.test_id, "ACAD-PLUS", "") for row in TestID.objects.all()]
        export(by_sam, *rows)

        with CaptureQueriesContext(
            connection,
        ) as asked:
            sam_browser.get(PAGE)
        numbers.append(len(asked))
    assert unexplained.number() == 14
    assert numbers[0] == numbers[1]


# Adoption.


@pytest.fixture
def outside(academic: Product, by_sam: Actor) -> Product:
    export(
        by_sam,
        ("OUT1", "ACAD-PLUS", BEN),
        ("OUT2", "ACAD-PLUS", "Cleo Dias, cleo@example.org"),
        ("OUT3", "ACAD-PLUS", "by phone"),
    )
    return academic


def test_the_sixth_step_tells_the_true_numbers_and_works_once_each_is_settled(
    outside: Product, sam_browser: Client
) -> None:
    def step() -> tuple[str, str]:
        return setup.steps()[5].state, setup.steps()[5].text

    want = "3 IDs already have Assigned-to: adopt 2 with an email, help with 1 by hand, or leave them."
    assert step() == ("todo", want)
    assert "3 IDs are assigned at iTEP to somebody unknown here" in text_of(sam_browser, "/")
    sam_browser.post(f"{ADOPTION}many/", {"act": "adopt_all"})
    batch = Batch.objects.get()
    preview = text_of(sam_browser, f"/candidates/batches/{batch.pk}/")
    assert ("Adopt 2 test IDs" in preview, "No mail is sent" in preview, "OUT2" in preview) == (True, True, True)
    assert Fulfillment.objects.count() == 0
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    work()
    assert step()[0] == "todo"
    sam_browser.post(f"{ADOPTION}many/", {"act": "leave", "id": ["OUT3"], "reason": "theirs"})
    assert step() == ("works", "2 adopted, 1 left outside.")
    sam_browser.post(f"{ADOPTION}many/", {"act": "ask_again", "id": ["OUT3"]})
    assert step()[0] == "todo"


def test_only_what_was_ticked_is_adopted(outside: Product, sam_browser: Client) -> None:
    sam_browser.post(f"{ADOPTION}many/", {"act": "adopt", "id": ["OUT2", "OUT3"]})
    assert [row.asked["test_id"] for row in Batch.objects.get().rows.all()] == ["OUT2"]
    sam_browser.post(f"{ADOPTION}many/", {"act": "adopt"})
    assert Batch.objects.count() == 1


def test_one_is_adopted_by_hand(outside: Product, sam_browser: Client) -> None:
    shown = text_of(sam_browser, f"{ADOPTION}id/OUT3/")
    assert "by phone" in shown
    answer = sam_browser.post(f"{ADOPTION}id/OUT3/", {"name": "Dan Ek", "external_id": "9"})
    one = Fulfillment.objects.get()
    assert (answer["Location"], one.name, one.state) == (f"/candidates/{one.oid}/", "Dan Ek", "assigned")
    assert "cannot be adopted" in text_of(sam_browser, f"{ADOPTION}id/OUT3/")


def test_the_same_person_twice_is_said_and_done_only_when_asked_for(outside: Product, sam_browser: Client) -> None:
    person = {"name": "Dan Ek", "email": "dan@example.org"}
    sam_browser.post(f"{ADOPTION}id/OUT3/", person)
    answer = sam_browser.post(f"{ADOPTION}id/OUT1/", person)
    assert answer.status_code == 422
    assert b"has a test of this product here already" in answer.content
    assert Fulfillment.objects.count() == 1
    sam_browser.post(f"{ADOPTION}id/OUT1/", {**person, "allow_duplicate": "on"})
    assert Fulfillment.objects.count() == 2


def test_a_match_is_offered_and_joined(outside: Product, sam_browser: Client, give_test: Give) -> None:
    given = give_test(outside, Candidate("Benjamin", "ben@example.org"), delivery="none")
    assert given.claim.state == ClaimState.WAITING
    shown = text_of(sam_browser, ADOPTION)
    assert (shown.count("Waits here:"), "Join OUT1 to Benjamin?" in shown) == (1, True)
    sam_browser.post(f"{ADOPTION}join/OUT1/", {"oid": str(given.oid)})
    assert Fulfillment.objects.get().claim.current.test_id == "OUT1"  # type: ignore[union-attr]
    assert sam_browser.post(f"{ADOPTION}join/OUT1/", {"oid": "x"}).status_code == 404


def test_an_id_of_a_result_alone_asks_for_its_product(outside: Product, sam_browser: Client) -> None:
    Result.objects.create(subject="id:NEW1", revision=1, test_id="NEW1", state="final", fact="f", source="webhook 1")
    assert f'href="{ADOPTION}id/NEW1/"' in text_of(sam_browser, f"/results/{Result.objects.get().pk}/")
    assert re.search(r"Results so far</dt> <dd> 1", text_of(sam_browser, f"{ADOPTION}id/NEW1/"))
    sam_browser.post(f"{ADOPTION}id/NEW1/", {"name": "Dan"})
    assert Fulfillment.objects.count() == 0
    sam_browser.post(f"{ADOPTION}id/NEW1/", {"name": "Dan", "product": str(outside.pk)})
    work()
    assert Result.objects.get().fulfillment == Fulfillment.objects.get()
    assert timezone.now() - Fulfillment.objects.get().created_at < timedelta(minutes=5)
