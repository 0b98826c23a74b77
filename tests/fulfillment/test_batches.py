"""Giving many: every fault at once, a preview that gives nothing, and each row's outcome."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import AuditEntry, Payer
from fulfillment import batch_rows, batches
from fulfillment.candidates import Candidate
from fulfillment.models import Batch, BatchFile, BatchRow, BatchState, Found, Fulfillment, RowState
from inventory.models import Product, TestID
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import Give, work

pytestmark = pytest.mark.django_db
URL = "/candidates/give-many/"
GOOD = "Own number,Name,E-mail,Reference\n77,Ana Silva,ana@example.org,r1\n78,Ben Weiß,ben@example.org,r2\n"


def upload(browser: Client, content: str | bytes, name: str = "candidates.csv", product: str = "ACAD-PLUS") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return browser.post(URL, {"product": product, "file": SimpleUploadedFile(name, raw)}, follow=True)


@pytest.fixture(autouse=True)
def no_minute(settings: Settings) -> None:
    """Tests of the minute set it themselves (`test_undoing`)."""
    settings.BATCH_UNDO_SECONDS = 0


def test_nothing_is_given_before_the_yes(sam_browser: Client, academic: Product) -> None:
    stock(academic, 3)
    upload(sam_browser, GOOD)
    batch = Batch.objects.get()
    shown = sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()
    assert ("Ana Silva" in shown, "Give 2 tests" in shown) == (True, True)
    assert (Fulfillment.objects.count(), Entry.objects.count()) == (0, 0)


def test_each_row_is_given_once(sam_browser: Client, academic: Product) -> None:
    stock(academic, 3)
    upload(sam_browser, GOOD)
    batch = Batch.objects.get()
    for _ in range(2):
        sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
        work()
    assert [(one.name, one.external_id, one.reference, one.origin) for one in batch.all.order_by("id")] == [
        ("Ana Silva", "77", "r1", "sheet"),
        ("Ben Weiß", "78", "r2", "sheet"),
    ]
    assert set(batch.rows.values_list("state", flat=True)) == {RowState.GIVEN}
    assert "hx-trigger" not in sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()


def test_who_has_one_is_skipped_unless_asked_for(sam_browser: Client, academic: Product, give_test: Give) -> None:
    first = give_test(academic, Candidate("Ana Silva", "ana@example.org", "77"))
    upload(sam_browser, GOOD + ",ben weiß,BEN@example.org,r3\n")
    batch = Batch.objects.get()
    assert "Has an open test" in sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    work()
    rows = list(batch.rows.all())
    assert [row.state for row in rows] == [RowState.SKIPPED, RowState.GIVEN, RowState.SKIPPED]
    assert rows[0].found_oid == first.oid
    assert f"/candidates/{first.oid}/" in sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()


def test_every_fault_is_said_at_once(sam_browser: Client, academic: Product) -> None:
    response = upload(sam_browser, "name,email\n,ana@example.org\nBen,not an address\nCleo,\n")
    faults = response.context["faults"]
    assert [(fault.row, fault.column, fault.value) for fault in faults] == [
        (2, "name", ""),
        (3, "email", "not an address"),
        (4, "email", ""),
    ]
    batch = Batch.objects.get()
    assert (batch.state, batch.rows.count()) == (BatchState.FAULTY, 0)
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    assert (Fulfillment.objects.count(), Entry.objects.count()) == (0, 0)


def test_the_rows_with_faults_come_back_marked(sam_browser: Client, academic: Product) -> None:
    upload(sam_browser, "name,email\n=1+1,ana@example.org\nBen,not an address\n")
    answer = sam_browser.get(f"/candidates/batches/{Batch.objects.get().pk}/errors.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][1:4] == ["3", "Ben", "not an address"]
    assert [bool(cell.comment) for cell in sheet[2]] == [False, False, False, True, False]
    assert sheet.max_row == 2


def test_good_rows_go_on_alone_only_where_somebody_says_so(sam_browser: Client, academic: Product) -> None:
    upload(sam_browser, "name,email\nAna,ana@example.org\nBen,not an address\n")
    batch = Batch.objects.get()
    shown = sam_browser.post(f"/candidates/batches/{batch.pk}/good-rows/", follow=True).content.decode()
    assert ("Left out: 1 thing" in shown, "not an address" in shown) == (True, True)
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    work()
    assert [one.name for one in batch.all.all()] == ["Ana"]


def test_pasted_rows_go_the_same_way(sam_browser: Client, academic: Product) -> None:
    for pasted in (
        "Name\tEmail\tOwn number\nSilva, Ana\tana@example.org\t77\n",
        "Silva, Ana\tana@example.org",  # without the names of the columns
    ):
        shown = sam_browser.post(URL, {"product": "ACAD-PLUS", "pasted": pasted}, follow=True)
        batch = Batch.objects.first()
        assert batch is not None
        assert (batch.state, batch.file_name, "Pasted rows" in shown.content.decode()) == (BatchState.DRAFT, "", True)
        assert [(row.asked["name"], row.asked["email"]) for row in batch.rows.all()] == [
            ("Silva, Ana", "ana@example.org")
        ]


@pytest.mark.parametrize("both", [True, False])
def test_a_file_or_pasted_rows(sam_browser: Client, academic: Product, both: bool) -> None:
    more = {"file": SimpleUploadedFile("a.csv", GOOD.encode()), "pasted": GOOD} if both else {}
    assert sam_browser.post(URL, {"product": "ACAD-PLUS", **more}).status_code == 422
    assert Batch.objects.count() == 0


def test_what_cannot_be_read_is_refused_beside_the_file(sam_browser: Client, academic: Product) -> None:
    response = upload(sam_browser, "\0")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["file"])
    assert Batch.objects.count() == 0


def test_columns_that_nobody_knows_are_asked_about_once(sam_browser: Client, academic: Product) -> None:
    content = "Wer,Adresse,Shoe size\nAna,ana@example.org,38\n"
    shown = upload(sam_browser, content)
    batch = Batch.objects.get()
    assert (batch.state, shown.request["PATH_INFO"]) == (
        BatchState.COLUMNS,
        f"/candidates/batches/{batch.pk}/columns/",
    )
    lacking = sam_browser.post(f"/candidates/batches/{batch.pk}/columns/", {"email": "Adresse"})
    assert (lacking.status_code, "Nobody can be given a test without a name." in lacking.content.decode()) == (
        422,
        True,
    )
    chosen = {"name": "Wer", "email": "Adresse", "keep_others": "on"}
    sam_browser.post(f"/candidates/batches/{batch.pk}/columns/", chosen)
    (row,) = batch.rows.all()
    assert (row.asked["name"], row.asked["metadata"]) == ("Ana", {"Shoe size": "38"})
    upload(sam_browser, content)  # the next such file needs no look
    again = Batch.objects.first()
    assert again is not None
    assert (again.state, again.rows.get().asked["name"], again.rows.get().asked["metadata"]) == ("draft", "Ana", {})


def test_the_same_list_given_before_is_said(sam_browser: Client, academic: Product) -> None:
    stock(academic, 4)
    upload(sam_browser, GOOD)
    first = Batch.objects.get()
    sam_browser.post(f"/candidates/batches/{first.pk}/confirm/")
    lines = GOOD.splitlines()
    shown = upload(sam_browser, "\n".join([lines[0], lines[2], lines[1]]), "other.csv").content.decode()
    assert ("This list was given already" in shown, f"/candidates/batches/{first.pk}/" in shown) == (True, True)
    assert "This list was given already" not in upload(sam_browser, GOOD.replace("77", "79")).content.decode()


def test_given_up_means_gone(sam_browser: Client, academic: Product) -> None:
    upload(sam_browser, GOOD)
    batch = Batch.objects.get()
    for _ in range(2):
        sam_browser.post(f"/candidates/batches/{batch.pk}/discard/")
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), BatchFile.objects.count()) == (BatchState.DISCARDED, 0, 0)
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    assert (Entry.objects.count(), AuditEntry.objects.filter(verb="batch.discarded").count()) == (0, 1)


def test_the_file_is_kept_until_the_yes_only(sam_browser: Client, academic: Product) -> None:
    upload(sam_browser, GOOD)
    batch = Batch.objects.get()
    assert batch.content == GOOD.encode()
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    assert batch.content is None


def test_decided_row_by_row_and_by_one_switch(
    sam_browser: Client, academic: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(academic, 5)
    first = give_test(academic, Candidate("Ana Silva", "ana@example.org", "77"))
    upload(sam_browser, GOOD + "79,Cleo,cleo@example.org,r3\n79,Cleo,cleo@example.org,r4\n")
    batch = Batch.objects.get()
    ana, ben, cleo, twice = batch.rows.all()
    assert [(row.found, row.found_oid, row.found_number) for row in batch.rows.all()] == [
        (Found.OPEN, first.oid, None),
        (Found.NOTHING, None, None),
        (Found.NOTHING, None, None),
        (Found.TWICE, None, 4),
    ]
    page = f"/candidates/batches/{batch.pk}/decide/"
    sam_browser.post(page, {"all": "give"})
    assert list(batch.rows.values_list("decision", flat=True)) == ["give", "skip", "skip", "give"]
    sam_browser.post(page, {f"row-{ana.pk}": "skip", f"row-{ben.pk}": "give", f"row-{cleo.pk}": "nonsense"})
    assert list(batch.rows.values_list("decision", flat=True)) == ["skip", "skip", "skip", "give"]
    assert "Give 3 tests" in sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()
    batches.confirm(batch_id=batch.pk, actor=by_sam)
    work()
    assert list(batch.rows.values_list("state", flat=True)) == ["skipped", "given", "given", "given"]
    sam_browser.post(page, {"all": "skip"})  # too late
    assert list(batch.rows.values_list("decision", flat=True)) == ["skip", "skip", "skip", "give"]
    assert twice.asked["reference"] == "r4"


def test_a_batch_that_broke_in_mid_chunk_gives_nobody_two(
    sam_browser: Client, academic: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row's outcome is committed with what it came to, or neither is."""
    stock(academic, 9)
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 2)
    lines = "".join(f"Person {number},p{number}@example.org\n" for number in range(5))
    upload(sam_browser, f"name,email\n{lines}")
    batch = Batch.objects.get()
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    given, breaks = batch_rows.give, iter([False, False, False, True])

    def give_some(one: Batch, row: BatchRow, actor: Actor) -> None:
        given(one, row, actor)
        if next(breaks, False):
            raise RuntimeError("killed after the fourth row")

    monkeypatch.setattr(batch_rows, "give", give_some)
    work()
    assert (batch.all.count(), TestID.objects.filter(holder__isnull=False).count()) == (2, 2)
    assert sorted(batch.rows.values_list("state", flat=True)) == ["given"] * 2 + ["todo"] * 3
    Entry.objects.filter(kind=batches.KIND).update(due_at=timezone.now() - timedelta(minutes=1))
    work()
    assert (batch.all.count(), TestID.objects.filter(holder__isnull=False).count()) == (5, 5)
    assert sorted(one.name for one in batch.all.all()) == [f"Person {number}" for number in range(5)]


def test_how_far_it_is_and_whether_anybody_works_on_it(
    sam_browser: Client, academic: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(academic, 5)
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 2)
    upload(sam_browser, "name,email\n" + "".join(f"P{one},p{one}@example.org\n" for one in range(5)))
    batch = Batch.objects.get()
    page = f"/candidates/batches/{batch.pk}/"
    sam_browser.post(f"{page}confirm/")
    entry = Entry.objects.get(kind=batches.KIND)
    assert batches.run(entry) is not None
    live = sam_browser.get(page, headers={"HX-Request": "true", "HX-Target": "live"}).content.decode()
    assert ("2 / 5 (40 %)" in live, "<html" in live, "Nobody has been working" in live) == (True, False, False)
    long_ago = timezone.now() - timedelta(minutes=5)
    Entry.objects.filter(pk=entry.pk).update(created_at=long_ago, due_at=long_ago)
    assert "Nobody has been working on it for" in sam_browser.get(page).content.decode()


def test_rows_say_themselves_what_differs(sam_browser: Client, academic: Product, called: Product, hr: Payer) -> None:
    stock(academic, 1)
    stock(called, 1)
    upload(
        sam_browser,
        "First name;Last name;Correo;Idioma;Producto;Pagador;Fecha límite;Entrega;Notas\n"
        "Ana;Silva;ana@example.org;portugués;bus-plus;HR;2027-03-01;none;tall\n"
        "Ben;Weiß;ben@example.org;;;;;;\n",
    )
    batch = Batch.objects.get()
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    batches.run(Entry.objects.get(kind=batches.KIND))
    assert [
        (one.name, one.product.code, one.language, one.payer, one.deadline, one.delivery, one.note)
        for one in batch.all.order_by("id")
    ] == [
        ("Ana Silva", "BUS-PLUS", "pt", hr, date(2027, 3, 1), "none", "tall"),
        ("Ben Weiß", "ACAD-PLUS", "", None, None, "portal", ""),
    ]


def test_the_list_of_batches(sam_browser: Client, academic: Product) -> None:
    assert "No list was uploaded yet." in sam_browser.get("/candidates/batches/").content.decode()
    upload(sam_browser, GOOD)
    assert "candidates.csv" in sam_browser.get("/candidates/batches/").content.decode()


def test_a_number_in_a_workbook_stays_whole(sam_browser: Client, academic: Product) -> None:
    book, written = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Name", "Email", "Own number"],
        ["Ana", "ana@example.org", 77],
        [None],
        ["Ben", "ben@example.org", 78],
    ):
        sheet.append(row)
    book.save(written)
    upload(sam_browser, written.getvalue(), "candidates.xlsx")
    rows = list(Batch.objects.get().rows.all())
    assert [(row.number, row.asked["external_id"]) for row in rows] == [(2, "77"), (4, "78")]
