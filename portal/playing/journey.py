"""The journey itself: an export is reconciled, a spreadsheet served, tests are taken, and one call gets no answer.

Everything goes through the pages that people use and the practice iTEP's own doors; nothing here knows the database.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from portal.playing import cast
from portal.playing.cast import Person
from portal.playing.practice_itep import PracticeITEP
from portal.playing.visitor import Page, Visitor

CALLED = {"ACAD-PLUS": "sandbox-key-academic", "BUS-PLUS": "sandbox-key-business"}
BY_HAND = "SLATE-CORE"
NOT_IN_STOCK = {"HOSP"}  # sold one by one; no export brings it
DAYS_TO_TAKE_IT = 21
UUID = re.compile(r"/candidates/([0-9a-f-]{36})/")


@dataclass(slots=True)
class Journey:
    """Who plays: an administrator at the portal, and the practice iTEP."""

    staff: Visitor
    itep: PracticeITEP
    say: Callable[[str], None]

    def play(self) -> None:
        """All of it, in order. Raises PageProblem or requests.RequestException at the first step that fails."""
        self.name_the_organization()
        self.reconcile_an_export()
        self.give_the_keys()
        self.hear_results()
        self.serve_a_spreadsheet()
        self.give_by_hand()
        self.take_the_tests()
        self.lose_an_answer()

    def name_the_organization(self) -> None:
        """Whose name stands in the mails, and who pays."""
        self.say("names the organization")
        page = self.staff.get("/candidates/organization/")
        self.staff.submit(page, name="Harbour Language School", help_email="tests@example.org", help_phone="")
        code, name = cast.PAYER
        self.staff.submit(self.staff.get("/setup/payers/add/"), code=code, name=name)

    def reconcile_an_export(self) -> None:
        """The AVAILABLE TESTS panel as xls, uploaded, looked at and applied."""
        self.say("reconciles an export of the practice iTEP")
        seen = datetime.now(UTC) - timedelta(seconds=5)
        page = self.staff.submit(
            self.staff.get("/inventory/uploads/new/"),
            files={"file": ("AVAILABLE TESTS.xls", self.itep.export("xls"))},
            exported_at=seen.isoformat(timespec="seconds"),
        )
        page = self._on(page, "plan")
        page = self._on(page, "apply")
        self.staff.wait_for(page.url, lambda html: "See the stock" in html)

    def _on(self, page: Page, act: str) -> Page:
        """Presses the button of an upload's page once it is there: a large file is read by the worker."""
        until = f'value="{act}"'
        return self.staff.submit(self.staff.wait_for(page.url, lambda html: until in html), "act", act=act)

    def give_the_keys(self) -> None:
        """Each product gets its name. Two are called by the worker; the others stay with their people."""
        self.say("gives the products their names and keys")
        for product in self.itep.get("products")["products"]:
            code = product["code"]
            if code in NOT_IN_STOCK:
                continue
            self.staff.submit(
                self.staff.get(f"/inventory/products/{code}/"),
                name=product["name"],
                new_key=CALLED.get(code, ""),
                calls="api" if code in CALLED else "manual",
                result_days="2",
                act="save",
            )

    def hear_results(self) -> None:
        """A tracking code here, told to the practice iTEP as its staff would keep it."""
        self.say("makes a tracking code")
        page = self.staff.submit(
            self.staff.get("/webhooks/tracking-codes/new/"), code="PRACTICE", auth="none", expects_finished="on"
        )
        path = re.search(r"/webhooks/itep/[\w-]+", page.html)
        assert path, "the page of a tracking code shows its address"
        self.itep.post("tracking-codes", code="PRACTICE", url=urljoin(self.staff.base, path[0]), sends_finished=True)

    def serve_a_spreadsheet(self) -> None:
        """Everybody of the sheet gets a test ID, and a mail."""
        self.say(f"serves a spreadsheet of {len(cast.SPREADSHEET)} candidates")
        page = self.staff.submit(
            self.staff.get("/candidates/give-many/"),
            files={"file": ("autumn.xlsx", cast.spreadsheet())},
            product="ACAD-PLUS",
            payer=cast.PAYER[0],
            deadline=f"{datetime.now(UTC) + timedelta(days=DAYS_TO_TAKE_IT):%Y-%m-%d}",
        )
        self.staff.press(page, "/confirm/")
        for person in cast.SPREADSHEET:
            self._wait_for_test_id(person)

    def give_by_hand(self) -> None:
        """One more, whose product works by hand: it waits under *To do at iTEP*."""
        self._give(cast.BY_HAND, BY_HAND)

    def take_the_tests(self) -> None:
        """Candidates start, finish, are graded; one test is invalidated."""
        self.say("has tests started, finished, graded, and one invalidated")
        for person in cast.SPREADSHEET:
            test_id = self._wait_for_test_id(person)
            for what in person.acts:
                levels = {"levels": {"Overall": person.level}} if what == "grade" else {}
                self.itep.act(test_id, what, **levels)

    def lose_an_answer(self) -> None:
        """iTEP acts, and its answer is lost: the portal says that it does not know, and tells the candidate nothing."""
        self.say("lets one answer of iTEP be lost")
        self.itep.fault("fail_after", remaining=1)
        page = self._give(cast.WITHOUT_AN_ANSWER, "ACAD-PLUS")
        self.staff.wait_for(page.url, lambda html: "iTEP did not answer" in html)

    def _give(self, person: Person, product: str) -> Page:
        return self.staff.submit(
            self.staff.get("/candidates/give/"),
            product=product,
            name=person.name,
            email=person.email,
            external_id=person.own_number,
        )

    def _wait_for_test_id(self, person: Person) -> str:
        """What the practice iTEP has written for this person."""
        deadline = datetime.now(UTC) + timedelta(seconds=60)
        while datetime.now(UTC) < deadline:
            for test in self.itep.get("tests")["tests"]:
                if person.email in (test["assigned_to"] or ""):
                    return str(test["test_id"])
        raise TimeoutError(f"{person.own_number} got no test ID")


def play(base: str, itep: str, email: str, password: str) -> None:
    """Plays the journey at the portal `base` with the practice iTEP at `itep`, logged in as the first user."""
    staff = Visitor(base)
    staff.log_in(email, password)
    Journey(staff, PracticeITEP(itep), lambda words: print(words, file=sys.stdout, flush=True)).play()  # noqa: T201
