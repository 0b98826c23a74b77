"""Columns as a person set them are taken for the next file with the same header, and can be unset."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry, User
from inventory import headers, reconciliation, remembered_columns, uploads
from inventory.models import PlanRow, RememberedColumns, Upload
from tests.conftest import SEEN_AT
from tests.inventory import exports

pytestmark = pytest.mark.django_db
HEADER = ["Nummer", "Zustand", "Wer", "Ort"]
ROWS = [["A1", "Ready", "", "Lisbon"], ["A2", "Ready", "Ana", ""]]
CHOSEN = {"test_id": "Nummer", "status": "Zustand", "assigned_to": "Wer"}
AS_CHOSEN = {**CHOSEN, "default_product": "ACAD-PLUS"}
AS_RECOGNIZED = {"test_id": "Test ID", "product": "Product Code", "status": "Status", "assigned_to": "Assigned-to"}


def sent(browser: Client, content: bytes) -> str:
    """The page of a new upload."""
    given = {"file": SimpleUploadedFile("x.csv", content), "exported_at": SEEN_AT.isoformat(), "scope": "file"}
    response = browser.post(reverse("inventory:upload_new"), given)
    assert response.status_code == 302
    return response.headers["Location"]


def planned(browser: Client, content: bytes, **chosen: str) -> str:
    page = sent(browser, content)
    assert browser.post(page, {"act": "plan", **chosen}).status_code == 302
    return page


def test_the_next_file_with_the_same_header_takes_them_and_says_so(sam_browser: Client, ada_browser: Client) -> None:
    planned(ada_browser, exports.as_csv(ROWS, header=HEADER), **AS_CHOSEN)
    kept = RememberedColumns.objects.get()
    assert (kept.mapping, kept.default_product, kept.ready_only) == (CHOSEN, "ACAD-PLUS", False)
    assert kept.user.name == "Ada Admin"
    RememberedColumns.objects.update(set_at=SEEN_AT)

    page = sent(sam_browser, exports.as_csv(ROWS[:1], header=["nummer ", "ZUSTAND", "Wer", "Ort"], delimiter=";"))
    shown = sam_browser.get(page)
    text = shown.content.decode()

    assert "Columns as Ada Admin set them on 20 Nov 2026" in text
    initial = shown.context["form"].initial
    assert initial["assigned_to"] == "Wer"
    assert initial["default_product"] == "ACAD-PLUS"
    assert "?columns&amp;recognized" in text or "?columns&recognized" in text


def test_columns_that_are_recognized_are_not_remembered(sam_browser: Client) -> None:
    planned(sam_browser, exports.as_csv([["A1", "P", "Ready", "", "", ""]]), **AS_RECOGNIZED, password="Password",
            valid_until="Valid Until")  # fmt: skip

    assert RememberedColumns.objects.count() == 0
    assert AuditEntry.objects.filter(verb__startswith="columns.").count() == 0


def test_the_way_back_forgets_them(sam_browser: Client) -> None:
    content = exports.as_csv([["A1", "P", "Ready", "", "0042", ""]])
    page = planned(sam_browser, content, **AS_RECOGNIZED)  # without the password
    assert "password" not in RememberedColumns.objects.get().mapping

    back = sam_browser.get(f"{page}?columns&recognized")
    assert back.context["form"].initial["password"] == "Password"
    assert "as they are recognized" in back.content.decode()
    everything = {**AS_RECOGNIZED, "password": "Password", "valid_until": "Valid Until"}
    assert sam_browser.post(page, {"act": "plan", **everything}).status_code == 302

    assert RememberedColumns.objects.count() == 0
    assert list(
        AuditEntry.objects.filter(verb__startswith="columns.").values_list("verb", flat=True).order_by("id")
    ) == [
        "columns.remembered",
        "columns.forgotten",
    ]
    assert PlanRow.objects.get().password == "0042"


def test_whoever_takes_them_over_did_not_set_them(sam_browser: Client, ada_browser: Client) -> None:
    content = exports.as_csv(ROWS, header=HEADER)
    planned(ada_browser, content, **AS_CHOSEN)
    planned(sam_browser, content, **AS_CHOSEN)
    assert RememberedColumns.objects.get().user.name == "Ada Admin"

    planned(sam_browser, content, **{**AS_CHOSEN, "default_product": "BUS-PLUS"})
    assert RememberedColumns.objects.get().user.name == "Sam Staff"


def test_the_command_takes_them_and_says_so(ada_browser: Client, by_sam: Actor) -> None:
    planned(ada_browser, exports.as_csv(ROWS, header=HEADER), **AS_CHOSEN)
    later = uploads.keep(
        content=exports.as_xlsx([["A7", "Ready", "", ""]], header=HEADER),
        file_name="x",
        actor=Actor.command("reconcile"),
        exported_at=SEEN_AT + timedelta(hours=1),
    )
    upload = reconciliation.plan(upload_id=later.pk)

    row = PlanRow.objects.filter(upload=upload, cause="added").get()
    assert (row.test_id, row.product) == ("A7", "ACAD-PLUS")
    day = timezone.localtime(RememberedColumns.objects.get().set_at)
    assert upload.warnings[0]["text"] == f"Columns as Ada Admin set them on {day.day} {day:%b %Y}."


def test_what_is_said_with_the_file_goes_before_what_is_remembered(ada_browser: Client, by_sam: Actor) -> None:
    planned(ada_browser, exports.as_csv(ROWS, header=HEADER), **AS_CHOSEN)
    upload = uploads.keep(
        content=exports.as_csv(ROWS, header=HEADER), file_name="x", actor=by_sam, default_product="BUS-PLUS"
    )

    assert uploads.contents(upload).products == ("BUS-PLUS",)


def test_each_header_of_a_file_has_columns_of_its_own(sam_browser: Client) -> None:
    other = [["Nummer", "Zustand", "Wer"], ["B1", "Ready", ""]]
    content = exports.as_xlsx([["A1", "P", "Ready", "", "", ""]], more_sheets={"Two": other})
    first = {**AS_RECOGNIZED, "password": "Password", "valid_until": "Valid Until", "default_product": "P"}
    page = planned(sam_browser, content, **first)
    assert PlanRow.objects.filter(cause="added").count() == 1  # nobody knows the second header

    # Known by one name at least, it is asked for as well.
    other[0][1] = "Status"
    content = exports.as_xlsx([["A1", "P", "Ready", "", "", ""]], more_sheets={"Two": other})
    second = {"header2-test_id": "Nummer", "header2-status": "Status", "header2-assigned_to": "Wer"}
    page = planned(sam_browser, content, **first, **second)
    upload = Upload.objects.latest("id")
    assert sorted(PlanRow.objects.filter(upload=upload).values_list("test_id", flat=True)) == ["A1", "B1"]
    mappings = {row.mapping["test_id"] for row in RememberedColumns.objects.all()}
    assert mappings == {"Test ID", "Nummer"}

    twice = sam_browser.post(page, {"act": "plan", **first, **second, "header2-assigned_to": "Nummer"})
    assert twice.status_code == 422
    assert [sorted(one.form.errors) for one in twice.context["sections"]] == [[], ["assigned_to", "test_id"]]

    assert sam_browser.post(page, {"act": "plan", **first, **second, "header2-assigned_to": ""}).status_code == 302
    upload.refresh_from_db()
    assert [one["text"] for one in upload.warnings if one["kind"] == "remark"][-1:] == [
        "Some sheets have no columns for Test ID and Assigned-to, and were left out."
    ]


def test_a_file_of_which_no_name_is_known_is_set_by_hand(sam_browser: Client) -> None:
    header = ["Nummer", "Zustand", "Wer", "Ort"]
    page = sam_browser.get(sent(sam_browser, exports.as_csv(ROWS, header=header)))

    assert [name for name, _ in page.context["form"].fields["test_id"].choices] == ["", *header]


def test_the_page_shows_samples_and_what_is_kept_and_no_password(sam_browser: Client) -> None:
    header = ["Test ID", "Status", "Assigned-to", "Password", "Center", "", "Kürzel", "Passwort 2"]
    rows = [
        ["A1", "Ready", "Ana Silva", "0042", "Lisbon", "x", "geheim", "0044"],
        ["A2", "Ready", "", "0043", "", "", "", ""],
    ]
    page = sent(sam_browser, exports.as_csv(rows, header=header))

    shown = sam_browser.get(page)
    (section,) = shown.context["sections"]
    assert {bound.name: samples for bound, samples in section.fields if samples} == {
        "test_id": ["A1", "A2"],
        "status": ["Ready"],
        "assigned_to": ["A… S…"],
        "password": ["••••••"],
    }
    assert [(one.letter, one.name, one.samples) for one in section.group.kept if not one.holds] == [
        ("E", "Center", ["Lisbon"]),
        ("F", "column F", ["x"]),
        ("G", "Kürzel", ["geheim"]),
        ("H", "Passwort 2", ["••••••"]),
    ]
    assert shown.context["found"].rows == 2
    text = shown.content.decode()
    assert "kept with each row" in text
    assert "0042" not in text
    assert "0044" not in text
    assert "Silva" not in text

    # Said to be a password, it is covered from then on, also where columns are shown as recognized.
    chosen = {"test_id": "Test ID", "status": "Status", "assigned_to": "Assigned-to", "default_product": "P"}
    refused = sam_browser.post(page, {"act": "plan", **chosen, "password": "Kürzel", "product": "Kürzel"})
    assert "geheim" not in refused.content.decode()
    sam_browser.post(page, {"act": "plan", **chosen, "password": "Kürzel"})
    assert "geheim" not in sam_browser.get(f"{page}?columns").content.decode()
    assert "geheim" not in sam_browser.get(f"{page}?columns&recognized").content.decode()


@pytest.mark.parametrize("signatures", [("a", "a"), ("",)])
def test_the_database_keeps_one_mapping_per_header(sam: User, signatures: tuple[str, ...]) -> None:
    def keep() -> None:
        for signature in signatures:
            RememberedColumns.objects.create(signature=signature, user=sam)

    with pytest.raises(IntegrityError), transaction.atomic():
        keep()


def test_no_columns_are_set_by_a_command(by_sam: Actor) -> None:
    upload = exports.held(exports.as_csv(ROWS, header=HEADER))
    (header,) = headers.of(upload)
    remembered_columns.remember(
        header=header, mapping=CHOSEN, default_product="", ready_only=False, actor=Actor.command("reconcile")
    )

    assert RememberedColumns.objects.count() == 0
