"""Somebody mirrors the public stock by the change feed."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dealers.models import Branch, Dealer
from listings.adverts import lifecycle
from listings.models import Listing, Photo
from tests import make
from tests.listings.changes.mirrors import URL, Mirror

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mirror(client: Client) -> Mirror:
    return Mirror(client)


def test_the_feed_begins_with_the_whole_public_stock(mirror: Mirror) -> None:
    cars = [make.live() for _ in range(5)]
    make.draft()
    make.live(expires_at=timezone.now() - timedelta(seconds=1))
    make.live(branch=make.branch(make.dealer(is_active=False)))
    assert mirror.catch_up(size=2) == [("upsert", car.pk) for car in cars]
    assert mirror.catch_up() == []


def test_an_upsert_is_the_advert_as_its_own_address_shows_it(mirror: Mirror) -> None:
    car = make.live()
    Photo.objects.create(listing=car, image="photos/a.jpg", width=640, height=480, position=0)
    mirror.catch_up()
    assert mirror.held == {car.pk: mirror.shown(car.pk)}
    assert mirror.held[car.pk]["expires_at"] is not None


def test_what_is_published_edited_and_sold_is_told(mirror: Mirror) -> None:
    draft, edited, sold = make.draft(), make.live(), make.live()
    mirror.catch_up()
    lifecycle.publish(listing_id=draft.pk, actor_id=None)
    Listing.objects.filter(pk=edited.pk).update(price=29_999)
    lifecycle.sell(listing_id=sold.pk, actor_id=None)
    told = [("upsert", draft.pk), ("upsert", edited.pk), ("removal", sold.pk)]
    assert mirror.catch_up() == told
    assert mirror.held[edited.pk]["price"] == 29_999
    assert mirror.catch_up() == []


def test_what_was_never_public_leaves_no_trace(mirror: Mirror) -> None:
    mirror.catch_up()
    draft = make.draft()
    Listing.objects.filter(pk=draft.pk).update(price=1)
    Listing.objects.filter(pk=draft.pk).delete()
    assert mirror.catch_up() == []


def test_what_is_deleted_is_told(mirror: Mirror) -> None:
    cars = [make.live() for _ in range(5)]
    mirror.catch_up()
    Listing.objects.filter(pk__in=[car.pk for car in cars[:4]]).delete()
    Listing.objects.filter(pk=cars[4].pk).update(price=1)
    assert mirror.catch_up(size=2) == [
        *[("removal", car.pk) for car in cars[:4]],
        ("upsert", cars[4].pk),
    ]
    assert list(mirror.held) == [cars[4].pk]


@pytest.mark.parametrize("flag", ["is_active", "is_sandbox"])
def test_a_hidden_dealer_takes_its_stock_along(mirror: Mirror, flag: str) -> None:
    car = make.live()
    mirror.catch_up()
    shown = getattr(car.dealer, flag)
    Dealer.objects.filter(pk=car.dealer_id).update(**{flag: not shown})
    assert mirror.catch_up() == [("removal", car.pk)]
    Dealer.objects.filter(pk=car.dealer_id).update(**{flag: shown})
    assert mirror.catch_up() == [("upsert", car.pk)]


def test_an_advert_whose_time_is_over_is_removed_with_the_sweep(mirror: Mirror) -> None:
    car = make.live()
    mirror.catch_up()
    over = timezone.now() - timedelta(seconds=1)
    Listing.objects.filter(pk=car.pk).update(status="expired", expires_at=over)
    assert mirror.catch_up() == [("removal", car.pk)]


def test_whatever_an_advert_shows_is_a_change_of_it(mirror: Mirror) -> None:
    car = make.live()
    expired = make.live(branch=car.branch, status="expired")
    mirror.catch_up()
    Dealer.objects.filter(pk=car.dealer_id).update(email="other@example.com")
    assert mirror.catch_up() == []
    Dealer.objects.filter(pk=car.dealer_id).update(name="Northern Cars")
    assert mirror.catch_up() == [("upsert", car.pk)]
    Branch.objects.filter(pk=car.branch_id).update(town="Leeds")
    assert mirror.catch_up() == [("upsert", car.pk)]
    photo = Photo.objects.create(listing=car, image="a.jpg", width=9, height=9, position=0)
    assert mirror.catch_up() == [("upsert", car.pk)]
    photo.delete()
    assert mirror.catch_up() == [("upsert", car.pk)]
    car.model.slug = "rangerover"
    car.model.save()
    assert mirror.catch_up() == [("upsert", car.pk)]
    assert mirror.held[car.pk]["dealer"]["name"] == "Northern Cars"
    assert mirror.held[car.pk]["town"] == "Leeds"
    assert expired.pk not in mirror.held


def test_an_advert_written_with_its_photos_is_written_once() -> None:
    def version(row: Listing) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid::text FROM listings_listing WHERE id = %s", [row.pk])
            return str(cursor.fetchone()[0])

    with transaction.atomic():
        car = make.live()
        before = version(car)
        Photo.objects.create(listing=car, image="a.jpg", width=9, height=9, position=0)
        assert version(car) == before
    Photo.objects.create(listing=car, image="b.jpg", width=9, height=9, position=1)
    assert version(car) != before


def test_what_changes_between_two_pages_comes_again(mirror: Mirror) -> None:
    cars = [make.live() for _ in range(6)]
    mirror.catch_up()
    for car in cars:
        Listing.objects.filter(pk=car.pk).update(mileage=1_000)
    mirror.read_page(size=2)
    Listing.objects.filter(pk=cars[0].pk).update(mileage=2_000)
    Listing.objects.filter(pk=cars[5].pk).update(mileage=3_000)
    told = mirror.catch_up(size=2)
    assert told == [("upsert", car.pk) for car in (cars[2], cars[3], cars[4])]
    assert mirror.catch_up() == [("upsert", cars[0].pk), ("upsert", cars[5].pk)]
    assert [mirror.held[car.pk]["mileage"] for car in cars] == [2_000, *[1_000] * 4, 3_000]


def test_what_changes_while_the_stock_is_read_comes_after_it(mirror: Mirror) -> None:
    cars = [make.live() for _ in range(4)]
    mirror.read_page(size=2)
    lifecycle.sell(listing_id=cars[0].pk, actor_id=None)
    lifecycle.sell(listing_id=cars[3].pk, actor_id=None)
    added = make.live()
    mirror.catch_up()
    mirror.catch_up()
    assert list(mirror.held) == [cars[1].pk, cars[2].pk, added.pk]


def test_many_adverts_of_one_transaction_are_paged_through(mirror: Mirror) -> None:
    cars = [make.live() for _ in range(7)]
    mirror.catch_up()
    Listing.objects.update(mileage=5)
    assert mirror.catch_up(size=3) == [("upsert", car.pk) for car in cars]


def test_a_mirror_that_takes_a_page_twice_misses_nothing(mirror: Mirror) -> None:
    cars = [make.live() for _ in range(4)]
    mirror.catch_up()
    Listing.objects.update(mileage=5)
    before = mirror.after
    mirror.read_page(size=3)
    mirror.after = before
    assert mirror.catch_up(size=3) == [("upsert", car.pk) for car in cars]


def test_a_page_costs_the_same_queries_whatever_its_size(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mirror = Mirror(client)
    mirror.catch_up()
    for size in (1, 6):
        for _ in range(size):
            make.live()
        with django_assert_num_queries(8):  # BEGIN and COMMIT included
            assert len(mirror.read_page()["results"]) == size


def test_the_answer_is_never_kept_by_a_cache(client: Client) -> None:
    answer = client.get(URL)
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["next"] == f"http://testserver{URL}?after={answer.json()['after']}"
