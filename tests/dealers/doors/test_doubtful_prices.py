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


@pytest.mark.parametrize("new", [99, 101, 2_001, 2_000, 1_999, 10_001, 49_999, 50_001, 999_999])
def test_a_file_and_a_system_hold_the_same_prices(client: Client, branch: Branch, new: int) -> None:
    feed = make.feed(branch)
    bring(feed, [car(1, price=10_000), car(2, price=10_000)])
    of_file, of_system = Listing.objects.order_by("stock_ref")
    bring(feed, [car(1, price=new), car(2, price=10_000)])
    answer = client.patch(
        f"/api/v1/stock/{of_system.pk}/",
        {"price": new},
        content_type="application/json",
        headers={"authorization": f"Bearer {make.key(branch.dealer)}"},
    )
    assert answer.status_code == 200
    of_file.refresh_from_db()
    assert answer.json()["price"] == of_file.price
    codes = [each["code"] for each in answer.json()["warnings"]]
    assert ("price_doubtful" in codes) == (of_file.price == 10_000)


BELOW = "£1,500 is far below what such cars ask, about £15,000: is a digit missing?"


def valued(branch: Branch, price: int | None) -> Listing:
    """Return an advert whose value is £15,000, whatever it asks."""
    row = make.live(branch=branch, price=price)
    make.value(row, 15_000)
    return row


def by_the_stock_api(client: Client, row: Listing, **body: Any) -> dict[str, Any]:
    send: dict[str, Any] = {
        "content_type": "application/json",
        "headers": {"authorization": f"Bearer {make.key(row.dealer)}"},
    }
    answer: dict[str, Any] = client.patch(f"/api/v1/stock/{row.pk}/", body, **send).json()
    return answer


def test_in_the_table_the_value_is_the_measure(desk: Client, branch: Branch) -> None:
    row = valued(branch, 6_500)
    typed = {"price": "1500", "seen": "6500"}
    assert desk.post(f"{LIST}{row.pk}/price/", typed).json() == {"ask": BELOW, "price": 6_500}
    assert desk.post(f"{LIST}{row.pk}/price/", {**typed, "sure": "yes"}).json()["price"] == 1_500
    mended = desk.post(f"{LIST}{row.pk}/price/", {"price": "15000", "seen": "1500"}).json()
    assert mended["price"] == 15_000


def test_what_was_let_through_is_asked_no_more(desk: Client, branch: Branch) -> None:
    row = valued(branch, 2_000)
    answer = desk.post(f"{LIST}{row.pk}/price/", {"price": "1950", "seen": "2000"}).json()
    assert answer["price"] == 1_950
    answer = desk.post(f"{LIST}{row.pk}/price/", {"price": "150000", "seen": "1950"}).json()
    assert answer["ask"] == (
        "£150,000 is far above what such cars ask, about £15,000: is a digit too many?"
    )


def test_in_the_form_a_price_is_weighed_by_the_value(desk: Client, branch: Branch) -> None:
    row = valued(branch, None)
    typed = {**form_of(desk, row), "price": "1500"}
    form = desk.post(f"{LIST}{row.pk}/change/", typed).context["adminform"].form
    assert form.errors["price"] == [f"{BELOW} Save again if it is right."]
    assert price() is None
    again = {**typed, "doubted_price": form["doubted_price"].value()}
    assert desk.post(f"{LIST}{row.pk}/change/", again).status_code == 302
    assert price() == 1_500


def test_for_many_each_doubt_is_said(desk: Client, branch: Branch) -> None:
    rows = [valued(branch, 7_000), valued(branch, 16_000)]
    choose(desk, "change_price", *rows)
    run = BulkRun.objects.get()
    sent = {"unit": "pounds", "amount": "-5500", "ending": "any", "previewed": "pounds -5500 any"}
    page = desk.post(f"{LIST}run/{run.pk}/", {**sent, "confirm": ""})
    assert page.context["preview"].doubtful == 1
    assert BELOW in page.content.decode()
    assert set(Listing.objects.values_list("price", flat=True)) == {7_000, 16_000}
    desk.post(f"{LIST}run/{run.pk}/", {**sent, "confirm": "", "sure": "yes"})
    assert set(Listing.objects.values_list("price", flat=True)) == {1_500, 10_500}


def test_by_the_stock_api_the_value_is_the_measure(client: Client, branch: Branch) -> None:
    row = valued(branch, 6_500)
    answer = by_the_stock_api(client, row, price=1_500)
    assert answer["price"] == 6_500
    assert [(each["code"], each["message"]) for each in answer["warnings"]] == [
        ("price_doubtful", f"{BELOW} It is not written: send price_confirmed with it.")
    ]
    assert by_the_stock_api(client, row, price=1_500, price_confirmed=True)["price"] == 1_500
    answer = by_the_stock_api(client, row, price=14_950)
    assert (answer["price"], answer["warnings"]) == (14_950, [])


def test_by_a_feed_the_value_is_the_measure(branch: Branch) -> None:
    feed = make.feed(branch)
    bring(feed, [car(1, price=6_500), car(2, price=6_500)])
    for row in Listing.objects.all():
        make.value(row, 15_000)
    run = bring(feed, [car(1, price=1_500), car(2, price=15_995)])
    prices = Listing.objects.order_by("stock_ref").values_list("price", flat=True)
    assert list(prices) == [6_500, 15_995]
    (warned,) = run.rows.filter(warnings__contains=[{"code": "price_doubtful"}])
    assert warned.warnings[-1]["message"] == (
        f"{BELOW} The advert keeps its price; write it there if it is right."
    )


def test_a_value_that_is_uncertain_is_a_weak_measure(client: Client, branch: Branch) -> None:
    row = make.live(branch=branch, price=14_000)
    make.value(row, 15_000, low_90=9_000, high_90=25_000)
    assert by_the_stock_api(client, row, price=4_500)["price"] == 4_500
    assert by_the_stock_api(client, row, price=3_500)["price"] == 4_500


def offered(count: int, price: int, **fields: Any) -> None:
    """Have other dealers offer so many cars like those of `car`."""
    for _ in range(count):
        make.live(model=make.model(), price=price, year=car(1)["year"], **fields)


@pytest.mark.parametrize(("count", "written"), [(7, 1_500), (8, None)])
def test_a_new_car_of_a_feed_is_weighed_by_others_of_its_model(
    branch: Branch, count: int, written: int | None
) -> None:
    offered(count, 15_000)
    run = bring(make.feed(branch), [car(1, price=1_500)])
    assert counts(run) == {"created": 1}
    assert Listing.objects.get(dealer=branch.dealer).price == written


def test_a_new_car_of_the_stock_api_is_weighed_too(client: Client, branch: Branch) -> None:
    offered(8, 15_000)
    named = {name: car(1)[name] for name in ("make", "model")}
    answer = client.post(
        "/api/v1/stock/",
        {**named, "year": 2015, "mileage": 72_253, "price": 150_000},
        content_type="application/json",
        headers={"authorization": f"Bearer {make.key(branch.dealer)}"},
    ).json()
    assert answer["price"] is None
    assert [each["code"] for each in answer["warnings"]] == ["price_doubtful"]


def test_a_value_of_another_model_is_no_measure(client: Client, branch: Branch) -> None:
    row = valued(branch, 14_000)
    dear = make.model("488", make.make("Ferrari"))
    for _ in range(8):
        make.live(model=dear, price=140_000, year=row.year)
    changed = {"make": "Ferrari", "model": "488", "price": 145_000}
    answer = by_the_stock_api(client, row, **changed)
    assert (answer["price"], answer["warnings"]) == (145_000, [])
