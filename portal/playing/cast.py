"""Who is given a test in the played journey. Made up; the addresses are of example.org and example.com (RFC 2606)."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from openpyxl import Workbook

COLUMNS = ("Name", "Email", "Own number", "Reference")


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate, and how their test goes: the acts at the practice iTEP, with the overall level."""

    name: str
    email: str
    own_number: str
    acts: tuple[str, ...] = ()
    level: str = ""


SPREADSHEET = (
    Person("Ana Silva", "ana.silva@example.org", "S-1001", ("start", "finish", "grade"), "4.1"),
    Person("Bo Chen", "bo.chen@example.org", "S-1002", ("start", "finish", "grade"), "3.4"),
    Person("Çem Kaya", "cem.kaya@example.org", "S-1003", ("start", "finish", "grade"), "5.2"),
    Person("Dana O'Neill", "dana.oneill@example.org", "S-1004", ("start", "finish", "grade"), "2.7"),
    Person("Élodie Martin", "elodie.martin@example.org", "S-1005", ("start", "finish", "grade", "invalidate"), "4.8"),
    Person("Fatima Zahra", "fatima.zahra@example.org", "S-1006", ("start", "finish")),
    Person("Goro Tanaka 田中", "goro.tanaka@example.org", "S-1007", ("start", "finish")),
    Person("Hana Nováková", "hana.novakova@example.org", "S-1008", ("start",)),
    Person("Ivan Petrov", "ivan.petrov@example.org", "S-1009"),
    Person("João Souza", "joao.souza@example.org", "S-1010"),
    Person("Kim Min-ji", "kim.minji@example.org", "S-1011"),
    Person("Lúcia 🌻 Ferreira", "lucia.ferreira@example.org", "S-1012"),
)
WITHOUT_AN_ANSWER = Person("Maya Lindqvist", "maya.lindqvist@example.org", "S-1013")
BY_HAND = Person("Noor van Dijk", "noor.vandijk@example.org", "S-1014")
PAYER = ("admissions", "Admissions Office")


def spreadsheet() -> bytes:
    """The sheet that a school would upload: xlsx, one row a person."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Candidates")
    sheet.append(COLUMNS)
    for number, person in enumerate(SPREADSHEET, start=1):
        sheet.append((person.name, person.email, person.own_number, f"autumn-{number}"))
    out = BytesIO()
    book.save(out)
    return out.getvalue()
