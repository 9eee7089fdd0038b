"""The list of addresses that an advert's photos come from, for one advert or for very many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from listings.exceptions import ListingNotFound
from listings.models import Listing, ListingEvent, PhotoSource
from listings.photos import set_photo_urls, set_photo_urls_in_bulk
from tests import make

pytestmark = pytest.mark.django_db

SITE = "https://cars.example"


def urls_of(listing: Listing) -> list[str]:
    return list(listing.photo_sources.wanted().values_list("url", flat=True))


def test_the_addresses_are_kept_in_their_order_and_each_once() -> None:
    row = make.live()
    urls = [f"{SITE}/{name}" for name in ("b", "a", "b", "c")]
    assert set_photo_urls(listing_id=row.pk, urls=urls, actor_id=None) == []
    assert urls_of(row) == [f"{SITE}/b", f"{SITE}/a", f"{SITE}/c"]
    assert set(PhotoSource.objects.values_list("host", "state")) == {("cars.example", "pending")}


def test_an_address_that_is_none_is_a_warning_and_the_others_are_kept() -> None:
    row = make.live()
    urls = ["", f"{SITE}/a", "ftp://cars.example/b", f"{SITE}/{{resize}}/c"]
    assert set_photo_urls(listing_id=row.pk, urls=urls, actor_id=None) == [
        "Photo 1: This is not a web address.",
        "Photo 3: This is not a web address.",
    ]
    assert urls_of(row) == [f"{SITE}/a", f"{SITE}/w1024h768/c"]


def test_there_is_a_limit_to_the_addresses() -> None:
    row = make.live()
    urls = [f"{SITE}/{number}" for number in range(52)]
    assert set_photo_urls(listing_id=row.pk, urls=urls, actor_id=None) == [
        "Only the first 50 of 52 photos are taken."
    ]
    assert urls_of(row) == urls[:50]


def test_there_must_be_an_advert() -> None:
    with pytest.raises(ListingNotFound):
        set_photo_urls(listing_id=1, urls=[], actor_id=None)


def test_who_changed_the_list_is_logged() -> None:
    row, boss = make.live(), make.staff()
    set_photo_urls(listing_id=row.pk, urls=[f"{SITE}/a"], actor_id=boss.pk)
    set_photo_urls(listing_id=row.pk, urls=[f"{SITE}/a"], actor_id=boss.pk)
    set_photo_urls(listing_id=row.pk, urls=[f"{SITE}/a", f"{SITE}/b"], actor_id=None)
    events = ListingEvent.objects.order_by("pk").values_list("kind", "actor", "changes")
    assert list(events) == [
        ("edited", boss.pk, {"photo_urls": [0, 1]}),
        ("edited", None, {"photo_urls": [1, 2]}),
    ]


def test_only_adverts_whose_list_differs_are_touched() -> None:
    same, reordered, shorter, emptied, fresh, other = (make.live() for _ in range(6))
    known = [same, reordered, shorter, emptied, other]
    ab = [f"{SITE}/a", f"{SITE}/b"]
    set_photo_urls_in_bulk([(row.pk, ab) for row in known], actor_id=None)
    unknown = other.pk + 1_000
    done = set_photo_urls_in_bulk(
        [
            (same.pk, ab),
            (reordered.pk, ab[::-1]),
            (shorter.pk, ab[:1]),
            (emptied.pk, []),
            (fresh.pk, ["nonsense", f"{SITE}/c"]),
            (unknown, ab),
        ],
        actor_id=None,
    )
    assert done.changed == {reordered.pk, shorter.pk, emptied.pk, fresh.pk}
    assert done.warnings == {fresh.pk: ["Photo 1: This is not a web address."]}
    assert [urls_of(row) for row in (same, reordered, shorter, emptied, fresh, other)] == [
        ab,
        ab[::-1],
        ab[:1],
        [],
        [f"{SITE}/c"],
        ab,
    ]
    assert set(ListingEvent.objects.values_list("listing", flat=True)) == {
        reordered.pk,
        shorter.pk,
        emptied.pk,
    }


def test_what_failed_is_tried_again_when_the_list_changes() -> None:
    row = make.live()
    set_photo_urls(listing_id=row.pk, urls=[f"{SITE}/a"], actor_id=None)
    PhotoSource.objects.update(state="failed", next_attempt_at=None, attempts=6, reason="gone")
    set_photo_urls(listing_id=row.pk, urls=[f"{SITE}/a", f"{SITE}/b"], actor_id=None)
    first = row.photo_sources.all()[0]
    assert (first.state, first.attempts) == ("pending", 0)
    assert first.next_attempt_at is not None


def test_a_thousand_adverts_cost_as_many_queries_as_one() -> None:
    rows = [make.live() for _ in range(20)]
    with CaptureQueriesContext(connection) as one:
        set_photo_urls_in_bulk([(rows[0].pk, [f"{SITE}/a"])], actor_id=None)
    with CaptureQueriesContext(connection) as many:
        set_photo_urls_in_bulk([(row.pk, [f"{SITE}/b"]) for row in rows], actor_id=None)
    assert len(many) == len(one)
    assert PhotoSource.objects.count() == 20
