"""The page of one test ID: every event with its evidence, iTEP's word beside ours, what can be done and why not."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access import audit
from access.models import AuditEntry
from inventory import claims, reconciliation, sources, stories, uploads
from inventory.errors import ReasonNeeded
from inventory.models import Cause, ClaimState, TestID, Upload
from itep.client import Outcome
from tests.conftest import stock
from tests.inventory import exports
from tests.inventory.conftest import TEXT, Desk

pytestmark = pytest.mark.django_db
FIRST = "BUSPLUS0001"
PAGE = f"/inventory/ids/{FIRST}/"
HEADER = ["Test ID", "Product", "Status", "Assigned-to"]


def export(desk: Desk, text: str) -> Upload:
    rows = [[FIRST, "BUS-PLUS", "Ready", text]]
    kept = uploads.keep(content=exports.as_csv(rows, header=HEADER), file_name="x.csv", actor=desk.actor)
    Upload.objects.filter(pk=kept.pk).update(exported_at=timezone.now() + timedelta(hours=1))
    reconciliation.plan(upload_id=kept.pk)
    return reconciliation.apply(upload_id=kept.pk, actor=desk.actor, accept_mass_change=True)


def test_every_act_on_an_id_or_a_request_has_its_words() -> None:
    room = Path(stories.__file__).parent
    written = {
        verb
        for file in [*room.glob("*.py"), *room.glob("claims/*.py")]
        if file.name != "stories.py"
        for verb in re.findall(r'"((?:test_id|claim|call|text|done|cancel)\.[a-z_]+)"', file.read_text())
    }
    written |= {f"test_id.{one}" for one in Cause} - {
        *("test_id.confirmed", "test_id.conflict", "test_id.unchanged", "test_id.invalid"),
    }
    assert sorted(written - set(stories.WORDS)) == []
    assert len(written) > 25  # the look-up itself works


def test_a_move_that_says_no_standing_after_it_shows_none(desk: Desk) -> None:
    audit.record(actor=desk.actor, verb="text.proved", test_id=FIRST, detail={"before": "assigned"})
    (event,) = stories.story(FIRST)
    assert (event.was, event.now) == ("", "")


def test_an_export_tells_its_row_the_reason_and_before_and_after(desk: Desk) -> None:
    stock(desk.product, 1)
    upload = export(desk, "Ben Costa")
    (event,) = stories.story(FIRST)
    assert (event.what, event.who) == ("Assigned outside the portal", "Sam Staff")
    assert event.source == f"upload {upload.pk}, row 2"
    assert event.source_url == f"/inventory/uploads/{upload.pk}/?q={FIRST}"
    assert (event.was, event.now) == ("Ready, free", "assigned outside")
    assert event.detail == "Somebody assigned it outside the portal. Differs: Assigned-to."


@pytest.mark.parametrize(
    ("source", "sees_work", "page"),
    [
        ("upload 3, sheet S, row 12", False, "/inventory/uploads/3/?q=A1"),
        ("upload 3, not in the file", False, "/inventory/uploads/3/?q=A1"),
        ("call 7", True, "/setup/work/7/"),
        ("call 7", False, ""),
        ("webhook 5", False, "/webhooks/unmatched/5/"),
        ("by hand", True, ""),
        ("seen at iTEP", True, ""),
        ("", True, ""),
    ],
)
def test_the_evidence_is_one_click_away(source: str, sees_work: bool, page: str) -> None:
    assert sources.page_of(source, test_id="A1", sees_work=sees_work) == page


def test_calls_are_linked_for_administrators(desk: Desk, sam_browser: Client, ada_browser: Client) -> None:
    stock(desk.product, 1)
    desk.at(ClaimState.CONFIRMED)
    there = reverse("outbox:one", args=[1])
    assert there in ada_browser.get(PAGE).content.decode()
    assert there not in sam_browser.get(PAGE).content.decode()


def test_a_release_carries_its_reason(desk: Desk, sam_browser: Client) -> None:
    stock(desk.product, 1)
    oid = desk.at(ClaimState.CONFIRMED)
    claims.told(oid=oid)
    page = sam_browser.get(PAGE).content.decode()
    assert "A request that has not ended holds this test ID" in page
    assert "A request holds this test ID." in page
    claims.cancel(oid=oid, actor=desk.actor, reason="ill")
    with pytest.raises(ReasonNeeded):
        claims.release(test_id=FIRST, actor=desk.actor, reason=" ")
    sam_browser.post(PAGE, {"act": "release", "reason": ""})
    assert TestID.objects.get().holder_id is not None
    sam_browser.post(PAGE, {"act": "release", "reason": "She will not come, <b>surely</b>."})
    assert TestID.objects.get().holder_id is None
    event = stories.story(FIRST)[0]
    assert (event.what, event.reason) == ("Freed by a person", "She will not come, <b>surely</b>.")
    assert "Reason: She will not come, &lt;b&gt;surely" in sam_browser.get(PAGE).content.decode()
    assert AuditEntry.objects.get(verb="test_id.released").user == desk.actor.user


def test_done_waits_for_its_proof_on_the_page(hand: Desk, sam_browser: Client) -> None:
    stock(hand.product, 1)
    oid = hand.open()
    claims.text_taken(oid=oid, text=TEXT % oid, actor=hand.actor)
    claims.done_at_itep(oid=oid, actor=hand.actor)
    there = "/inventory/ids/ACADPLUS0001/"
    page = " ".join(sam_browser.get(there).content.decode().split())
    assert "by Sam Staff" in page
    assert "not yet proved by an export" in page

    rows = [["ACADPLUS0001", "ACAD-PLUS", "Ready", TEXT % oid]]
    kept = uploads.keep(content=exports.as_csv(rows, header=HEADER), file_name="x.csv", actor=hand.actor)
    Upload.objects.filter(pk=kept.pk).update(exported_at=timezone.now() + timedelta(hours=1))
    reconciliation.plan(upload_id=kept.pk)
    reconciliation.apply(upload_id=kept.pk, actor=hand.actor)
    page = " ".join(sam_browser.get(there).content.decode().split())
    assert "not yet proved" not in page
    assert f'Proved by <a href="/inventory/uploads/{kept.pk}/?q=ACADPLUS0001">upload {kept.pk}, row 2</a>' in page
    assert f'/inventory/uploads/{kept.pk}/?q=ACADPLUS0001">upload {kept.pk}</a>' in page  # iTEP's last word


def test_columns_that_nobody_knows_are_kept_and_masked(desk: Desk, sam_browser: Client) -> None:
    stock(desk.product, 1)
    TestID.objects.update(other={"Site contact": "Berta Blum"})
    page = sam_browser.get(PAGE).content.decode()
    assert "Site contact" in page
    assert "Berta" not in page
    assert "Berta Blum" in sam_browser.post(PAGE, {"act": "reveal"}).content.decode()


def test_we_wrote_stands_beside_what_itep_shows(desk: Desk, sam_browser: Client) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    desk.begin(oid)
    desk.answer(oid, Outcome.UNKNOWN)
    export(desk, "Ben Costa")
    page = sam_browser.get(PAGE).content.decode()
    assert "Not what we wrote." in page
    assert "Ben Costa" not in page
    assert 'data-copy="Test ID' not in page
    shown = sam_browser.post(PAGE, {"act": "reveal"}).content.decode()
    assert "Ben Costa" in shown
    assert 'data-copy="Test ID BUSPLUS0001' in shown


@pytest.mark.parametrize(("only", "found"), [("set_aside", [FIRST]), ("to_clear", ["BUSPLUS0002"]), ("left_panel", [])])
def test_the_list_shows_only_what_was_asked_for(desk: Desk, sam_browser: Client, only: str, found: list[str]) -> None:
    stock(desk.product, 3)
    TestID.objects.filter(test_id=FIRST).update(set_aside_at=timezone.now())
    TestID.objects.filter(test_id="BUSPLUS0002").update(to_clear_since=timezone.now())
    page = sam_browser.get(reverse("inventory:test_ids") + f"?only={only}").context["page"]
    assert [one.test_id for one in page.object_list] == found
