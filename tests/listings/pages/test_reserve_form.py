"""A buyer asks to reserve a car by a form, without a script."""

import time
from typing import Any

import pytest
from django.test import Client

from listings.buyers.consents import words_now
from listings.buyers.guards import opened
from listings.models import Listing, Reservation
from tests import make

pytestmark = pytest.mark.django_db


def car(rule: str) -> Listing:
    return make.live(branch=make.branch(make.dealer(reservations=rule)))


def typed(**members: str) -> dict[str, str]:
    given = {"name": "Ann", "email": "ann@example.com", "consent": words_now("reservation")}
    return {**given, **members}


@pytest.fixture(scope="module")
def token() -> str:
    made = opened("reservation")
    time.sleep(2.1)  # as long as a person takes at least
    return made


def test_the_page_of_the_car_leads_to_the_form_where_the_dealer_takes_reservations(
    client: Client,
) -> None:
    def page(row: Listing) -> str:
        return client.get(client.get(f"/cars/{row.pk}/")["Location"]).content.decode()

    row = car("ask")
    assert f'href="/cars/{row.pk}/reserve/"' in page(row)
    assert "/reserve/" not in page(car("off"))
    form = client.get(f"/cars/{row.pk}/reserve/").content.decode()
    assert "once they have said yes" in form
    assert "cannot be reserved" in client.get(f"/cars/{car('off').pk}/reserve/").content.decode()


def test_a_request_is_sent_and_what_is_wrong_stands_beside_its_field(
    client: Client, token: str
) -> None:
    row = car("now")
    path = f"/cars/{row.pk}/reserve/"
    wrong = client.post(path, typed(email="ann", opened=token))
    page = wrong.content.decode()
    assert (wrong.status_code, 'value="ann"' in page) == (400, True)
    assert "This is not an e-mail address." in page
    sent = client.post(path, typed(opened=token))
    assert (sent.status_code, sent["Location"]) == (303, f"{path}?sent")
    assert "We have your request" in client.get(sent["Location"]).content.decode()
    assert Reservation.objects.get().standing == "held"
    late = client.post(path, typed(email="bob@example.com", opened=token))
    assert (late.status_code, "has asked to reserve" in late.content.decode()) == (409, True)


@pytest.mark.parametrize("members", [{"website": "x"}, {"opened": "x"}, {}])
def test_programs_reserve_nothing(client: Client, token: str, members: dict[str, Any]) -> None:
    row = car("now")
    given = typed(**{"opened": token if members == {"website": "x"} else "", **members})
    assert client.post(f"/cars/{row.pk}/reserve/", given).status_code == 400
    assert not Reservation.objects.exists()
