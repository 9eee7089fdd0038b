"""A reader of another site asks about a car without leaving its page: in the frame, by a form."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from listings.buyers import guards
from listings.buyers.consents import words_now
from listings.choices import Status
from listings.models import Enquiry, Listing
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "TYPED_FOR_MIN", timedelta(0))


def address(row: Listing, query: str = "") -> str:
    return f"/widget/frame/{row.pk}/enquire/{query}"


def filled(client: Client, row: Listing, query: str = "", **typed: str) -> dict[str, str]:
    """Return the form as its page has it, with what somebody types."""
    html = client.get(address(row, query)).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))
    contact = {"name": "Ann Buyer", "email": "ann@example.com", "message": "Still there?"}
    return {**hidden, "consent": words_now("enquiry"), **contact, **typed}


def test_the_frame_s_form_sends_an_enquiry_with_its_placement(client: Client) -> None:
    row = make.live()
    for block in ("/widget/frame/?placement=news", f"/widget/frame/{row.pk}/?placement=news"):
        html = client.get(block).content.decode()
        assert f'class="uc-ask" href="{address(row)}?placement=news"' in html
    answer = client.post(address(row), filled(client, row, "?placement=news"))
    assert (answer.status_code, answer["Location"]) == (303, f"{address(row)}?sent")
    enquiry = Enquiry.objects.select_related("record").get()
    assert (enquiry.record.placement, enquiry.record.name) == ("news", "Ann Buyer")
    assert enquiry.record.page == client.get(f"/cars/{row.pk}/")["Location"]
    sent = client.get(answer["Location"]).content.decode()
    assert "Your enquiry is on its way." in sent
    assert "Ann" not in sent
    assert Enquiry.objects.count() == 1


def test_what_cannot_be_sent_comes_back_in_the_frame_as_typed(client: Client) -> None:
    row = make.live()
    query = "?placement=news&theme=dark"
    typed = filled(client, row, query, email="ann at example", part_exchange_mileage="many")
    answer = client.post(address(row, query), typed)
    html = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (400, "no-store")
    assert 'value="ann at example"' in html
    assert "This is not an e-mail address." in html
    assert "This is a number of miles, such as 41,000." in html
    assert f'action="{address(row)}?placement=news&amp;theme=dark"' in html
    assert 'data-theme="dark"' in html
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("odd", [{"website": "x"}, {"opened": ""}, {"consent": ""}])
def test_the_frame_s_form_is_guarded_as_the_page_s_is(client: Client, odd: dict[str, str]) -> None:
    row = make.live()
    answer = client.post(address(row), {**filled(client, row), **odd})
    assert answer.status_code in (400, 422)
    assert not Enquiry.objects.exists()


def test_any_page_may_frame_the_form_and_it_posts_to_us_alone(client: Client) -> None:
    row = make.live()
    answer = client.get(address(row))
    assert not answer.has_header("X-Frame-Options")
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert client.cookies == {}
    assert " style=" not in answer.content.decode()
    refused = client.post(address(row), {"website": "x"})
    assert not refused.has_header("X-Frame-Options")


def test_hostile_adverts_and_queries_stay_texts_in_the_form(client: Client) -> None:
    hostile = '</script><script>alert(1)</script>"'
    row = make.live(derivative=hostile)
    html = client.get(address(row)).content.decode()
    assert html.count("<script") == 1
    assert client.get(address(row, "?placement=%3Cb%3E")).status_code == 400


@pytest.mark.parametrize("change", [{"status": Status.DRAFT}, {"status": Status.REJECTED}])
def test_a_car_that_buyers_never_saw_has_no_form(client: Client, change: dict[str, Any]) -> None:
    row = make.draft()
    Listing.objects.filter(pk=row.pk).update(**change)
    assert client.get(address(row)).status_code == 404
    assert client.post(address(row), {}).status_code == 404
