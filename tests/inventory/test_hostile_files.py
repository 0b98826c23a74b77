"""Whatever somebody sends, it ends in one clear message, within bounded time and memory."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inventory.reading import UnreadableFile, read
from inventory.uploads import CannotApply, contents
from tests.inventory import exports, hostile

ROOT = Path(__file__).resolve().parent.parent.parent
FAR_LARGER = "far larger"
TOO_MUCH = r"more memory or time|too large"
FILES: list[tuple[Callable[[], bytes], str]] = [
    (hostile.far_corner, TOO_MUCH),
    (hostile.repeated_ods, f"{TOO_MUCH}|broken"),
    (lambda: hostile.many_cells(10_000_000), "too large"),
    (hostile.laughing_xlsx, "broken or cut short"),
    (hostile.laughing_ods, "broken or cut short"),
    (hostile.lying_zip, "broken or cut short|far larger"),
    (hostile.zip_in_zip, "broken or cut short|no spreadsheet"),
    (hostile.encrypted_ods, "password"),
    (hostile.encrypted_xls, "password"),
    (hostile.macro_workbook, "xlsm"),
    (hostile.binary_workbook, "xlsb"),
    (hostile.document, "no spreadsheet"),
    (lambda: b"PK\x05\x06" + b"\0" * 18, "no spreadsheet|broken"),
    (lambda: b"PK\x01\x02" * 3_000, FAR_LARGER),
    (lambda: b"<table>" * 50, "more memory or time"),
    (lambda: b"<table><tr>" + b"<td>x" * 10 + b"<" * 300_000, "cut short|more memory or time"),
    (lambda: b'Test ID,Assigned-to\nA1,"Ana', "cut short"),
    (lambda: b"Test ID,Assigned-to\nA1,Ana\xc3", "cut short|no csv"),
    (lambda: "Test ID,Assigned-to\nA1,Ana".encode("utf-16")[:-1], "cut short"),
    (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "no csv"),
]


@pytest.mark.parametrize(("make", "message"), FILES)
def test_one_clear_message(make: Callable[[], bytes], message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        read(make())


def test_a_dimension_that_lies_is_not_believed() -> None:
    (sheet,) = read(hostile.vast_dimension()).sheets

    assert [row[0] for row in sheet.rows] == ["Test ID", "A1", "A2"]


def test_laughs_in_a_page_are_a_text_like_any_other() -> None:
    (sheet,) = read(hostile.laughing_html()).sheets

    assert sheet.rows[1][0] == "&l11;"


MEASURED = """
import json, resource, sys
# The soft limit holds for the portal's own process; the one that reads apart sets its own.
resource.setrlimit(resource.RLIMIT_AS, (400 * 2**20, resource.RLIM_INFINITY))
from inventory.reading import UnreadableFile, opened
from tests.inventory import hostile
said = {}
for name in sys.argv[1:]:
    try:
        for sheet in opened(eval(name)).sheets:
            for block in sheet.blocks():
                pass
        said[name] = "read"
    except UnreadableFile as refused:
        said[name] = str(refused)
# By the kernel's own count of this program; rusage counts what the test was before it became this program, too.
own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([said, own // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]))
"""


def test_the_portals_own_process_does_not_grow() -> None:
    names = [
        "hostile.far_corner()",
        "hostile.repeated_ods()",
        "hostile.laughing_xlsx()",
        "hostile.many_cells(10_000_000)",
        "hostile.many_cells(8_000_000)",
        "b'Test ID,Assigned-to\\n' + b',' * 30_000_000",
        "b'<table>' + b'<tr><td>1<td>2' * 400_000 + b'</table>'",
    ]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *names], cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said, own, apart = json.loads(done.stdout)

    assert [said[name] == "read" for name in names] == [False, False, False, False, True, False, True]
    assert own < 250  # MiB, of which Python, openpyxl and the files themselves are most
    assert apart < 3 * 1024  # its own limit, and far from reached


@pytest.mark.parametrize("kind", ["as_xls", "as_xlsx", "as_ods", "as_html"])
def test_cut_short_anywhere(kind: str) -> None:
    whole = getattr(exports, kind)([[f"A{number}", "P", "Ready", "", "", ""] for number in range(60)])
    for end in range(1, 20):
        with pytest.raises(UnreadableFile):
            read(whole[: len(whole) * end // 20])


def test_a_csv_cut_within_its_last_row() -> None:
    whole = exports.as_csv([["A1", "P", "Ready", "", "", "12/31/2026"], ["A2", "P", "Ready", "", "", ""]])
    assert whole.endswith(b"A2,P,Ready,,,\r\n")

    for cut in (whole[:-4], whole[:-9]):
        with pytest.raises(UnreadableFile, match="cut short"):
            contents(exports.held(cut))


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered of any header: these tests ask no database."""
    monkeypatch.setattr("inventory.remembered_columns.of", lambda _signatures: {})


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (hostile.formula_xlsx(), "Cell D3 of sheet AVAILABLE TESTS"),
        (hostile.formula_xlsx("A", 2), "Cell A2 of sheet AVAILABLE TESTS"),
        (hostile.formula_xls(), "Cell D3 of sheet AVAILABLE TESTS"),
        (hostile.formula_ods(), "Cell D3 of sheet AVAILABLE TESTS"),
        (hostile.error_xlsx(), "Cell D3 of sheet AVAILABLE TESTS"),
        (hostile.error_xls(), "Cell D3 of sheet AVAILABLE TESTS"),
    ],
    ids=["xlsx", "xlsx-id", "xls", "ods", "xlsx-error", "xls-error"],
)
def test_a_formula_or_an_error_in_a_used_column(content: bytes, where: str) -> None:
    with pytest.raises(UnreadableFile, match=f"^{where} holds a formula or an error, in the column "):
        contents(exports.held(content))


@pytest.mark.parametrize(
    "content",
    [hostile.formula_xlsx("H", 3), hostile.formula_xlsx("A", 1, title=True)],
    ids=["another column", "a title"],
)
def test_a_formula_elsewhere_does_no_harm(content: bytes) -> None:
    assert list(contents(exports.held(content)).rows) == ["A1", "A2"]


def test_only_a_header() -> None:
    with pytest.raises(UnreadableFile, match="no rows below"):
        contents(exports.held(exports.as_csv([])))


def test_no_names_at_all() -> None:
    with pytest.raises(UnreadableFile, match="No row with column names"):
        contents(exports.held(b"hello\nworld\n"))
    with pytest.raises(CannotApply, match="lacks a column"):
        contents(exports.held(b"one,two\n1,2\n"))


@pytest.mark.parametrize(
    "content",
    [
        b"Test ID,Assigned-to" + b"," * 2_000 + b"\nA1\n",
        b"<table><tr><td>Test ID<td>Status</table>" * 251,
    ],
    ids=["columns", "sheets"],
)
def test_more_columns_or_sheets_than_any_export_has(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="250 sheets or 2,000 columns"):
        contents(exports.held(content))


def test_a_thousand_comments_before_a_page_take_no_time() -> None:
    with pytest.raises(UnreadableFile, match="No row with column names"):
        contents(exports.held(b"<!-- -->" * 1_000 + b"<nothing"))
