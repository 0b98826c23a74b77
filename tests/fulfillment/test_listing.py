"""The list of candidates: found, narrowed, sorted, in chosen columns, and taken along."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from openpyxl import load_workbook

from access.actors import Actor
from access.encryption import keyed_digest
from access.models import ApiClient, AuditEntry, Payer, User
from fulfillment import columns, deadlines, origins
from fulfillment.candidates import Candidate
from fulfillment.models import Batch, BatchState, CandidateRequest, Fulfillment, ListColumns, Origin, State
from inventory import text_search
from inventory.models import Claim, ClaimState, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep
from tests.given import given

pytestmark = pytest.mark.django_db
BEN = Candidate("Ben Ode", "ben@example.org", "hr-78")


def names(browser: Client, **asked: str) -> list[str]:
    return [one.name for one in browser.get("/candidates/", asked).context["rows"]]


@pytest.fixture
def three(called: Product, academic: Product, hr: Payer, hr_client: ApiClient, sam: User) -> list[Fulfillment]:
    """Ana of a sheet, Ben of a system, Cleo of staff: each differs in all that the list is narrowed by."""
    batch = Batch.objects.create(
        file_name="may.xlsx", user=sam, confirmed_at=timezone.now(), state=BatchState.CONFIRMED
    )
    today = deadlines.today()
    ana = given(called, "A1", name="Ana Silva", payer=hr, external_id="hr-77", email="ana@example.org")
    ben = given(academic, "B1", name="Ben Ode", state=ClaimState.UNKNOWN, external_id="hr-78", reference="R-1")
    cleo = given(academic, None, name="Cleo Ode", state=ClaimState.WAITING, email="cleo@example.org")
    Fulfillment.objects.filter(pk=ana.pk).update(
        origin=Origin.SHEET, batch=batch, started_by=sam, deadline=today - timedelta(days=1), itep_status="ready"
    )
    Fulfillment.objects.filter(pk=ben.pk).update(
        origin=Origin.SYSTEM, client=hr_client, state=State.UNKNOWN, deadline=today + timedelta(days=9), itep_status=""
    )
    Fulfillment.objects.filter(pk=cleo.pk).update(
        state=State.WAITING, itep_status="started", created_at=timezone.now() - timedelta(days=40)
    )
    CandidateRequest.objects.create(fulfillment=cleo, kind="not_me")
    return [fresh(one) for one in (ana, ben, cleo)]


def test_each_filter_narrows_and_they_combine(three: list[Fulfillment], sam_browser: Client) -> None:
    sam, client = three[0].started_by, three[1].client
    assert sam is not None
    assert client is not None
    today = deadlines.today()
    expected: list[tuple[dict[str, str], list[str]]] = [
        ({}, ["Cleo Ode", "Ben Ode", "Ana Silva"]),
        ({"state": "unknown"}, ["Ben Ode"]),
        ({"itep_status": "started"}, ["Cleo Ode"]),
        ({"product": "ACAD-PLUS"}, ["Cleo Ode", "Ben Ode"]),
        ({"payer": "hr"}, ["Ana Silva"]),
        ({"origin": "sheet"}, ["Ana Silva"]),
        ({"origin": "careers"}, []),
        ({"started": f"user-{sam.pk}"}, ["Ana Silva"]),
        ({"started": f"client-{client.pk}"}, ["Ben Ode"]),
        ({"batch": str(three[0].batch_id)}, ["Ana Silva"]),
        ({"batch": "4711"}, []),
        ({"created_from": str(today - timedelta(days=9))}, ["Ben Ode", "Ana Silva"]),
        ({"created_to": str(today - timedelta(days=9))}, ["Cleo Ode"]),
        ({"deadline_from": str(today)}, ["Ben Ode"]),
        ({"deadline_to": str(today)}, ["Ana Silva"]),
        ({"needs": "1"}, ["Cleo Ode", "Ben Ode"]),
        ({"needs": "doubt"}, ["Ben Ode"]),
        ({"needs": "asked"}, ["Cleo Ode"]),
        ({"needs": "failed"}, []),
        ({"needs": "late"}, ["Ana Silva"]),
        ({"product": "ACAD-PLUS", "needs": "asked", "state": "waiting"}, ["Cleo Ode"]),
        ({"product": "BUS-PLUS", "needs": "asked"}, []),
    ]
    assert [(asked, names(sam_browser, **asked)) for asked, _ in expected] == expected


def test_a_conflict_is_a_reason_of_its_own(three: list[Fulfillment], sam_browser: Client) -> None:
    Claim.objects.filter(pk=three[1].claim_id).update(conflict_at=timezone.now(), conflict_because="Both cannot be.")
    assert names(sam_browser, needs="conflict") == ["Ben Ode"]


def test_one_candidate_with_two_requests_stands_once(three: list[Fulfillment], sam_browser: Client) -> None:
    CandidateRequest.objects.create(fulfillment=three[2], kind="more_time")
    assert names(sam_browser, needs="asked") == ["Cleo Ode"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("silva", ["Ana Silva"]),
        ("silva ana", ["Ana Silva"]),
        ("ode", ["Cleo Ode", "Ben Ode"]),
        ("ode cleo@", ["Cleo Ode"]),
        ("HR-78", ["Ben Ode"]),
        ("r-1", ["Ben Ode"]),
        ("a1", ["Ana Silva"]),
        ("hr-7", []),
        ("nobody", []),
    ],
)
def test_it_is_searched_by_own_fields(
    three: list[Fulfillment], sam_browser: Client, asked: str, found: list[str]
) -> None:
    assert names(sam_browser, q=asked) == found


def test_filters_in_use_are_chips_that_take_themselves_away(three: list[Fulfillment], sam_browser: Client) -> None:
    page = sam_browser.get("/candidates/", {"q": "ode", "product": "ACAD-PLUS", "sort": "name", "page": "1"})
    assert [(one.label, one.value, one.url) for one in page.context["chips"]] == [
        ("Name, email, own number, test ID, Assigned-to", "ode", "/candidates/?product=ACAD-PLUS&sort=name"),
        ("Product", "iTEP Academic-Plus", "/candidates/?q=ode&sort=name"),
    ]
    assert "2 found" in page.content.decode()
    asked = {"batch": str(three[0].batch_id), "needs": "late", "deadline_to": "2026-12-24", "origin": "sheet"}
    chips = sam_browser.get("/candidates/", asked).context["chips"]
    values = ["Past the deadline, not seen started", "A spreadsheet", "may.xlsx", "24 Dec 2026"]
    assert [one.value for one in chips] == values


def test_the_address_says_no_more_than_was_asked(three: list[Fulfillment], sam_browser: Client) -> None:
    response = sam_browser.get("/candidates/", {"q": " ", "state": "unknown", "payer": ""})
    assert (response.status_code, response["Location"]) == (302, "/candidates/?state=unknown")
    assert sam_browser.get("/candidates/?q=")["Location"] == "/candidates/?"


def test_what_makes_no_sense_is_left_out_and_said(three: list[Fulfillment], sam_browser: Client) -> None:
    page = sam_browser.get("/candidates/", {"created_from": "yesterday", "product": "ACAD-PLUS", "sort": "password"})
    assert [one.name for one in page.context["rows"]] == ["Cleo Ode", "Ben Ode"]
    assert [one.label for one in page.context["chips"]] == ["Product"]
    assert "Enter a valid date." in page.content.decode()


def test_it_is_sorted_by_a_column_and_what_is_blank_stands_last(three: list[Fulfillment], sam_browser: Client) -> None:
    assert names(sam_browser, sort="name") == ["Ana Silva", "Ben Ode", "Cleo Ode"]
    assert names(sam_browser, sort="-name") == ["Cleo Ode", "Ben Ode", "Ana Silva"]
    assert names(sam_browser, sort="deadline") == ["Ana Silva", "Ben Ode", "Cleo Ode"]
    assert names(sam_browser, sort="-deadline") == ["Ben Ode", "Ana Silva", "Cleo Ode"]
    assert names(sam_browser, sort="asked") == ["Cleo Ode", "Ana Silva", "Ben Ode"]
    shown = sam_browser.get("/candidates/", {"sort": "name", "q": "ode"}).content.decode()
    assert 'aria-sort="ascending"' in shown
    assert "?sort=-name&amp;q=ode" in shown


def test_every_sort_of_every_column_works(three: list[Fulfillment], sam_browser: Client) -> None:
    for name in columns.SORTS:
        assert len(names(sam_browser, sort=name)) == len(names(sam_browser, sort=f"-{name}")) == 3


def test_columns_are_chosen_and_remembered_for_this_person(
    three: list[Fulfillment], sam_browser: Client, ada_browser: Client
) -> None:
    def shown(browser: Client) -> list[str]:
        return [one.name for one in browser.get("/candidates/").context["columns"]]

    chosen = {"column": ["email", "product", "password", "origin"], "query": "state=sent&page=3"}
    response = sam_browser.post("/candidates/columns/", chosen)
    assert (response.status_code, response["Location"]) == (302, "/candidates/?state=sent")
    assert shown(sam_browser) == ["email", "product", "origin"]
    assert shown(ada_browser) == list(columns.USUAL)
    sam_browser.post("/candidates/columns/", {"usual": "1", "column": ["email"]})
    assert (shown(sam_browser), ListColumns.objects.count()) == (list(columns.USUAL), 0)


def test_all_columns_at_once_show_and_cost_no_statement_per_row(
    three: list[Fulfillment], sam_browser: Client, called: Product
) -> None:
    sam_browser.post("/candidates/columns/", {"column": columns.NAMES})
    shown = sam_browser.get("/candidates/").content.decode()
    for words in ("A spreadsheet", "Another system", "API: hr-system", "Sam Staff", "may.xlsx", "We, by mail"):
        assert words in shown, words
    with CaptureQueriesContext(
        connection,
    ) as few:
        sam_browser.get("/candidates/")
    for number in range(7):
        given(called, f"D{number}", name=f"Dee {number}")
    with CaptureQueriesContext(connection) as many:
        assert len(sam_browser.get("/candidates/").context["rows"]) == 10
    assert len(many) == len(few)


def test_all_six_origins_have_words(called: Product, sam_browser: Client) -> None:
    for number, origin in enumerate(Origin.values):
        one = given(called, f"D{number}")
        Fulfillment.objects.filter(pk=one.pk).update(origin=origin)
        assert names(sam_browser, origin=origin) == [one.name]
        assert escape(str(origins.WORDS[origin])) in sam_browser.get(f"/candidates/{one.oid}/").content.decode()
    assert len(Origin.values) == 6


def test_a_person_is_found_by_what_stands_in_assigned_to_and_it_says_where(
    sam_browser: Client, itep: PretendItep, called: Product, give_test: Give
) -> None:
    stock(called, 2)
    one = give_test(called)
    work()
    fresh(one)
    Fulfillment.objects.update(name="Corrected Meanwhile", email="new@example.org", external_id="")
    page = sam_browser.get("/candidates/", {"q": "silva"})
    assert [row.name for row in page.context["rows"]] == ["Corrected Meanwhile"]
    assert "found in Assigned-to at iTEP" in page.content.decode()
    TestID.objects.update(assigned_to="", assigned_to_digest="")
    assert "found in what we wrote into Assigned-to" in sam_browser.get("/candidates/?q=silva").content.decode()
    assert "found in" not in sam_browser.get("/candidates/?q=corrected").content.decode()


def test_ids_that_nobody_here_has_are_pointed_to(sam_browser: Client, called: Product, give_test: Give) -> None:
    stock(called, 2)
    text_search.keep(["Zoe Quist"])
    TestID.objects.filter(test_id="BUSPLUS0002").update(
        assigned_to="Zoe Quist",
        assigned_to_digest=keyed_digest("Zoe Quist", purpose="assigned-to"),
        standing="outside",
    )
    assert sam_browser.get("/search/", {"q": "quist"})["Location"] == "/inventory/ids/?q=quist"
    give_test(called, Candidate("Ida Quist", "ida@example.org"))
    assert sam_browser.get("/search/", {"q": "quist"})["Location"] == "/candidates/?q=quist"
    shown = sam_browser.get("/candidates/", {"q": "quist"}).content.decode()
    assert "1 test ID that no candidate here has" in shown
    assert "/inventory/ids/?q=quist" in shown


def sheet(browser: Client, kind: str, **asked: str) -> list[list[Any]]:
    response = browser.get(f"/candidates/list.{kind}", asked)
    content = b"".join(response)
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode())))
    rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [[cell or "" for cell in row] for row in rows]


def test_what_is_found_is_taken_along_in_its_columns(three: list[Fulfillment], sam_browser: Client) -> None:
    sam_browser.post("/candidates/columns/", {"column": ["email", "external_id", "test_id", "origin"]})
    as_csv = sheet(sam_browser, "csv", product="BUS-PLUS")
    assert as_csv == [
        ["external_id", "reference", "name", "email", "test_id", "origin", "oid"],
        ["hr-77", "", "Ana Silva", "ana@example.org", "A1", "sheet", str(three[0].oid)],
    ]
    assert sheet(sam_browser, "xlsx", product="BUS-PLUS") == as_csv
    assert [row[2] for row in sheet(sam_browser, "csv", sort="name")[1:]] == ["Ana Silva", "Ben Ode", "Cleo Ode"]
    told = AuditEntry.objects.filter(verb="candidates.exported").first()
    assert told is not None
    assert told.detail is not None
    assert (told.detail["kind"], told.detail["filters"], told.detail["count"]) == ("csv", ["product"], 1)


def test_an_id_in_the_file_is_told_and_one_that_is_not_confirmed_stays_out(
    three: list[Fulfillment], sam_browser: Client
) -> None:
    ids = {row[2]: row[4] for row in sheet(sam_browser, "csv", sort="name")[1:]}
    assert ids == {"Ana Silva": "A1", "Ben Ode": "", "Cleo Ode": ""}
    assert [fresh(one).claim.told_at is not None for one in three] == [True, False, False]


def test_without_the_column_nobody_is_told(three: list[Fulfillment], sam_browser: Client) -> None:
    sam_browser.post("/candidates/columns/", {"column": ["email"]})
    sheet(sam_browser, "csv")
    assert not Claim.objects.filter(told_at__isnull=False).exists()


def test_a_name_is_no_formula(called: Product, sam_browser: Client) -> None:
    given(called, "A1", name='=HYPERLINK("http://x")')
    assert sheet(sam_browser, "csv")[1][2] == '\'=HYPERLINK("http://x")'


def test_the_trail_of_an_export_names_nobody(three: list[Fulfillment], sam_browser: Client) -> None:
    sheet(sam_browser, "csv", q="silva")
    told = AuditEntry.objects.get(verb="candidates.exported")
    assert "silva" not in str(told.detail).lower()
    assert told.detail == {"kind": "csv", "filters": ["q"], "columns": list(columns.USUAL), "count": 1}


def test_only_staff_and_only_by_their_methods(nobody: User, sam_browser: Client, called: Product) -> None:
    given(called, "A1")
    stranger = Client()
    stranger.force_login(nobody)
    for path in ("list.csv", "list.xlsx"):
        assert stranger.get(f"/candidates/{path}").status_code == 403
        assert sam_browser.post(f"/candidates/{path}").status_code == 405
    assert stranger.post("/candidates/columns/", {"column": "email"}).status_code == 403
    assert sam_browser.get("/candidates/columns/").status_code == 405
    assert (ListColumns.objects.count(), AuditEntry.objects.filter(verb="candidates.exported").count()) == (0, 0)


def test_created_days_are_the_readers_own(called: Product, sam: User, sam_browser: Client, by_sam: Actor) -> None:
    one = given(called, "A1")
    Fulfillment.objects.filter(pk=one.pk).update(created_at="2026-11-10T23:30:00+00:00")
    asked = {"created_from": "2026-11-11", "created_to": "2026-11-11"}
    assert names(sam_browser, **asked) == []
    User.objects.filter(pk=sam.pk).update(time_zone="Europe/Berlin")
    assert names(sam_browser, **asked) == [one.name]
    assert date(2026, 11, 11) == date.fromisoformat(asked["created_from"])
