"""Uploads in the browser: file, columns, preview, applied."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from inventory import upload_work
from inventory.models import PlanRow, Product, TestID, Upload
from inventory.models.uploads import UploadState
from outbox.models import Entry
from outbox.registry import handler
from tests.conftest import SEEN_AT, stock
from tests.inventory import exports

pytestmark = pytest.mark.django_db
ROWS = [
    ["A1", "ACAD-PLUS", "Ready", "", "0042", ""],
    ["A2", "ACAD-PLUS", "Ready", "Ben", "", ""],
    ["", "X", "", "", "", ""],
]
ASKS = {"HX-Request": "true", "HX-Target": "progress"}
AS_RECOGNIZED = {
    "test_id": "Test ID",
    "product": "Product Code",
    "status": "Status",
    "assigned_to": "Assigned-to",
    "password": "Password",
    "valid_until": "Valid Until",
}


def send(browser: Client, content: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile("export.csv", content)
    given = {"file": file, "exported_at": (SEEN_AT + timedelta(hours=1)).isoformat(), "scope": "file", **more}
    return browser.post(reverse("inventory:upload_new"), given)


def page_of(upload: Upload) -> str:
    return reverse("inventory:upload", args=[upload.pk])


def planned(browser: Client, content: bytes, **more: str) -> Upload:
    assert send(browser, content).status_code == 302
    upload = Upload.objects.latest("id")
    assert browser.post(page_of(upload), {"act": "plan", **AS_RECOGNIZED, **more}).status_code == 302
    upload.refresh_from_db()
    return upload


def test_from_file_to_applied(sam_browser: Client) -> None:
    response = send(sam_browser, exports.as_csv(ROWS))
    upload = Upload.objects.get()
    assert response.url == page_of(upload)

    columns = sam_browser.get(page_of(upload))
    assert columns.context["form"].initial["assigned_to"] == "Assigned-to"
    assert "0042" not in columns.content.decode()  # a password is never a sample

    assert sam_browser.post(page_of(upload), {"act": "plan", **AS_RECOGNIZED}).status_code == 302
    preview = sam_browser.get(page_of(upload))
    text = preview.content.decode()
    assert [(str(one.label), one.number) for one in preview.context["tiles"]] == [
        ("New", 2),
        ("Same", 0),
        ("Rows with errors", 1),
    ]
    assert "New: Ready and free." in text
    assert "Apply: available 0 > 1" in unescape(text)
    assert TestID.objects.count() == 0

    assert sam_browser.post(page_of(upload), {"act": "apply"}).status_code == 302
    assert "Applied" in sam_browser.get(page_of(upload)).content.decode()
    assert TestID.objects.count() == 2
    assert "New 2, Rows with errors 1" in sam_browser.get(reverse("inventory:uploads")).content.decode()


def test_tiles_and_search_filter_the_table(sam_browser: Client) -> None:
    upload = planned(sam_browser, exports.as_csv(ROWS))

    def shown(query: str) -> list[str]:
        page = sam_browser.get(page_of(upload) + query).context["page"]
        return [row.test_id for row in page.object_list]

    assert shown("") == ["", "A1", "A2"]
    assert shown("?cause=added") == ["A1", "A2"]
    assert shown("?cause=invalid") == [""]
    assert shown("?q=a2") == ["A2"]
    assert shown("?cause=withdrawn") == []


def test_the_yes_for_a_mass_change_is_a_box(sam_browser: Client, academic: Product) -> None:
    stock(academic, 4)
    upload = planned(sam_browser, exports.as_csv([["ACADPLUS0001", "ACAD-PLUS", "Ready", "", "", ""]]))
    assert 'name="accept_mass_change"' in sam_browser.get(page_of(upload)).content.decode()

    refused = sam_browser.post(page_of(upload), {"act": "apply"}, follow=True)
    assert "explicit yes" in refused.content.decode()
    assert TestID.objects.available().count() == 4

    sam_browser.post(page_of(upload), {"act": "apply", "accept_mass_change": "on"})
    assert TestID.objects.available().count() == 1


def test_columns_are_corrected_by_hand(sam_browser: Client) -> None:
    content = exports.as_csv([["A1", "Ready", ""]], header=["Nummer", "Status", "Wer"])
    assert send(sam_browser, content).status_code == 302
    upload = Upload.objects.get()

    lacking = sam_browser.post(page_of(upload), {"act": "plan", "status": "Status"})
    assert lacking.status_code == 422
    assert set(lacking.context["form"].errors) == {"test_id", "assigned_to", "product"}

    chosen = {"test_id": "Nummer", "assigned_to": "Wer", "status": "Status", "default_product": "ACAD-PLUS"}
    assert sam_browser.post(page_of(upload), {"act": "plan", **chosen}).status_code == 302
    assert [(row.test_id, row.product) for row in PlanRow.objects.all()] == [("A1", "ACAD-PLUS")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"exported_at": (timezone.now() + timedelta(hours=1)).isoformat()}, "exported_at"),
        ({"exported_at": "yesterday"}, "exported_at"),
        ({"exported_at": "2026-13-01 10:00"}, "exported_at"),
        ({"scope": "some"}, "scope"),
        ({"file": ""}, "file"),
    ],
)
def test_a_refused_form_says_what_is_wrong_and_keeps_nothing(
    sam_browser: Client, given: dict[str, str], field: str
) -> None:
    response = send(sam_browser, b"x", **given)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Upload.objects.count() == 0


def test_a_file_that_cannot_be_read_says_so(sam_browser: Client) -> None:
    send(sam_browser, b"%PDF-1.7\x00\x01\x02\x03")

    assert "no csv" in sam_browser.get(page_of(Upload.objects.get())).content.decode()


def test_discarding_removes_file_and_plan(sam_browser: Client) -> None:
    upload = planned(sam_browser, exports.as_csv(ROWS))
    sam_browser.post(page_of(upload), {"act": "discard"})

    upload.refresh_from_db()
    assert (upload.state, upload.content) == (UploadState.DISCARDED, None)
    assert PlanRow.objects.count() == 0
    page = sam_browser.get(page_of(upload)).content.decode()
    assert "This upload was discarded" in page
    assert "the portal knew all of it" not in page


def test_a_large_file_is_worked_on_by_the_worker(sam_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_work, "SMALL", 1)
    upload = planned(sam_browser, exports.as_csv(ROWS))
    assert upload.state == UploadState.PLANNING
    assert "hx-get" in sam_browser.get(page_of(upload)).content.decode()

    work(upload_work.PLAN)
    assert sam_browser.get(page_of(upload), headers=ASKS).headers["HX-Refresh"] == "true"

    sam_browser.post(page_of(upload), {"act": "apply"})
    part = sam_browser.get(page_of(upload), headers=ASKS).content.decode()
    assert "<html" not in part
    assert "0 / 2" in part

    work(upload_work.APPLY)
    upload.refresh_from_db()
    assert (upload.state, upload.rows_done) == (UploadState.APPLIED, 2)
    assert TestID.objects.count() == 2


def work(kind: str) -> None:
    """Does the entry of this kind as the worker would."""
    entry = Entry.objects.get(kind=kind)
    done: Any = handler(kind)
    if kind == upload_work.PLAN:
        done.perform(done.prepare(entry, timezone.now()))
    else:
        while done.run(entry):
            pass


@pytest.mark.parametrize("name", ["uploads", "upload_new"])
def test_only_staff_may_look(client: Client, nobody: Any, settings: Settings, name: str) -> None:
    assert client.get(reverse(f"inventory:{name}")).status_code == 302
    client.force_login(nobody)
    assert client.get(reverse(f"inventory:{name}")).status_code == 403


def test_the_list_names_the_same_file_and_what_can_be_discarded(sam_browser: Client) -> None:
    first = planned(sam_browser, exports.as_csv(ROWS))
    second = planned(sam_browser, exports.as_csv(ROWS))
    planned(sam_browser, exports.as_csv(ROWS[:1]))
    sam_browser.post(page_of(second), {"act": "apply"})
    listed = sam_browser.get(reverse("inventory:uploads"))
    assert listed.context["same"] == {second.pk: first.pk}
    text = listed.content.decode()
    assert f"the same file as upload {first.pk}" in text
    assert f'id="discard-{first.pk}"' in text
    assert f'id="discard-{second.pk}"' not in text
    assert "Sam Staff" in text
    head, *rows = re.findall(r"<tr>.*?</tr>", text, re.DOTALL)
    assert [row.count("<td") + row.count("<th") for row in rows] == [head.count("<th")] * 3


def test_what_was_applied_says_what_came_of_it_and_what_is_next(sam_browser: Client, academic: Product) -> None:
    upload = planned(sam_browser, exports.as_csv(ROWS))
    stock(academic, 1)
    TestID.objects.update(test_id="A2")  # it moves while the preview stands open
    sam_browser.post(page_of(upload), {"act": "apply"})
    page = sam_browser.get(page_of(upload))
    assert page.context["left_out"] == [("changed since the preview", 1)]
    assert (page.context["invalid"], page.context["unexplained"], page.context["waiting"]) == (1, 0, [])
    assert page.context["changed"] == 1  # of two: the other was left out, and the row with an error is no change
    assert [str(one.label) for one in page.context["tiles"]][-1] == "Left out"
    left_out = sam_browser.get(page_of(upload) + "?cause=dropped").context["page"]
    assert [(row.test_id, row.dropped) for row in left_out.object_list] == [("A2", "changed since the preview")]
    assert "cannot be undone" in page.content.decode()


def test_planning_again_shows_no_old_number(sam_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = planned(sam_browser, exports.as_csv(ROWS))
    assert upload.rows_total == 2
    monkeypatch.setattr(upload_work, "SMALL", 1)
    sam_browser.post(page_of(upload), {"act": "plan", **AS_RECOGNIZED})
    upload.refresh_from_db()
    assert (upload.state, upload.rows_total, upload.rows_done) == (UploadState.PLANNING, 0, 0)
