"""A buyer asks about a car on its page, without a script."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from listings.buyers import guards
from listings.buyers.consents import words_now
from listings.choices import Status
from listings.models import BuyerRecord, Enquiry, EnquiryMail, Listing
from tests import make
from tests.listings.buyers.sending import ANN
from tests.listings.pages.script_tags import EVERYWHERE, script_tags

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits two seconds in a test; one test looks at that."""
    monkeypatch.setattr(guards, "TYPED_FOR_MIN", timedelta(0))


def hidden(page: str) -> dict[str, str]:
    """Return what a form's hidden fields hold."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in fields}


def fill_in(client: Client, row: Listing, query: str = "", **fields: Any) -> Any:
    page = client.get(f"/cars/{row.pk}/enquire/{query}").content.decode()
    typed = {**ANN, **hidden(page), "preferred_contact": "either", "message": "Is it there?"}
    typed["consent"] = words_now("enquiry")
    return client.post(f"/cars/{row.pk}/enquire/", {**typed, **fields})


def test_the_form_of_the_cars_own_page_sends_and_the_next_page_names_nobody(
    client: Client,
) -> None:
    row = make.live()
    page = client.get(f"/cars/{row.pk}/", follow=True, query_params={})
    path = page.redirect_chain[-1][0]
    shown = page.content.decode()
    assert f'action="/cars/{row.pk}/enquire/"' in shown
    answer = client.post(
        f"/cars/{row.pk}/enquire/",
        {**ANN, **hidden(shown), "message": "Hello?", "consent": words_now("enquiry")},
    )
    assert (answer.status_code, answer["Location"]) == (303, f"/cars/{row.pk}/enquire/sent/")
    sent = client.get(answer["Location"])
    assert sent.status_code == 200
    assert "on its way" in sent.content.decode()
    assert "Ann" not in sent.content.decode()
    assert client.cookies == {}
    enquiry = Enquiry.objects.get()
    assert (enquiry.message, enquiry.record.name) == ("Hello?", "Ann Buyer")
    assert (enquiry.record.page, enquiry.preferred_contact) == (path, "either")
    assert EnquiryMail.objects.count() == 2


def test_a_page_stays_unchanged_although_its_form_is_told_the_time(client: Client) -> None:
    row = make.live()
    for path in (f"/cars/{row.pk}/enquire/", client.get(f"/cars/{row.pk}/")["Location"]):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
        assert first["Cache-Control"].startswith("public")
        assert hidden(first.content.decode())["opened"].startswith("enquiry.")


def test_part_exchange_and_viewing_are_read_as_people_write_them(client: Client) -> None:
    when = (timezone.now() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    answer = fill_in(
        client,
        make.live(),
        part_exchange_vrm="kx17 abc",
        part_exchange_mileage="41,000 miles",
        viewing_at=when,
    )
    assert answer.status_code == 303
    enquiry = Enquiry.objects.get()
    assert (enquiry.part_exchange_vrm, enquiry.part_exchange_mileage) == ("KX17ABC", 41_000)
    assert enquiry.viewing_at is not None


def test_a_placement_and_a_campaign_come_along(client: Client) -> None:
    row = make.live()
    path = client.get(f"/cars/{row.pk}/")["Location"]
    shown = client.get(f"{path}?placement=sidebar&utm_campaign=spring+26%3Cb%3E").content.decode()
    assert {k: v for k, v in hidden(shown).items() if k != "opened"} == {
        "page": path,
        "placement": "sidebar",
        "campaign": "spring-26-b-",
    }
    fill_in(client, row, "?placement=end&campaign=news")
    record = BuyerRecord.objects.get()
    assert (record.placement, record.campaign) == ("end", "news")


WRONG: list[tuple[dict[str, str], list[str]]] = [
    ({"email": "", "phone": ""}, ["email"]),
    (
        {"email": "ann at example", "part_exchange_mileage": "many"},
        ["email", "part_exchange_mileage"],
    ),
    ({"viewing_at": "soon", "phone": "ring me", "consent": ""}, ["consent", "phone", "viewing_at"]),
    ({"viewing_at": "2020-01-01T10:00"}, ["viewing_at"]),
    ({"part_exchange_vrm": "the red one, please"}, ["part_exchange_vrm"]),
    ({"name": "x" * 121, "message": "y" * 4_001}, ["message", "name"]),
    ({"preferred_contact": "phone", "phone": ""}, ["phone"]),
    ({"consent": "Whatever."}, ["consent"]),
]


@pytest.mark.parametrize(("fields", "faults"), WRONG)
def test_what_is_wrong_is_told_beside_its_field_and_all_that_was_typed_stays(
    client: Client, fields: dict[str, str], faults: list[str]
) -> None:
    row = make.live()
    typed = {"name": "Ann & Bo", "message": f"Is it there? {HOSTILE}", **fields}
    answer = fill_in(client, row, "?placement=end", **typed)
    page = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (400, "no-store")
    marked = re.findall(r'<span class="fault" id="ask-(\w+)-fault">', page)
    assert sorted(marked) == faults
    assert page.count('aria-invalid="true"') == len(faults)
    values = dict(re.findall(r'name="(\w+)" type="[\w-]+" value="([^"]*)"', page))
    for name in ("name", "email", "phone", "part_exchange_vrm", "viewing_at"):
        assert unescape(values[name]) == {**ANN, **typed}.get(name, "")
    assert script_tags(page) == [EVERYWHERE]
    assert hidden(page)["placement"] == "end"
    assert not BuyerRecord.objects.exists()
    # Put right, it goes out.
    right = {**ANN, **hidden(page), "message": "Now?", "consent": words_now("enquiry")}
    assert client.post(f"/cars/{row.pk}/enquire/", right).status_code == 303


def test_programs_are_refused_and_people_can_go_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make.live()
    for fields in (
        {"website": "https://spam.example"},
        {"opened": ""},
        {"opened": "report.1abc.x"},
    ):
        answer = fill_in(client, row, **fields)
        assert answer.status_code == 400
        assert "not sent as people send it" in answer.content.decode()
        assert 'value="ann@example.com"' in answer.content.decode()
    monkeypatch.setattr(guards, "TYPED_FOR_MIN", timedelta(hours=1))
    assert fill_in(client, row).status_code == 400
    monkeypatch.setattr(guards, "OPENED_FOR_MAX", timedelta(0))
    monkeypatch.setattr(guards, "TYPED_FOR_MIN", timedelta(0))
    assert fill_in(client, row).status_code == 400
    assert not BuyerRecord.objects.exists()


def test_too_much_from_one_network_says_when_to_come_back(
    client: Client, settings: Settings
) -> None:
    settings.BUYER_REQUESTS_PER_HOUR = 1
    row = make.live()
    assert fill_in(client, row).status_code == 303
    answer = fill_in(client, row, message="And this?")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3_600
    assert "And this?" in answer.content.decode()
    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize("status", [Status.SOLD, Status.EXPIRED, Status.WITHDRAWN])
def test_a_car_that_is_gone_says_so_and_shows_the_nearest(client: Client, status: Status) -> None:
    row, near = make.live(), make.live(price=31_234)
    sold_at = timezone.now() if status == Status.SOLD else None
    Listing.objects.filter(pk=row.pk).update(status=status, sold_at=sold_at)
    said = "has been sold" if status == Status.SOLD else "no longer for sale"
    assert (
        f"/cars/{row.pk}/enquire/" in client.get(f"/cars/{row.pk}/", follow=True).content.decode()
    )
    for path in (f"/cars/{row.pk}/enquire/", f"/cars/{row.pk}/enquire/sent/"):
        page = client.get(path).content.decode()
        assert said in page
        assert f"/cars/{near.pk}/" in page
        assert "£31,234" in page
    assert fill_in(client, row).status_code == 303
    assert Enquiry.objects.get().car_status == status


def test_what_buyers_may_not_see_is_not_found(client: Client) -> None:
    draft, hidden_ = make.draft(), make.live()
    type(hidden_.dealer).objects.filter(pk=hidden_.dealer_id).update(is_active=False)
    for pk in (draft.pk, hidden_.pk, 2**63):
        assert client.get(f"/cars/{pk}/enquire/").status_code == 404
        assert client.post(f"/cars/{pk}/enquire/", ANN).status_code == 404
        assert client.get(f"/cars/{pk}/enquire/sent/").status_code == 404


def test_a_form_of_any_bytes_is_refused_and_never_a_fault_of_ours(client: Client) -> None:
    row = make.live()
    for junk in ("\x00", "\ud800".encode("utf-8", "surrogatepass"), "9" * 100_000, "२०२७"):
        fields: dict[str, Any] = dict.fromkeys(
            ("email", "phone", "viewing_at", "part_exchange_mileage"), junk
        )
        answer = fill_in(client, row, **fields, name=junk, page=junk, placement=junk)
        assert answer.status_code == 400
    assert not BuyerRecord.objects.exists()
