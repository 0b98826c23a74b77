"""Where formulas and errors stand in a workbook, however its XML is written and wherever it is cut into pieces."""

import re
from collections.abc import Callable

import pytest

from inventory import formulas
from tests.inventory import exports, hostile

HERE = {"AVAILABLE TESTS": {3: [3]}}


@pytest.mark.parametrize(
    "spell",
    [
        lambda xml: xml,
        lambda xml: xml.replace(b'"', b"'"),
        lambda xml: re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", xml),
        lambda xml: xml.replace(b"<f>", b'\n  <f t="shared">'),
        lambda xml: re.sub(rb'<c r="(\w+)"', rb'<c s="1" r="\1"', xml),
    ],
    ids=["as openpyxl", "apostrophes", "prefixes", "on a line of its own", "attributes in another order"],
)
@pytest.mark.parametrize("make", [hostile.formula_xlsx, hostile.error_xlsx])
def test_however_it_is_written(spell: Callable[[bytes], bytes], make: Callable[[], bytes]) -> None:
    content = hostile.changed(make(), lambda name, xml: spell(xml) if name.endswith("sheet1.xml") else xml)

    assert formulas.find(content, "xlsx") == HERE


@pytest.mark.parametrize("size", [700, 1_000, 1_300])
def test_wherever_it_is_cut(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(formulas, "_CHUNK", size)

    found = formulas.find(hostile.formula_xlsx(), "xlsx")["AVAILABLE TESTS"]

    assert {column: sorted(set(rows)) for column, rows in found.items()} == {3: [3]}


def test_xls_and_ods() -> None:
    assert formulas.find(hostile.formula_xls(), "xls") == HERE
    assert formulas.find(hostile.error_xls(), "xls") == HERE
    assert formulas.find(hostile.formula_ods(), "ods") == HERE


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_none_where_there_is_none_or_the_file_is_broken(kind: str) -> None:
    whole = getattr(exports, f"as_{kind}")(hostile.ROWS)

    assert formulas.find(whole, kind) == {}
    for end in range(0, len(whole), max(len(whole) // 40, 1)):
        assert formulas.find(whole[:end], kind) == {}
