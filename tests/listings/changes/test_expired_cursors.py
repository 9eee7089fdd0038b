"""A mirror that was away for too long, or whose database is another one now, starts over."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from listings import changes, periodic
from listings.models import ChangeFeed, Listing, ListingTombstone
from tests import make
from tests.listings.changes.mirrors import URL, Mirror
from tests.transactions import outlive_others

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mirror(client: Client) -> Mirror:
    return Mirror(client)


def assert_starts_over(mirror: Mirror) -> None:
    """Assert that the mirror is told to start over, and that this works."""
    answer = mirror.client.get(URL, {"after": mirror.after})
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    body = answer.json()
    assert (body["code"], body["start_over"]) == ("cursor_expired", f"http://testserver{URL}")
    mirror.held, mirror.after = {}, ""
    mirror.catch_up()
    assert sorted(mirror.held) == sorted(Listing.objects.public().values_list("pk", flat=True))
    mirror.catch_up()


def delete(car: Listing, *, days_ago: int) -> None:
    Listing.objects.filter(pk=car.pk).delete()
    long_ago = timezone.now() - timedelta(days=days_ago)
    ListingTombstone.objects.filter(listing_id=car.pk).update(deleted_at=long_ago)
    outlive_others()


def test_a_cursor_from_before_a_pruned_tombstone_is_gone(mirror: Mirror) -> None:
    old, young, _kept = make.live(), make.live(), make.live()
    mirror.catch_up()
    delete(old, days_ago=8)
    delete(young, days_ago=6)
    periodic.tend_changes()
    periodic.tend_changes()
    assert list(ListingTombstone.objects.values_list("listing_id", flat=True)) == [young.pk]
    assert_starts_over(mirror)


def test_a_cursor_from_after_a_pruned_tombstone_goes_on(mirror: Mirror) -> None:
    old, other = make.live(), make.live()
    delete(old, days_ago=8)
    mirror.catch_up()
    changes.prune_tombstones()
    Listing.objects.filter(pk=other.pk).update(price=1)
    assert mirror.catch_up() == [("upsert", other.pk)]


def test_the_stock_half_read_when_a_tombstone_was_pruned_is_read_again(mirror: Mirror) -> None:
    cars = [make.live() for _ in range(3)]
    mirror.read_page(size=1)
    delete(cars[0], days_ago=8)
    changes.prune_tombstones()
    assert_starts_over(mirror)


def test_what_a_running_transaction_may_still_have_to_be_told_is_kept(mirror: Mirror) -> None:
    car = make.live()
    other = connection.copy()
    other.set_autocommit(False)
    with closing(other), other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        Listing.objects.filter(pk=car.pk).delete()
        ListingTombstone.objects.update(deleted_at=timezone.now() - timedelta(days=8))
        assert changes.prune_tombstones() == 0
    outlive_others()
    assert changes.prune_tombstones() == 1


def test_pruning_again_never_forgets_how_far_it_went(mirror: Mirror) -> None:
    first, second = make.live(), make.live()
    delete(first, days_ago=6)
    delete(second, days_ago=9)
    changes.prune_tombstones()
    pruned_to = ChangeFeed.objects.get().pruned_to
    assert pruned_to is not None
    ListingTombstone.objects.update(deleted_at=timezone.now() - timedelta(days=8))
    changes.prune_tombstones()
    assert ChangeFeed.objects.get().pruned_to == pruned_to
    assert not ListingTombstone.objects.exists()


def test_truncated_tables_are_another_stock(mirror: Mirror) -> None:
    make.live()
    mirror.catch_up()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE listings_listing CASCADE")
    assert_starts_over(mirror)


def test_an_operator_can_tell_every_mirror_to_start_over(mirror: Mirror) -> None:
    make.live()
    mirror.catch_up()
    call_command("restart_changes")
    assert_starts_over(mirror)
    call_command("restart_changes")
    assert_starts_over(mirror)


@pytest.mark.parametrize("after", ["x", "a.b.c", "é", "WyJjaGFuZ2VzIl0.x", "x" * 20_000])
def test_a_cursor_that_is_none_is_refused(client: Client, after: str) -> None:
    answer = client.get(URL, {"after": after})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert list(answer.json()["fields"]) == ["after"]


def test_a_cursor_of_another_list_is_refused(client: Client) -> None:
    for _ in range(2):
        make.live()
    other = client.get("/api/v1/listings/", {"page_size": 1}).json()["next_cursor"]
    answer = client.get(URL, {"after": other})
    assert (answer.status_code, answer.json()["code"]) == (400, "stale_cursor")


@pytest.mark.parametrize(("name", "value"), [("page_size", 1_001), ("page_size", 0), ("size", 5)])
def test_a_parameter_that_is_not_understood_is_refused(
    client: Client, name: str, value: int
) -> None:
    answer = client.get(URL, {name: value})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [name])
