"""Pages that hold while the stock changes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/listings/"
ORDERINGS = (
    "price",
    "-price",
    "mileage",
    "-mileage",
    "year",
    "-year",
    "newest",
    "-newest",
    "price,-year",
    "-price,year",
    "year,price",
    "-year,-price",
    "price,price,-price",
    "year,-mileage,price",
)


def stock() -> list[Listing]:
    """Return twelve adverts with ties and prices on application."""
    now = timezone.now()
    place = make.branch()
    return [
        make.live(
            branch=place,
            price=None if number % 4 == 3 else 10_000 + number // 3 * 500,
            year=2015 + number % 3,
            mileage=10_000 * (number % 2),
            published_at=now - timedelta(hours=number % 5),
        )
        for number in range(12)
    ]


def expected(rows: list[Listing], ordering: str) -> list[int]:
    terms = list(dict.fromkeys(term.lstrip("-") for term in ordering.split(",")))
    given = {term.lstrip("-"): term.startswith("-") for term in reversed(ordering.split(","))}
    ordered = sorted(rows, key=lambda row: row.pk, reverse=_falls(terms[-1], given))
    for name in reversed(terms):
        column = "published_at" if name == "newest" else name
        ordered.sort(key=lambda row: getattr(row, column) or 0, reverse=_falls(name, given))
        if name == "price":
            ordered.sort(key=lambda row: row.price is None)
    return [row.pk for row in ordered]


def _falls(name: str, given: dict[str, bool]) -> bool:
    return given[name] != (name == "newest")


def pages(client: Client, query: dict[str, str | int]) -> Iterator[list[int]]:
    link: str | None = None
    while True:
        body = (client.get(link) if link else client.get(URL, query)).json()
        yield [card["id"] for card in body["results"]]
        link = body["next"]
        if link is None:
            return


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("size", [1, 5, 6])
def test_pages_forwards_hold_every_advert_once_in_order(
    client: Client, ordering: str, size: int
) -> None:
    rows = stock()
    read = list(pages(client, {"ordering": ordering, "page_size": size}))
    assert [row for page in read for row in page] == expected(rows, ordering)
    assert {len(page) for page in read[:-1]} <= {size}


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_backwards_are_the_same_pages(client: Client, ordering: str) -> None:
    rows = stock()
    body = client.get(URL, {"ordering": ordering, "page_size": "5"}).json()
    while body["next"]:
        body = client.get(body["next"]).json()
    read = [card["id"] for card in body["results"]]
    while body["previous"]:
        body = client.get(body["previous"]).json()
        assert body["next"]
        read = [card["id"] for card in body["results"]] + read
    assert read == expected(rows, ordering)


def test_adverts_without_distance_and_price_are_on_the_last_pages(client: Client) -> None:
    nowhere = make.branch(latitude=None, longitude=None)
    rows = [make.live(branch=nowhere, price=price) for price in (9_000, None, None)]
    query: dict[str, str | int] = {
        "near": "53.8,-1.55",
        "ordering": "distance,price",
        "page_size": 1,
    }
    read = [row for page in pages(client, query) for row in page]
    assert read == [row.pk for row in rows]


def test_adverts_are_newest_first_unless_told_otherwise(client: Client) -> None:
    rows = stock()
    read = [row for page in pages(client, {"page_size": 7}) for row in page]
    assert read == expected(rows, "newest")


def test_a_cursor_holds_under_inserts_sales_and_price_changes(client: Client) -> None:
    place = make.branch()
    rows = [make.live(branch=place, price=1_000 * number) for number in range(1, 9)]
    body = client.get(URL, {"ordering": "price", "page_size": "3"}).json()
    make.live(branch=place, price=500)
    added = make.live(branch=place, price=4_500)
    Listing.objects.filter(pk=rows[2].pk).update(price=9_000)
    Listing.objects.filter(pk=rows[0].pk).update(status="withdrawn")
    rest = [card["id"] for card in client.get(body["next"]).json()["results"]]
    assert rest == [rows[3].pk, added.pk, rows[4].pk]


def test_a_cursor_of_other_filters_is_stale(client: Client) -> None:
    stock()
    cursor = client.get(URL, {"page_size": "2"}).json()["next_cursor"]
    others: list[dict[str, str | int]] = [{"year_min": 2016}, {"ordering": "price"}]
    for other in others:
        answer = client.get(URL, {**other, "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "stale_cursor")


def test_the_page_size_may_change_between_pages(client: Client) -> None:
    rows = stock()
    first = client.get(URL, {"page_size": "2"}).json()
    rest = client.get(URL, {"page_size": "100", "cursor": first["next_cursor"]}).json()
    read = [card["id"] for card in first["results"] + rest["results"]]
    assert read == expected(rows, "newest")
    assert rest["next"] is None


def test_a_damaged_cursor_is_refused(client: Client) -> None:
    stock()
    cursor = client.get(URL, {"page_size": "2"}).json()["next_cursor"]
    answer = client.get(URL, {"cursor": f"{cursor[:-1]}{'a' if cursor[-1] != 'a' else 'b'}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_count_is_given_where_it_is_asked_for(client: Client) -> None:
    stock()
    assert client.get(URL, {"count": "exact", "page_size": "1"}).json()["count"] == 12
    assert client.get(URL, {"page_size": "1"}).json()["count"] is None
