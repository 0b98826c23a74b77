"""IDs and requests are found by what stands in an Assigned-to, and by nothing that stands there no more."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from inventory import claims, queries, reconciliation, text_search, uploads
from inventory.models import AssignedToRecord, Claim, ClaimState, Product, Scope, SearchWord, TestID, Upload
from inventory.queries import Filters
from inventory.text_search import Where
from itep.client import Outcome
from outbox import running
from outbox.models import Entry, EntryState
from tests.conftest import stock
from tests.inventory import exports
from tests.inventory.conftest import Desk, claim_of, row_of

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = "BUSPLUS0001", "BUSPLUS0002", "BUSPLUS0003"
MARIA = "Silva, María <maria@example.org>, no. 4711"


@pytest.fixture(autouse=True)
def _stock(called: Product) -> None:
    stock(called, 3)


def apply(by: Actor, *rows: tuple[str, str], hours: int) -> None:
    """An export of BUS-PLUS, downloaded so many hours from now; then the worker's turn."""
    content = exports.as_csv(
        [[test_id, "BUS-PLUS", "Ready", text] for test_id, text in rows],
        header=["Test ID", "Product", "Status", "Assigned-to"],
    )
    upload = uploads.keep(content=content, file_name="x.csv", actor=by, scope=Scope.FILE)
    Upload.objects.filter(pk=upload.pk).update(exported_at=timezone.now() + timedelta(hours=hours))
    reconciliation.plan(upload_id=upload.pk)
    reconciliation.apply(upload_id=upload.pk, actor=by, accept_mass_change=True)


def work() -> None:
    while (entry := Entry.objects.filter(kind=text_search.KIND, state=EntryState.PENDING).first()) is not None:
        if text_search.run(entry) is None:
            Entry.objects.filter(pk=entry.pk).update(state=EntryState.DONE)


def ids(asked: str) -> list[str]:
    return sorted(text_search.test_ids_with(asked).values_list("test_id", flat=True))


def oids(asked: str) -> set[object]:
    return set(Claim.objects.filter(text_search.claims_with(asked, field="pk")).values_list("oid", flat=True))


def due() -> int:
    return Entry.objects.filter(kind=text_search.KIND, state=EntryState.PENDING).count()


def test_a_text_is_found_as_soon_as_we_wrote_it(desk: Desk) -> None:
    oid = desk.open()
    desk.begin(oid)
    claim = claim_of(oid)
    assert [oids(one) for one in ("Ana", "silva ana", str(oid))] == [{oid}] * 3
    assert [oids(one) for one in ("an", "name", "")] == [set()] * 3
    assert text_search.where([claim.pk], "ana") == {claim.pk: Where.OURS}
    assert ids("ana") == []  # iTEP has not answered
    assert due() == 0


def test_confirmed_it_is_found_at_itep_without_another_digest(desk: Desk) -> None:
    oid = desk.open()
    desk.begin(oid)
    before = SearchWord.objects.count()
    desk.answer(oid, Outcome.CONFIRMED)
    claim = claim_of(oid)
    assert (ids("ana"), oids("ana")) == ([FIRST], {oid})
    assert text_search.where([claim.pk], "ana") == {claim.pk: Where.AT_ITEP}
    assert (SearchWord.objects.count(), due()) == (before, 0)


def test_what_an_export_shows_is_indexed_by_the_worker(by_sam: Actor) -> None:
    apply(by_sam, (FIRST, MARIA), (SECOND, ""), (THIRD, ""), hours=1)
    assert (ids("maria"), due()) == ([], 1)
    work()
    assert [ids(one) for one in ("maria", "MARÍA silva", "maria@example.org", "4711", "mari")] == [[FIRST]] * 4 + [[]]
    assert not SearchWord.objects.filter(Q(word__icontains="maria") | Q(text__icontains="maria")).exists()


def test_an_export_without_texts_costs_nothing(by_sam: Actor) -> None:
    apply(by_sam, (FIRST, ""), (SECOND, ""), (THIRD, ""), ("BUSPLUS0009", ""), hours=1)
    assert (due(), SearchWord.objects.count(), TestID.objects.count()) == (0, 0, 4)


def test_when_a_text_changes_the_old_words_go(by_sam: Actor) -> None:
    apply(by_sam, (FIRST, MARIA), (SECOND, MARIA), (THIRD, ""), hours=1)
    work()
    apply(by_sam, (FIRST, "Ben Ode"), (SECOND, MARIA), (THIRD, ""), hours=2)
    assert ids("maria") == [SECOND]  # at once, whatever the worker does
    work()
    assert (ids("maria"), ids("ode")) == ([SECOND], [FIRST])
    apply(by_sam, (FIRST, ""), (SECOND, ""), (THIRD, ""), hours=3)
    work()
    assert (ids("maria"), ids("ode"), SearchWord.objects.count()) == ([], [], 0)


def test_cleared_by_a_person_the_words_of_itep_go_and_ours_stay(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    claims.cancel(oid=oid, actor=by_sam, reason="not needed")
    claims.cleared(test_id=FIRST, actor=by_sam)
    assert due() == 1
    work()
    assert (ids("ana"), oids("ana")) == ([], {oid})
    AssignedToRecord.objects.all().delete()  # as erasing a person does
    assert text_search.forget_unused() == 3
    assert (oids("ana"), SearchWord.objects.count()) == (set(), 0)


def test_a_large_mirror_is_indexed_in_turns_and_again_changes_nothing(
    by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(by_sam, (FIRST, MARIA), (SECOND, "Ben Ode"), (THIRD, "..."), hours=1)
    monkeypatch.setattr(text_search, "AT_ONCE", 2)
    entry = Entry.objects.get(kind=text_search.KIND)
    turns = [text_search.run(entry) is not None for _ in range(4)]
    assert turns == [True, True, False, False]  # a text without words is not looked at for ever
    assert [ids(one) for one in ("maria", "ode", "...")] == [[FIRST], [SECOND], []]


def test_the_worker_knows_the_kind(by_sam: Actor) -> None:
    apply(by_sam, (FIRST, MARIA), (SECOND, ""), (THIRD, ""), hours=1)
    running.run_due(limit=5)
    assert ids("maria") == [FIRST]


def test_what_stood_here_before_is_indexed_after_the_upgrade(desk: Desk, by_sam: Actor) -> None:
    migration = import_module("inventory.migrations.0014_search_digests")
    migration.index_what_exists(apps, None)
    assert due() == 0  # nothing to index, nothing to do
    oid = desk.at(ClaimState.CONFIRMED)
    SearchWord.objects.all().delete()
    migration.index_what_exists(apps, None)
    assert (due(), oids("ana")) == (1, set())
    work()
    assert (oids("ana"), ids("ana")) == ({oid}, [FIRST])


def test_the_list_of_ids_finds_by_id_and_by_text_and_says_which(by_sam: Actor, sam_browser: Client) -> None:
    apply(by_sam, (FIRST, MARIA), (SECOND, "PLUS0003 is not mine"), (THIRD, ""), hours=1)
    work()
    assert list(sam_browser.get("/inventory/ids/", {"q": "plus0003"}).context["in_text"]) == [row_of(SECOND).pk]
    page = sam_browser.get("/inventory/ids/", {"q": "maría"})
    assert [row.test_id for row in page.context["page"]] == [FIRST]
    shown = page.content.decode()
    assert ("found in Assigned-to at iTEP" in shown, "maria@example.org" in shown) == (True, False)
    assert sam_browser.get("/inventory/ids/").context["in_text"] == set()


def test_a_system_does_not_learn_by_searching_what_stands_in_a_text(by_sam: Actor) -> None:
    apply(by_sam, (FIRST, MARIA), (SECOND, ""), (THIRD, ""), hours=1)
    work()
    assert [queries.test_ids(Filters(search="maria", in_texts=one)).count() for one in (True, False)] == [1, 0]
