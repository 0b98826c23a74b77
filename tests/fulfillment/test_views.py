"""Staff's pages."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from access.models import User
from fulfillment.models import CandidateRequest, Fulfillment, Organization, State
from inventory.models import Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db
LIVE = {"HX-Request": "true", "HX-Target": "live"}


def form(product: Product, **more: str) -> dict[str, str]:
    return {"product": product.code, "name": "Ana Silva", "email": "ana@example.org", "external_id": "hr-77"} | more


def test_only_staff_see_these_pages(academic: Product, give_test: Give, nobody: User) -> None:
    one = give_test(academic)
    stranger, without_role = Client(), Client()
    without_role.force_login(nobody)
    for path in ("/candidates/", "/candidates/give/", "/candidates/give-many/", f"/candidates/{one.oid}/"):
        assert stranger.get(path).status_code == 302
        assert without_role.get(path).status_code == 403
    assert without_role.post("/candidates/give/", form(academic)).status_code == 403
    assert without_role.post(f"/candidates/{one.oid}/cancel/", {"reason": "x"}).status_code == 403
    assert fresh(one).state == State.WAITING


def test_the_form_has_the_stock_beside_each_product(sam_browser: Client, academic: Product) -> None:
    stock(academic, 3)
    assert "3 available" in sam_browser.get("/candidates/give/").content.decode()


def test_without_products_it_says_what_to_do(sam_browser: Client, db: None) -> None:
    assert "No product yet." in sam_browser.get("/candidates/give/").content.decode()


def test_a_test_is_given_and_its_page_shown_at_once(
    sam_browser: Client, sam: User, itep: PretendItep, called: Product
) -> None:
    stock(called, 1)
    response = sam_browser.post("/candidates/give/", form(called))
    one = Fulfillment.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/candidates/{one.oid}/")
    assert (one.started_by, one.origin, itep.asked) == (sam, "staff", [])

    shown = sam_browser.get(f"/candidates/{one.oid}/").content.decode()
    assert "Reserved, telling iTEP" in shown
    assert 'hx-trigger="every 2s, look"' in shown

    work()
    part = sam_browser.get(f"/candidates/{one.oid}/", headers=LIVE).content.decode()
    assert part.lstrip().startswith('<div id="live"')
    assert "Sent to the candidate" in part
    assert 'hx-trigger="every 20s, look"' in part
    assert "BUSPLUS0001" in part


def test_an_open_duplicate_needs_an_explicit_yes(sam_browser: Client, called: Product, give_test: Give) -> None:
    first = give_test(called)
    response = sam_browser.post("/candidates/give/", form(called))
    assert response.status_code == 422
    assert f"/candidates/{first.oid}/" in response.content.decode()
    assert Fulfillment.objects.count() == 1
    assert sam_browser.post("/candidates/give/", form(called, allow_duplicate=str(first.oid))).status_code == 302
    assert Fulfillment.objects.count() == 2


def test_faults_stand_beside_their_fields(sam_browser: Client, called: Product) -> None:
    response = sam_browser.post("/candidates/give/", form(called, email="", deadline="2020-01-01"))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"email", "deadline"}
    assert Fulfillment.objects.count() == 0


def test_the_list_is_filtered_and_searched(sam_browser: Client, called: Product, give_test: Give) -> None:
    one = give_test(called)

    def found(**query: str) -> int:
        return len(sam_browser.get("/candidates/", query).context["page"].object_list)

    assert [found(q=words) for words in ("ana", "ANA@", "hr-77", str(one.oid), "nobody")] == [1, 1, 1, 1, 0]
    assert [found(state="waiting"), found(state="sent"), found(needs="1")] == [1, 0, 0]
    assert [found(product="BUS-PLUS"), found(product="NOPE")] == [1, 1]


def test_an_empty_list_says_what_to_do(sam_browser: Client) -> None:
    assert "Nobody has been given a test yet." in sam_browser.get("/candidates/").content.decode()


def test_cancelling_gives_back_the_id(sam_browser: Client, academic: Product, give_test: Give) -> None:
    stock(academic, 1)
    one = give_test(academic)
    sam_browser.post(f"/candidates/{one.oid}/cancel/", {"reason": "Not needed"})
    assert (fresh(one).state, TestID.objects.available().count()) == (State.CANCELLED, 1)
    assert "It is cancelled already." in sam_browser.get(f"/candidates/{one.oid}/").content.decode()


def test_done_by_hand(sam_browser: Client, academic: Product, give_test: Give) -> None:
    stock(academic, 1)
    one = give_test(academic)
    shown = sam_browser.get(f"/candidates/{one.oid}/").content.decode()
    assert ("Done at iTEP" in shown, "every 20s" in shown) == (True, True)
    sam_browser.post(f"/candidates/{one.oid}/done-at-itep/", {"test_id": "", "password": ""})
    work()
    assert (fresh(one).state, len(mail.outbox)) == (State.SENT, 1)


def test_i_looked_it_is_assigned(sam_browser: Client, itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    itep.replies.append(Reply(status=500))
    one = give_test(called)
    work()
    assert "I looked: it is assigned" in sam_browser.get(f"/candidates/{one.oid}/").content.decode()
    sam_browser.post(f"/candidates/{one.oid}/done-at-itep/")
    work()
    assert fresh(one).state == State.SENT


def test_sent_again_to_a_corrected_address(
    sam_browser: Client, itep: PretendItep, called: Product, give_test: Give
) -> None:
    stock(called, 1)
    one = give_test(called)
    work()
    sam_browser.post(f"/candidates/{one.oid}/resend/", {"email": "right@example.org", "reason": "typo"})
    work()
    assert [letter.to for letter in mail.outbox] == [["ana@example.org"], ["right@example.org"]]
    assert (fresh(one).email, len(itep.asked)) == ("right@example.org", 1)


def test_a_refused_act_says_why(sam_browser: Client, called: Product, give_test: Give) -> None:
    one = give_test(called)
    response = sam_browser.post(f"/candidates/{one.oid}/resend/", {"email": "a@example.org"}, follow=True)
    assert "iTEP has not confirmed a test ID yet." in response.content.decode()
    assert (mail.outbox, fresh(one).email) == ([], "ana@example.org")


def test_a_mail_is_read_as_sent(sam_browser: Client, itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    one = give_test(called)
    work()
    letter = one.mails.get()
    shown = sam_browser.get(f"/candidates/mails/{letter.pk}/").content.decode()
    assert ("BUSPLUS0001" in shown, "Accepted by the mail server" in shown) == (True, True)


def test_a_candidates_request_is_shown_until_handled(sam_browser: Client, called: Product, give_test: Give) -> None:
    one = give_test(called)
    asked = CandidateRequest.objects.create(fulfillment=one, kind="more_time", text="Until Friday, please")
    assert "Until Friday, please" in sam_browser.get(f"/candidates/{one.oid}/").content.decode()
    sam_browser.post(f"/candidates/requests/{asked.pk}/handled/")
    assert "Until Friday, please" not in sam_browser.get(f"/candidates/{one.oid}/").content.decode()


def test_administrators_name_the_organization(ada_browser: Client, sam_browser: Client) -> None:
    assert sam_browser.get("/candidates/organization/").status_code == 403
    asked = {"name": "Lisbon School", "help_email": "help@example.org", "time_zone": "Europe/Lisbon"}
    assert ada_browser.post("/candidates/organization/", asked).status_code == 302
    ours = Organization.objects.get()
    assert (ours.name, ours.time_zone) == ("Lisbon School", "Europe/Lisbon")


def test_what_is_not_there_is_404(sam_browser: Client, db: None) -> None:
    assert sam_browser.get("/candidates/5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11/").status_code == 404
    assert sam_browser.post("/candidates/5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11/cancel/").status_code == 404
