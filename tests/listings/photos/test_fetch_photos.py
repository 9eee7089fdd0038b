"""Photos come from their addresses, in the order of the list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from listings.models import ListingEvent, Photo, PhotoSource
from listings.photos import remove_photo, reorder_photos
from listings.photos.downloads import fetch_due
from tests import make
from tests.listings.photos.fetched import asked, fetch_all, publish, shown, states, want
from tests.listings.photos.storage import uploaded
from tests.pictures import picture
from tests.websites import Page, Website

pytestmark = pytest.mark.django_db

FetchState = PhotoSource.FetchState


def test_photos_are_fetched_in_the_order_of_the_list(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20, 30)
    assert want(row, site, 30, 10, 20) == []
    assert shown(row) == []
    fetch_all(site)
    assert shown(row) == [30, 10, 20]
    assert states(row) == [FetchState.FETCHED] * 3
    assert not ListingEvent.objects.exists()


def test_covers_come_first(site: Website) -> None:
    publish(site, 10, 20, 30, 40)
    first, second = make.live(), make.live()
    want(first, site, 10, 20)
    want(second, site, 30, 40)
    PhotoSource.objects.update(next_attempt_at=timezone.now())
    PhotoSource.objects.filter(place=0).update(next_attempt_at=timezone.now() - timedelta(1))
    fetch_due(host=site.host, seconds_max=60)
    assert sorted(asked(site)[:2]) == ["/10.jpg", "/30.jpg"]


def test_the_first_photo_of_an_advert_is_due_before_the_others(site: Website) -> None:
    row = make.live()
    want(row, site, 10, 20, 30)
    due = list(row.photo_sources.values_list("next_attempt_at", flat=True))
    assert [(each - due[0]).total_seconds() for each in due if each and due[0]] == [0, 1, 2]


def test_a_list_that_is_the_same_changes_nothing(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20)
    want(row, site, 10, 20)
    fetch_all(site)
    before = list(PhotoSource.objects.order_by("pk").values())
    want(row, site, 10, 20)
    assert list(PhotoSource.objects.order_by("pk").values()) == before
    assert not fetch_due(host=site.host, seconds_max=60)
    assert len(site.asked) == 2


def test_a_photo_that_did_not_change_is_not_sent_nor_written_again(site: Website) -> None:
    row = make.live()
    publish(site, 10)
    want(row, site, 10)
    fetch_all(site)
    before = Photo.objects.values().get()
    fetch_all(site)
    assert [each.headers["If-None-Match"] for each in site.asked] == [None, '"10"']
    assert Photo.objects.values().get() == before


def test_the_same_bytes_without_an_etag_are_not_written_again(site: Website) -> None:
    row = make.live()
    site.pages["/10.jpg"] = Page(picture(size=(10, 10)))
    want(row, site, 10)
    fetch_all(site)
    before = Photo.objects.values().get()
    fetch_all(site)
    assert len(site.asked) == 2
    assert Photo.objects.values().get() == before


def test_another_picture_at_the_same_address_replaces_it_in_its_place(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20)
    want(row, site, 10, 20)
    fetch_all(site)
    site.pages["/10.jpg"] = Page(picture(size=(99, 10)), headers={"ETag": '"new"'})
    fetch_all(site)
    assert shown(row) == [99, 20]


def test_a_changed_order_needs_no_fetching(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20, 30)
    want(row, site, 10, 20, 30)
    fetch_all(site)
    want(row, site, 30, 20, 10)
    assert shown(row) == [30, 20, 10]
    assert len(site.asked) == 3
    assert ListingEvent.objects.get().changes == {"photo_urls": [3, 3]}


def test_photos_stay_until_their_successors_are_there(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20, 30, 40, 50)
    want(row, site, 10, 20, 30)
    fetch_all(site)
    want(row, site, 40, 50)
    assert shown(row) == [10, 20, 30]
    fetch_all(site)
    assert shown(row) == [40, 50]
    assert PhotoSource.objects.count() == 2


def test_a_shorter_list_drops_what_is_missing_at_once(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20, 30)
    want(row, site, 10, 20, 30)
    fetch_all(site)
    want(row, site, 10, 30)
    assert shown(row) == [10, 30]
    want(row, site)
    assert shown(row) == []
    assert not PhotoSource.objects.exists()


def test_a_photo_that_is_wanted_again_before_it_went_is_not_fetched_again(site: Website) -> None:
    row = make.live()
    publish(site, 10)
    want(row, site, 10)
    fetch_all(site)
    want(row, site, "slow")
    want(row, site, 10)
    assert shown(row) == [10]
    assert states(row) == [FetchState.FETCHED]
    assert asked(site) == ["/10.jpg"]


def test_photos_that_a_person_uploaded_stay_where_they_are(site: Website) -> None:
    row = make.live()
    uploaded(picture(size=(500, 10)), row)
    publish(site, 10, 20, 30)
    want(row, site, 10, 20)
    fetch_all(site)
    assert shown(row) == [500, 10, 20]
    want(row, site, 30, 20, 10)
    fetch_all(site)
    assert shown(row) == [500, 30, 20, 10]
    want(row, site)
    assert shown(row) == [500]


def test_the_order_that_a_person_made_outlives_a_late_photo(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20)
    want(row, site, 10, 20, 30)
    fetch_all(site)
    reorder_photos(
        listing_id=row.pk, photo_ids=[photo.pk for photo in row.photos.all()][::-1], actor_id=None
    )
    publish(site, 30)
    fetch_all(site)
    assert shown(row) == [20, 10, 30]


def test_a_photo_that_a_person_removed_stays_away(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20, 30)
    want(row, site, 10, 20)
    fetch_all(site)
    remove_photo(listing_id=row.pk, photo_id=row.photos.all()[0].pk, actor_id=None)
    fetch_all(site)
    want(row, site, 10, 20, 30)
    fetch_all(site)
    assert shown(row) == [20, 30]
    assert states(row) == [FetchState.REMOVED, FetchState.FETCHED, FetchState.FETCHED]
