"""Files that somebody could send to harm, or by mistake: small generators, so that none of them is kept here."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import xlwt

from tests.inventory import exports

ROWS = [["A1", "ACAD-PLUS", "Ready", "", "", ""], ["A2", "ACAD-PLUS", "Ready", "", "", ""]]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPE = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'


def changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The archive with each of its entries changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        return exports.zipped({name: change(name, given.read(name)) for name in given.namelist()})


def in_sheet(old: bytes, new: bytes) -> bytes:
    """An xlsx whose sheet's XML has `new` for `old`."""
    return changed(
        exports.as_xlsx(ROWS), lambda name, entry: entry.replace(old, new) if name.endswith("sheet1.xml") else entry
    )


def far_corner() -> bytes:
    """One cell at XFD1048576: dense, the sheet has seventeen thousand million."""
    return in_sheet(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def vast_dimension() -> bytes:
    """A sheet that says it is seventeen thousand million cells large."""
    return in_sheet(b'<dimension ref="A1:F3"', b'<dimension ref="A1:XFD1048576"')


def repeated_ods() -> bytes:
    """A cell that stands 16,384 times in each of a million rows, in a few bytes."""
    return changed(
        exports.as_ods(ROWS),
        lambda name, entry: entry.replace(
            b"</table:table>",
            b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell office:value-type="string" '
            b'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row></table:table>',
        ),
    )


def many_cells(count: int) -> bytes:
    """A csv of this many cells."""
    return b"Test ID,Assigned-to\n" + (b"A1" + b"," * 999 + b"\n") * (count // 1000)


def laughing_xlsx() -> bytes:
    """A thousand million laughs in a few lines of the sheet's XML."""
    doctype = DOCTYPE.encode()

    def change(name: str, entry: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return entry
        entry = entry.replace(b"<worksheet", doctype + b"<worksheet", 1)
        return entry.replace(b"</sheetData>", b'<row><c t="inlineStr"><is><t>&l11;</t></is></c></row></sheetData>')

    return changed(exports.as_xlsx(ROWS), change)


def laughing_ods() -> bytes:
    def change(name: str, entry: bytes) -> bytes:
        if name != "content.xml":
            return entry
        entry = entry.replace(b"<office:document-content", DOCTYPE.encode() + b"<office:document-content", 1)
        return entry.replace(b"A1</text:p>", b"&l11;</text:p>")

    return changed(exports.as_ods(ROWS), change)


def laughing_html() -> bytes:
    page = exports.as_html([["LAUGH", "", "", "", "", ""]]).replace(b"LAUGH", b"&l11;")
    return DOCTYPE.replace("DOCTYPE x", "DOCTYPE html").encode() + page


def lying_zip() -> bytes:
    """An xlsx whose list says that its sheet, of which 80 MB are blanks, is small."""
    content = bytearray(in_sheet(b"</sheetData>", b"</sheetData>" + b" " * 80_000_000))
    name = b"xl/worksheets/sheet1.xml"
    place = content.rfind(name)
    while content[place - 46 : place - 42] != b"PK\x01\x02":
        place = content.rfind(name, 0, place)
    struct.pack_into("<I", content, place - 46 + 24, 5_000)
    return bytes(content)


def zip_in_zip() -> bytes:
    inner = exports.zipped({"zeros": b"\0" * 5_000_000})
    return exports.zipped({"[Content_Types].xml": b"", "xl/workbook.xml": inner, "xl/media/inner.zip": inner})


def with_flag(content: bytes, flag: int) -> bytes:
    """The archive with a flag in every entry of its list, as an encrypted one has it."""
    flagged, place = bytearray(content), 0
    while (place := flagged.find(b"PK\x01\x02", place)) >= 0:
        flagged[place + 8] |= flag
        place += 4
    return bytes(flagged)


def encrypted_ods() -> bytes:
    return changed(
        exports.as_ods(ROWS),
        lambda name, entry: (
            entry.replace(b'full-path="/"', b'full-path="content.xml"').replace(
                b"/></manifest:manifest>",
                b"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
            )
            if name.endswith("manifest.xml")
            else entry
        ),
    )


def encrypted_xls() -> bytes:
    """An xls with the record FILEPASS (0x2F) where another one stood."""
    content = bytearray(exports.as_xls(ROWS))
    place = content.find(struct.pack("<HH", 0x00E1, 2))  # INTERFACEHDR, the first record after the first BOF
    assert place > 0
    struct.pack_into("<H", content, place, 0x002F)
    return bytes(content)


def macro_workbook() -> bytes:
    """As Excel marks a workbook with macros."""
    return changed(exports.as_xlsx(ROWS), lambda _, entry: entry.replace(b"sheet.main+xml", b"sheet.macroEnabled.main"))


def binary_workbook() -> bytes:
    return exports.zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01\x00"})


def document() -> bytes:
    return exports.zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})


def formula_xlsx(column: str = "D", row: int = 3, *, title: bool = False) -> bytes:
    """An xlsx with a formula in this cell; its sheet is called "AVAILABLE TESTS"."""
    return _with_cell(f"{column}{row}", '=CONCATENATE("A","na")', [["AVAILABLE TESTS"]] if title else [])


def error_xlsx() -> bytes:
    """An xlsx in whose D3 stands #N/A, as somebody pastes it who pastes values alone."""
    return _with_cell("D3", "#N/A", [])


def _with_cell(where: str, value: str, title: exports.Rows) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(ROWS, title=title)))
    sheet = book.active
    assert sheet is not None
    sheet[where] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def formula_xls() -> bytes:
    return _xls(lambda sheet: sheet.write(2, 3, xlwt.Formula("1+1")))


def error_xls() -> bytes:
    return _xls(lambda sheet: sheet.row(2).set_cell_error(3, "#REF!"))


def _xls(write: Callable[[Any], None]) -> bytes:
    """An xls of two sheets, of which the second has D3 written otherwise."""
    book = xlwt.Workbook()
    book.add_sheet("Notes").write(0, 0, "nothing")
    sheet = book.add_sheet("AVAILABLE TESTS")
    for number, line in enumerate([exports.HEADER, *ROWS]):
        for place, value in enumerate(line):
            if (number, place) != (2, 3):
                sheet.write(number, place, value)
    write(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def formula_ods() -> bytes:
    """The formula stands in D3, and after it two cells that are written as one."""
    blank = b'<table:table-cell office:value-type="string"><text:p></text:p></table:table-cell>'
    formula = (
        b'<table:table-cell table:formula="of:=1+1" office:value-type="string"><text:p>2</text:p></table:table-cell>'
    )
    end, repeated = b"</table:table-row></table:table>", b'<table:table-cell table:number-columns-repeated="2"/>'
    return changed(exports.as_ods(ROWS), lambda _, entry: entry.replace(blank * 3 + end, formula + repeated + end))
