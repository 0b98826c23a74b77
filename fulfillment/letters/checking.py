"""What is wrong with a letter, so that it cannot be used, and what one should look at. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from fulfillment.letters.filling import fill_body
from fulfillment.letters.placeholders import PLACEHOLDERS
from fulfillment.letters.reading import Fault, faults, lines_of, slots
from fulfillment.models.letters import LetterKind

LONGEST_SUBJECT, LONGEST_BODY = 300, 10_000
TELLS_THE_ID = frozenset(set(LetterKind) - {LetterKind.TROUBLE, LetterKind.CANCELLED})
# What a candidate cannot do without: either of them leads to the test.
LEADS_THERE = ("test_id", "page_url")
_HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>\n]*)?/?>")
_SHORTENED = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|is\.gd|buff\.ly|rebrand\.ly|cutt\.ly|rb\.gy|t\.ly|shorturl\.at)/\S*",
    re.IGNORECASE,
)
_TRACKED = re.compile(r"https?://\S*[?&](?:utm_\w+|mc_eid|fbclid|gclid|_hsenc)=\S*", re.IGNORECASE)


def subject_faults(subject: str) -> list[Fault]:
    """Why the subject cannot be used."""
    found = list(faults(subject))
    if not subject.strip():
        found.append(Fault(0, 0, _("A mail needs a subject.")))
    if len(subject) > LONGEST_SUBJECT:
        found.append(Fault(0, 0, _("At most %d characters.") % LONGEST_SUBJECT))
    if len(lines_of(subject.strip())) > 1:
        found.append(Fault(0, 0, _("A subject is one line.")))
    for _line, slot, may_drop in slots(subject):
        if slot.name == "password":
            found.append(Fault(0, 0, _("A password never stands in a subject: phones show it to whoever is near.")))
        elif not may_drop and not PLACEHOLDERS[slot.name].is_always_set:
            found.append(Fault(0, 0, _("{%s} may be blank: put it, with its words, in [brackets].") % slot.name))
    return found


def body_faults(kind: LetterKind, body: str) -> list[Fault]:
    """Why the body cannot be used."""
    found = list(faults(body))
    if len(body) > LONGEST_BODY:
        found.append(Fault(0, 0, _("At most %d characters.") % LONGEST_BODY))
    found += [one for number, line in enumerate(lines_of(body), 1) for one in _forbidden(number, line)]
    if kind in TELLS_THE_ID and not _names(body) & set(LEADS_THERE):
        found.append(Fault(0, 0, _("Put in {test_id} or {page_url}: without either, nobody can take the test.")))
    elif not fill_body(body, dict.fromkeys(("name", "product_name", *LEADS_THERE), "x")).text.strip():
        found.append(Fault(0, 0, _("Nothing would be left of it where only the name and the product are known.")))
    return found


def _forbidden(number: int, line: str) -> Iterator[Fault]:
    """SCREENS.md, "Never"."""
    for pattern, why in (
        (_HTML, _("This is plain text: HTML would be read as it stands here.")),
        (_SHORTENED, _("No shortened links: a candidate must see where a link leads.")),
        (_TRACKED, _("No tracked links: leave out what follows the question mark.")),
    ):
        yield from (Fault(number, one.start() + 1, why) for one in pattern.finditer(line))


def warnings(kind: LetterKind, subject: str, body: str) -> list[Fault]:
    """What one should look at; the letter can be used."""
    found = [_unclosed(number, line) for number, line in enumerate(lines_of(body), 1)]
    names = _names(body)
    if kind in TELLS_THE_ID and len(names & set(LEADS_THERE)) == 1:
        missing = next(name for name in LEADS_THERE if name not in names)
        found.append(Fault(0, 0, _("{%s} does not stand in it.") % missing))
    if "name" not in names:
        found.append(Fault(0, 0, _("{name} does not stand in it: mails that name nobody are often taken for spam.")))
    if not names & {"help", "help_email", "help_phone"}:
        found.append(Fault(0, 0, _("It names nobody to ask: {help} does not stand in it.")))
    if kind == LetterKind.INSTRUCTIONS and "deadline" not in names:
        found.append(Fault(0, 0, _("{deadline} does not stand in it.")))
    if kind in (LetterKind.CENTRE, LetterKind.SITTING_MOVED):
        found += [
            Fault(0, 0, _("{%s} does not stand in it.") % one) for one in ("sitting_date", "place") if one not in names
        ]
    return [one for one in found if one]


def _unclosed(number: int, line: str) -> Fault | None:
    """A bracket that was surely meant to begin a part, and would be read as a bracket."""
    plain = line.replace("[[", "  ").replace("]]", "  ")
    if "{" in plain and plain.count("[") != plain.count("]"):
        column = (plain.find("[") if plain.count("[") > plain.count("]") else plain.find("]")) + 1
        return Fault(number, column, _("Brackets come in pairs, on one line. This one stands alone and will be read."))
    return None


def _names(text: str) -> set[str]:
    return {slot.name for _line, slot, _may_drop in slots(text)}
