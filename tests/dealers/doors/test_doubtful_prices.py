"""£12 for a £15,495 car is asked about at every door, and written where a person says so."""

from typing import Any

import pytest
from django.test import Client

from dealers.models import Branch, BulkRun, Dealer, StockFeed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car, counts
from tests.dealers.panel.test_runs import LIST, choose

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("Our Cars")


@pytest.fixture
def branch(dealer: Dealer) -> Branch:
    make.model()  # that the rows of files name
    return make.branch(dealer)


@pytest.fixture
def desk(client: Client, dealer: Dealer) -> Client:
    client.force_login(make.member(dealer))
    return client


def price() -> int | None:
    return Listing.objects.get().price


def test_in_the_table(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch, price=15_495)
    typed = {"price": "12", "seen": "15495"}
    answer = desk.post(f"{LIST}{row.pk}/price/", typed).json()
    assert answer == {"ask": "£12 instead of £15,495: is a digit missing?", "price": 15_495}
    assert price() == 15_495
    assert desk.post(f"{LIST}{row.pk}/price/", {**typed, "sure": "yes"}).json()["price"] == 12
    assert price() == 12


def form_of(desk: Client, row: Listing) -> dict[str, Any]:
    form = desk.get(f"{LIST}{row.pk}/change/").context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def test_in_the_form(desk: Client, branch: Branch) -> None:
    row = make.live(branch=branch, price=15_495)
    typed = {**form_of(desk, row), "price": "12"}
    page = desk.post(f"{LIST}{row.pk}/change/", typed)
    form = page.context["adminform"].form
    assert form.errors["price"] == [
        "£12 instead of £15,495: is a digit missing? Save again if it is right."
    ]
    assert price() == 15_495
    again = {**typed, "doubted_price": form["doubted_price"].value()}
    assert desk.post(f"{LIST}{row.pk}/change/", {**again, "price": "13"}).status_code == 200
    assert price() == 15_495
    assert desk.post(f"{LIST}{row.pk}/change/", again).status_code == 302
    assert price() == 12


def test_for_many(desk: Client, branch: Branch) -> None:
    make.live(branch=branch, price=15_495)
    choose(desk, "change_price", *Listing.objects.all())
    run = BulkRun.objects.get()
    sent = {"unit": "figure", "amount": "12", "ending": "any", "previewed": "figure 12 any"}
    page = desk.post(f"{LIST}run/{run.pk}/", {**sent, "confirm": ""})
    assert page.context["preview"].doubtful == 1
    assert "less than a fifth" in page.content.decode()
    assert price() == 15_495
    desk.post(f"{LIST}run/{run.pk}/", {**sent, "confirm": "", "sure": "yes"})
    assert price() == 12


def test_by_the_stock_api(client: Client, branch: Branch) -> None:
    row = make.live(branch=branch, price=15_495)
    token = make.key(branch.dealer)
    send: dict[str, Any] = {
        "content_type": "application/json",
        "headers": {"authorization": f"Bearer {token}"},
    }
    address = f"/api/v1/stock/{row.pk}/"
    answer = client.patch(address, {"price": 12, "mileage": 5}, **send).json()
    assert (answer["price"], answer["mileage"]) == (15_495, 5)
    assert [each for each in answer["warnings"] if each["code"] == "price_doubtful"] == [
        {
            "code": "price_doubtful",
            "field": "price",
            "message": "£12 instead of £15,495: is a digit missing? "
            "It is not written: send price_confirmed with it.",
        }
    ]
    answer = client.patch(address, {"price": 12, "price_confirmed": True}, **send).json()
    assert (answer["price"], answer["warnings"]) == (12, [])
    refused = client.patch(address, {"price": 13, "price_confirmed": "yes"}, **send)
    assert refused.status_code == 400


def test_by_a_feed(branch: Branch) -> None:
    feed: StockFeed = make.feed(branch)
    bring(feed, [car(1, price=15_495), car(2, price=9_000)])
    bad = [car(1, price=1_200, mileage=72_900), car(2, price=8_500)]
    for _ in range(2):  # and the next file is asked the same again
        run = bring(feed, bad)
        (warned,) = run.rows.filter(warnings__contains=[{"code": "price_doubtful"}])
        assert warned.external_id == "S1"
        assert warned.warnings[-1]["message"] == (
            "£1,200 instead of £15,495: is a digit missing? "
            "The advert keeps its price; write it there if it is right."
        )
        found = Listing.objects.order_by("stock_ref").values_list("price", "mileage")
        assert list(found) == [(15_495, 72_900), (8_500, 72_253)]
    bring(feed, [car(1, price=14_995), car(2, price=8_500)])
    assert Listing.objects.get(stock_ref="S1").price == 14_995


def test_a_new_car_of_a_feed_goes_without(branch: Branch) -> None:
    feed = make.feed(branch)
    run = bring(feed, [car(1, price=12)])
    assert counts(run) == {"created": 1}
    assert price() is None
    bring(feed, [car(1, price=12_000)])
    assert price() == 12_000
