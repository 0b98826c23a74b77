"""Translations are compiled where the portal starts, and read as `msgfmt` would have made them."""

from __future__ import annotations

import gettext
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from access import catalogues

PO = r"""# A head
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#, python-format
msgid "One\t\"%(n)s\""
msgstr "Un"
" \\ ñ"

msgctxt "month"
msgid "May"
msgstr "Mai"

msgid "%(n)s day"
msgid_plural "%(n)s days"
msgstr[0] "%(n)s dia"
msgstr[1] "%(n)s dias"

#, fuzzy
msgid "Draft"
msgstr "Esboço"

msgid "Not yet"
msgstr ""
"""


def read(po: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(BytesIO(catalogues.catalogue(catalogues.read(po))))


def test_what_stands_in_the_file_is_found() -> None:
    found = read(PO)
    assert found.gettext('One\t"%(n)s"') == "Un \\ ñ"
    assert (found.pgettext("month", "May"), found.gettext("May")) == ("Mai", "May")
    assert [found.ngettext("%(n)s day", "%(n)s days", n) for n in (1, 2)] == ["%(n)s dia", "%(n)s dias"]
    assert (found.gettext("Draft"), found.gettext("Not yet")) == ("Draft", "Not yet")


@pytest.mark.parametrize("line", ['msgid "x', "msgid x", 'mgsid "x"', 'msgid "a" "b'])
def test_a_broken_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"no line of a \.po file"):
        list(catalogues.read(f"{line}\n"))


def write(folder: Path, text: str = PO) -> Path:
    file = folder / "pt" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return folder


def test_it_is_made_once_and_anew_where_a_text_changed(tmp_path: Path) -> None:
    source, into = write(tmp_path / "locale"), tmp_path / "var" / "locale"
    first = catalogues.compiled(source, into)
    made = (first / "pt/LC_MESSAGES/django.mo").stat().st_mtime_ns
    assert catalogues.compiled(source, into) == first
    assert (first / "pt/LC_MESSAGES/django.mo").stat().st_mtime_ns == made
    second = catalogues.compiled(write(source, PO.replace("Mai", "Maio")), into)
    assert gettext.translation("django", second, ["pt"]).pgettext("month", "May") == "Maio"
    assert sorted(one.name for one in into.iterdir()) == sorted([first.name, second.name])


def test_many_may_start_at_once(tmp_path: Path) -> None:
    source, into = write(tmp_path / "locale"), tmp_path / "var"
    found: list[Path] = []
    threads = [Thread(target=lambda: found.append(catalogues.compiled(source, into))) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(found), len(set(found)), [one.name for one in into.iterdir()]) == (8, 1, [found[0].name])
