from __future__ import annotations

import csv
import io
import re

import pytest
from python_calamine import CalamineWorkbook

from tests.itep.sandboxes import Sandbox

COLUMNS = ["Test ID", "Product Code", "Status", "Assigned To", "Password", "Valid Until", "Purchased On"]
COLUMNS += ["Tracking Code"]


def rows_of(shape: str, content: bytes) -> list[list[str]]:
    if shape == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    if shape == "html":
        rows = re.findall(r"<tr>(.*?)</tr>", content.decode(), re.DOTALL)
        return [re.findall(r"<t[hd]>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


@pytest.mark.parametrize("shape", ["csv", "xls", "xlsx", "html"])
def test_every_shape_says_the_same(sandbox: Sandbox, shape: str) -> None:
    sandbox.call("123982B8AP", name='Zoë "Z", O\u2019Brien')
    content = sandbox.export(shape, "&product=ACAD-PLUS")
    rows = rows_of(shape, content)
    assert rows[0] == COLUMNS
    assert len(rows) == 1 + 44  # 40 available, 4 with text typed by hand
    first = dict(zip(COLUMNS, rows[1], strict=True))
    assert (first["Test ID"], first["Product Code"], first["Status"]) == ("123982B8AP", "ACAD-PLUS", "Ready")
    assert "Zoë" in first["Assigned To"]
    if shape == "xls":
        assert content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a real BIFF workbook


def test_what_leaves_ready_leaves_the_export(sandbox: Sandbox) -> None:
    def listed(rest: str = "") -> dict[str, str]:
        return {row[0]: row[2] for row in rows_of("csv", sandbox.export("csv", rest))[1:]}

    assert len(listed()) == 40 + 4 + 12 + 8 + 15
    sandbox.post("tests/123982B8AP/start")
    assert "123982B8AP" not in listed()
    assert listed("&all=1")["123982B8AP"] == "Started"
    sandbox.post("tests/123982B8AP/reset")
    assert listed()["123982B8AP"] == "Ready"
    sandbox.delete("tests/123982B8AP")
    assert "123982B8AP" not in listed("&all=1")


def test_buying_and_typing_by_hand(sandbox: Sandbox) -> None:
    bought = sandbox.post("tests", product="HOSP", count=3)["tests"]
    assert len({test["test_id"] for test in bought}) == 3
    assert all(test["available"] for test in bought)
    sandbox.post("tests", product="HOSP", test_ids=["own-1"], password="pw", assigned_to="Petra")
    own = sandbox.test("OWN-1")
    assert (own["password"], own["assigned_to"], own["available"]) == ("pw", "Petra", False)
    assert sandbox.post("tests/OWN-1/assigned-to", text="")["available"]
    rows = rows_of("csv", sandbox.export("csv", "&product=HOSP"))
    assert [row[0] for row in rows[1:]] == [*(test["test_id"] for test in bought), "OWN-1"]
