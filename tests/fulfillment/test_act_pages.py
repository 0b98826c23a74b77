"""Acts as a person does them: dialogs and pages, errors beside what they are about, and no act by a mere look."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client

from access.actors import Actor
from access.models import AuditEntry, Payer, User
from fulfillment import correcting, deadlines, links
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, State
from inventory.models import Delivery, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db
ASKING = ["resend", "did-not-arrive", "extend", "correct", "cancel", "replace"]


@pytest.fixture
def sent(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 2)
    itep.replies.append(Reply(body={"test_id": "BUSPLUS0001", "password": "open-sesame"}))
    one = give_test(called, deadline=deadlines.today() + timedelta(10))
    work()
    return fresh(one)


def page(browser: Client, one: Fulfillment, act: str = "") -> str:
    response = browser.get(f"/candidates/{one.oid}/{act}")
    assert response.status_code == 200
    return response.content.decode()


def test_each_act_has_a_dialog_and_the_same_on_a_page_of_its_own(sam_browser: Client, sent: Fulfillment) -> None:
    whole = page(sam_browser, sent)
    for act in ASKING:
        name = act.replace("-", "_")
        assert f'<dialog id="act-{name}"' in whole
        assert f'<form method="get" action="/candidates/{sent.oid}/{act}/">' in whole
        own = page(sam_browser, sent, f"{act}/")
        assert f'action="/candidates/{sent.oid}/{act}/"' in own
        assert "<dialog" not in own
    assert fresh(sent).updated_at == sent.updated_at  # looking changes nothing


def test_only_staff_act(nobody: User, sent: Fulfillment) -> None:
    browser = Client()
    browser.force_login(nobody)
    for act in [*ASKING, "show", "slip", "text-written", "text-left"]:
        assert browser.post(f"/candidates/{sent.oid}/{act}/", {"reason": "x"}).status_code == 403
    assert fresh(sent).updated_at == sent.updated_at


def test_an_act_that_is_not_possible_says_why_and_is_no_link(
    sam_browser: Client, called: Product, give_test: Give
) -> None:
    one = give_test(called)
    whole = page(sam_browser, one)
    assert "There is none to replace" not in whole
    assert "iTEP has not confirmed a test ID yet: there is none to replace." in whole
    assert f'action="/candidates/{one.oid}/replace/"' not in whole
    back = sam_browser.get(f"/candidates/{one.oid}/replace/", follow=True)
    assert back.redirect_chain == [(f"/candidates/{one.oid}/", 302)]
    assert "there is none to replace" in back.content.decode()


def test_replacing_needs_a_reason_and_says_what_it_does(sam_browser: Client, sent: Fulfillment) -> None:
    asked = page(sam_browser, sent, "replace/")
    assert "BUSPLUS0001 is theirs no longer." in asked
    assert "The next of iTEP Business-Plus takes its place: 1 is available." in asked
    refused = sam_browser.post(f"/candidates/{sent.oid}/replace/", {"reason": " "})
    assert (refused.status_code, fresh(sent).state) == (422, State.SENT)
    assert "This field is required." in refused.content.decode()
    done = sam_browser.post(f"/candidates/{sent.oid}/replace/", {"reason": "does not open", "aside": "on"}, follow=True)
    assert "The test ID is given up, and the next one is being assigned." in done.content.decode()
    assert "does not open" in done.content.decode()
    assert TestID.objects.get(test_id="BUSPLUS0001").set_aside_at is not None
    after = page(sam_browser, sent)
    assert ("Earlier test IDs" in after, 'href="/inventory/ids/BUSPLUS0001/"' in after) == (True, True)
    assert "to clear at iTEP" in after


def test_a_sale_says_what_another_one_costs(sam_browser: Client, sent: Fulfillment) -> None:
    Product.objects.update(price=Decimal("49.50"), currency="EUR", source="sale")
    sent.claim.source = "sale"
    sent.claim.save()
    assert "A new test is bought at iTEP for it: it costs 49.50 EUR." in page(sam_browser, sent, "replace/")


def test_where_the_asker_hands_it_out_the_box_must_be_ticked(
    sam_browser: Client, itep: PretendItep, called: Product, give_test: Give
) -> None:
    stock(called, 2)
    one = give_test(called, delivery=Delivery.NONE)
    work()
    assert sam_browser.post(f"/candidates/{one.oid}/replace/", {"reason": "x"}).status_code == 422
    assert fresh(one).state == State.ASSIGNED
    sam_browser.post(f"/candidates/{one.oid}/replace/", {"reason": "x", "asker_is_told": "on"})
    assert fresh(one).state == State.CLAIMED


def test_a_deadline_is_changed_and_one_in_the_past_is_refused_beside_the_field(
    sam_browser: Client, sent: Fulfillment
) -> None:
    address = f"/candidates/{sent.oid}/extend/"
    refused = sam_browser.post(address, {"deadline": "2020-01-01"})
    assert (refused.status_code, "The deadline is in the past." in refused.content.decode()) == (422, True)
    day = deadlines.today() + timedelta(30)
    done = sam_browser.post(address, {"deadline": day.isoformat(), "tell": "on"}, follow=True)
    assert "The deadline is changed, and the candidate is told." in done.content.decode()
    work()
    assert (fresh(sent).deadline, len(mail.outbox)) == (day, 2)


def test_an_id_that_ends_before_the_deadline_is_pointed_out(sam_browser: Client, sent: Fulfillment) -> None:
    assert sent.deadline is not None
    TestID.objects.filter(test_id="BUSPLUS0001").update(valid_until=sent.deadline)
    assert "ends before the deadline" not in page(sam_browser, sent)
    assert "for a later deadline, replace it as well" in page(sam_browser, sent, "extend/")
    TestID.objects.filter(test_id="BUSPLUS0001").update(valid_until=sent.deadline - timedelta(1))
    assert "The test ID ends before the deadline" in page(sam_browser, sent)


def test_correcting_says_that_itep_keeps_the_old_text(sam_browser: Client, sent: Fulfillment) -> None:
    asked = page(sam_browser, sent, "correct/")
    assert "iTEP keeps what was written into its Assigned-to" in asked
    assert 'value="Ana Silva"' in asked
    data = {"name": "Ana Santos", "email": sent.email, "external_id": "hr-77", "language": "pt", "to_write": "on"}
    done = sam_browser.post(f"/candidates/{sent.oid}/correct/", data, follow=True).content.decode()
    assert "Corrected here. iTEP keeps the old text in its Assigned-to." in done
    assert "To be written at iTEP: the corrected text" in done
    assert "Write the corrected text of Ana Santos at iTEP" in sam_browser.get("/").content.decode()
    sam_browser.post(f"/candidates/{sent.oid}/text-written/")
    assert "To be written at iTEP: the corrected text" not in page(sam_browser, sent)
    assert correcting.text_at_itep_differs(fresh(sent)) is False
    assert "Ana Santos" not in str(list(AuditEntry.objects.values_list("detail", "reason")))


def test_a_payer_that_gives_no_more_tests_stays_where_it_stands(
    sam_browser: Client, sent: Fulfillment, hr: Payer
) -> None:
    sent.payer = hr
    sent.save()
    Payer.objects.update(is_active=False)
    data = {"name": "Ana Santos", "email": sent.email, "external_id": "hr-77", "language": "pt", "payer": "hr"}
    assert sam_browser.post(f"/candidates/{sent.oid}/correct/", data).status_code == 302
    assert (fresh(sent).payer, fresh(sent).name) == (hr, "Ana Santos")


def test_a_second_test_of_one_person_needs_a_yes(
    sam_browser: Client, called: Product, give_test: Give, sent: Fulfillment
) -> None:
    other = give_test(called, Candidate("Bo Berg", "bo@example.org"))
    data = {"name": sent.name, "email": sent.email}
    refused = sam_browser.post(f"/candidates/{other.oid}/correct/", data)
    assert (refused.status_code, fresh(other).name) == (422, "Bo Berg")
    assert f'href="/candidates/{sent.oid}/"' in refused.content.decode()
    assert "Yes, it is a second test of this person" in refused.content.decode()
    assert sam_browser.post(f"/candidates/{other.oid}/correct/", data | {"allow_duplicate": "on"}).status_code == 302
    assert fresh(other).name == sent.name


def test_it_never_reached_them(sam_browser: Client, sent: Fulfillment) -> None:
    data = {"what": "never", "email": "ana.silva@example.org"}
    assert sam_browser.post(f"/candidates/{sent.oid}/did-not-arrive/", data).status_code == 302
    work()
    assert (fresh(sent).link_token, mail.outbox[1].to) == (sent.link_token, ["ana.silva@example.org"])


def test_it_reached_somebody_else(sam_browser: Client, client: Client, sent: Fulfillment) -> None:
    address, data = f"/candidates/{sent.oid}/did-not-arrive/", {"what": "somebody_else", "email": "as@example.org"}
    refused = sam_browser.post(address, data)
    assert (refused.status_code, "Say who got it" in refused.content.decode()) == (422, True)
    done = sam_browser.post(address, data | {"reason": "her namesake", "replace": "on"}, follow=True)
    assert "The mail with the new link and ID follows" in done.content.decode()
    assert client.get(links.page_path(sent)).status_code == 404
    work()
    assert (fresh(sent).sent_test_id, mail.outbox[1].to) == ("BUSPLUS0002", ["as@example.org"])


@pytest.mark.parametrize("data", [{}, {"what": "never", "email": "x@example.org", "replace": "on"}, {"what": "never"}])
def test_what_does_not_fit_is_said_and_changes_nothing(
    sam_browser: Client, sent: Fulfillment, data: dict[str, str]
) -> None:
    assert sam_browser.post(f"/candidates/{sent.oid}/did-not-arrive/", data).status_code == 422
    assert fresh(sent).updated_at == sent.updated_at


def test_the_desk_shows_it_by_a_post_alone(sam_browser: Client, sent: Fulfillment) -> None:
    assert "open-sesame" not in page(sam_browser, sent)
    assert sam_browser.get(f"/candidates/{sent.oid}/show/").status_code == 302
    assert not AuditEntry.objects.filter(verb="fulfillment.shown").exists()
    shown = sam_browser.post(f"/candidates/{sent.oid}/show/")
    assert "no-store" in shown["Cache-Control"]
    assert "open-sesame" in shown.content.decode()
    assert AuditEntry.objects.filter(verb="fulfillment.shown").count() == 1


def test_a_slip_has_what_the_candidate_needs(sam_browser: Client, sent: Fulfillment) -> None:
    Product.objects.update(start_url="https://itep.example/start", minutes=90)
    paper = sam_browser.post(f"/candidates/{sent.oid}/slip/").content.decode()
    for text in ("BUSPLUS0001", "open-sesame", "https://itep.example/start", "about 90 minutes", "Take it by"):
        assert text in paper
    assert "data-print" in paper
    told = AuditEntry.objects.get(verb="fulfillment.slip_printed")
    assert told.test_id == "BUSPLUS0001"


def test_not_before_itep_has_confirmed_it(sam_browser: Client, called: Product, give_test: Give) -> None:
    stock(called, 1)
    one = give_test(called)
    for act in ("show", "slip"):
        answer = sam_browser.post(f"/candidates/{one.oid}/{act}/", follow=True).content.decode()
        assert "iTEP has not confirmed a test ID yet." in answer
    assert fresh(one).claim.told_at is None


def test_what_is_not_there_is_404(sam_browser: Client, db: None) -> None:
    for act in [*ASKING, "show", "slip"]:
        assert sam_browser.post(f"/candidates/5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11/{act}/").status_code == 404


def test_cancelling_during_a_call_is_said_to_be_noted(
    sam_browser: Client, itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    itep.replies.append(Reply(body=None))
    one = give_test(called)
    work()
    done = sam_browser.post(f"/candidates/{one.oid}/cancel/", {"reason": "x"}, follow=True).content.decode()
    assert "cancelled with iTEP&#x27;s answer" in done


@pytest.mark.parametrize(
    ("kind", "act"), [("wrong_address", "did-not-arrive"), ("not_me", "did-not-arrive"), ("more_time", "extend")]
)
def test_beside_what_a_candidate_asks_stands_what_answers_it(
    sam_browser: Client, sent: Fulfillment, kind: str, act: str
) -> None:
    form = f'<form method="get" action="/candidates/{sent.oid}/{act}/">'
    assert page(sam_browser, sent).count(form) == 1
    sent.requests.create(kind=kind)
    assert page(sam_browser, sent).count(form) == 2
