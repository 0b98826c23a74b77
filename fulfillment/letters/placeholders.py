"""The placeholders of a letter: a fixed set, each with what stands for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`is_always_set`: every candidate has it. `is_copied`: readers copy it, so nothing invisible may stand in it."""

    says: Promise | str
    is_always_set: bool = False
    is_copied: bool = False


PLACEHOLDERS = {
    "name": Placeholder(_("the candidate's name"), is_always_set=True),
    "organization": Placeholder(_("your name, as under Organization")),
    "product_name": Placeholder(_("the product in words"), is_always_set=True),
    "minutes": Placeholder(_("how long the test takes, as the product says")),
    "deadline": Placeholder(_("the last day, with its time")),
    "deadline_short": Placeholder(_("the last day, short")),
    "time_zone": Placeholder(_("the zone of both, as “Lisbon time”")),
    "test_id": Placeholder(_("the test ID"), is_copied=True),
    "password": Placeholder(_("the password, where the product says that it stands in the mail"), is_copied=True),
    "page_url": Placeholder(_("the address of the candidate's own page"), is_copied=True),
    "page_code": Placeholder(_("the code that opens this page for whoever cannot open the address"), is_copied=True),
    "code_url": Placeholder(_("where that code is typed"), is_copied=True),
    "start_url": Placeholder(_("where the test is started"), is_copied=True),
    "technical_check": Placeholder(_("your sentence about a technical check")),
    "itep_help": Placeholder(_("whom to ask during the test")),
    "help": Placeholder(_("your help address and telephone number, as far as set")),
    "help_email": Placeholder(_("your help address alone"), is_copied=True),
    "help_phone": Placeholder(_("your help telephone number alone"), is_copied=True),
    "result_time": Placeholder(_("how soon the result comes, as “within 2 days after the test”")),
    "result_receivers": Placeholder(_("who gets the result")),
    "reference": Placeholder(_("the reference of the request"), is_copied=True),
    "sitting_date": Placeholder(_("date and time of a sitting at a centre")),
    "place": Placeholder(_("where the centre is")),
    "sitting_day": Placeholder(_("its day, short")),
    "arrive_by": Placeholder(_("when to be there")),
    "earlier_test_id": Placeholder(_("after a replacement: the test ID that no longer counts"), is_copied=True),
    "what_happened": Placeholder(_("after trouble at iTEP: what iTEP says, in a sentence")),
}
