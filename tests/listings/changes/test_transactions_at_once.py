"""Transactions that end in another order than they began; each has a connection of its own."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.test import Client

from listings.models import Listing
from tests import make
from tests.listings.changes.connections import another
from tests.listings.changes.mirrors import Mirror

pytestmark = pytest.mark.django_db(transaction=True)
EDIT = "UPDATE listings_listing SET price = %s WHERE id = %s"


@pytest.fixture
def writers() -> Iterator[list]:
    with ExitStack() as stack:
        yield [stack.enter_context(another()) for _ in range(3)]


@pytest.fixture
def mirror(client: Client) -> Mirror:
    return Mirror(client)


def test_a_long_transaction_that_commits_after_later_ones_is_told(
    mirror: Mirror, writers: list
) -> None:
    slow, quick = make.live(), make.live()
    mirror.catch_up()
    writers[0].execute(EDIT, [1_000, slow.pk])
    Listing.objects.filter(pk=quick.pk).update(price=2_000)
    assert mirror.catch_up() == [("upsert", quick.pk)]
    Listing.objects.filter(pk=quick.pk).update(price=3_000)
    writers[0].commit()
    assert mirror.catch_up() == [("upsert", slow.pk), ("upsert", quick.pk)]
    assert [mirror.held[car.pk]["price"] for car in (slow, quick)] == [1_000, 3_000]
    assert mirror.catch_up() == []


def test_what_commits_between_two_pages_comes_in_the_next_round(
    mirror: Mirror, writers: list
) -> None:
    slow, slower, *quick = [make.live() for _ in range(6)]
    mirror.catch_up()
    writers[0].execute(EDIT, [1_000, slow.pk])
    writers[1].execute(EDIT, [2_000, slower.pk])
    for car in quick:
        Listing.objects.filter(pk=car.pk).update(price=3_000)
    mirror.read_page(size=1)
    writers[1].commit()
    mirror.read_page(size=1)
    writers[0].commit()
    assert mirror.catch_up(size=1) == [("upsert", car.pk) for car in quick[2:]]
    assert mirror.catch_up(size=1) == [("upsert", slow.pk), ("upsert", slower.pk)]


def test_a_transaction_open_while_the_whole_stock_is_read_is_told_after_it(
    mirror: Mirror, writers: list
) -> None:
    gone, kept = make.live(), make.live()
    for table in ("listings_pricechange", "listings_listing"):
        column = "id" if table == "listings_listing" else "listing_id"
        writers[0].execute(f"DELETE FROM {table} WHERE {column} = %s", [gone.pk])  # noqa: S608
    mirror.catch_up()
    assert sorted(mirror.held) == [gone.pk, kept.pk]
    writers[0].commit()
    assert mirror.catch_up() == [("removal", gone.pk)]


def test_several_transactions_that_end_one_by_one_are_each_told_once(
    mirror: Mirror, writers: list
) -> None:
    cars = [make.live() for _ in range(6)]
    mirror.catch_up()
    for number, car in enumerate(cars):
        writers[number % 3].execute(EDIT, [1_000 + number, car.pk])
    for number in (1, 2, 0):
        writers[number].commit()
        expected = [("upsert", cars[number].pk), ("upsert", cars[number + 3].pk)]
        assert mirror.catch_up(size=1) == expected
    assert mirror.catch_up() == []


def test_what_was_rolled_back_is_not_told(mirror: Mirror, writers: list) -> None:
    car = make.live()
    mirror.catch_up()
    writers[0].execute(EDIT, [1_000, car.pk])
    assert mirror.catch_up() == []
    writers[0].rollback()
    assert mirror.catch_up() == []
