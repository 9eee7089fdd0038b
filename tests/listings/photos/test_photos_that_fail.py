"""Addresses that fail: tried again with patience, and nothing that is there is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from listings.adverts import lifecycle
from listings.models import PhotoSource
from listings.photos import set_photo_urls
from listings.photos.downloads import due_hosts, fetch_due
from tests import make
from tests.listings.photos.fetched import asked, fetch_all, publish, shown, states, want
from tests.listings.photos.storage import uploaded
from tests.pictures import picture
from tests.websites import Page, Website

pytestmark = pytest.mark.django_db

FetchState = PhotoSource.FetchState


def test_photos_stay_when_their_successors_fail(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20, 30)
    want(row, site, 10, 20, 30)
    fetch_all(site)
    publish(site, 40)
    want(row, site, 40, "gone")
    fetch_all(site)
    assert shown(row) == [40, 20, 30], "the second may still come"
    PhotoSource.objects.filter(state=FetchState.PENDING).update(attempts=5)
    fetch_all(site)
    assert shown(row) == [40, 20]
    assert states(row) == [FetchState.FETCHED, FetchState.FAILED]


def test_photos_stay_when_no_successor_comes(site: Website) -> None:
    row = make.live()
    publish(site, 10, 20)
    want(row, site, 10, 20)
    fetch_all(site)
    site.pages["/broken.jpg"] = Page(b"<html>Not found</html>")
    want(row, site, "broken")
    fetch_all(site)
    assert states(row) == [FetchState.FAILED]
    assert shown(row) == [10, 20]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (Page(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a JPEG, PNG, WebP or HEIC"),
        (Page(picture("GIF")), "not a JPEG, PNG, WebP or HEIC"),
        (Page(picture()[:100]), "broken or cut off"),
        (Page(b"x", headers={"Content-Length": str(10**9)}), "more than 20,971,520 bytes"),
        (Page(status=403), r"does not answer us \(403\)"),
        (Page(status=302, headers={"Location": "http://10.0.0.1/"}), "not on the public internet"),
    ],
)
def test_what_is_no_photo_is_given_up_with_the_reason(
    site: Website, page: Page, reason: str
) -> None:
    row = make.live()
    publish(site, 10)
    site.pages["/bad.jpg"] = page
    want(row, site, "bad", 10)
    fetch_all(site)
    assert shown(row) == [10]
    failed = row.photo_sources.get(state=FetchState.FAILED)
    assert reason.replace("\\", "") in failed.reason
    assert failed.next_attempt_at is None


def test_an_address_inside_is_never_asked(settings: Settings, site: Website) -> None:
    settings.FETCH_ALLOWED_HOSTS = []
    row = make.live()
    want(row, site, 10)
    fetch_all(site)
    assert states(row) == [FetchState.FAILED]
    assert site.asked == []


@pytest.mark.parametrize("status", [404, 429, 503])
def test_what_may_come_later_is_tried_again_later_and_later(site: Website, status: int) -> None:
    row = make.live()
    site.pages["/10.jpg"] = Page(status=status)
    want(row, site, 10)
    waits = []
    for _ in range(5):
        fetch_all(site)
        source = row.photo_sources.get()
        assert source.state == FetchState.PENDING
        assert source.next_attempt_at is not None
        waits.append(round((source.next_attempt_at - timezone.now()) / timedelta(minutes=1)))
    assert waits == [2, 10, 60, 360, 1440]
    fetch_all(site)
    assert states(row) == [FetchState.FAILED]
    assert len(site.asked) == 6


def test_a_server_says_when_to_come_again(site: Website) -> None:
    row = make.live()
    site.pages["/10.jpg"] = Page(status=429, headers={"Retry-After": "7200"})
    want(row, site, 10)
    fetch_all(site)
    due = row.photo_sources.get().next_attempt_at
    assert due is not None
    assert round((due - timezone.now()) / timedelta(minutes=1)) == 120


def test_a_host_that_cannot_answer_is_left_alone(site: Website) -> None:
    row = make.live()
    site.pages["/10.jpg"] = Page(status=503)
    publish(site, 20)
    want(row, site, 10, 20)
    PhotoSource.objects.filter(place=1).update(next_attempt_at=timezone.now())
    fetch_due(host=site.host, seconds_max=60)
    assert asked(site) == ["/10.jpg"]


def test_a_photo_that_is_gone_from_its_address_stays_on_the_advert(site: Website) -> None:
    row = make.live()
    publish(site, 10)
    want(row, site, 10)
    fetch_all(site)
    site.pages.clear()
    for _ in range(7):
        fetch_all(site)
    assert shown(row) == [10]
    assert states(row) == [FetchState.FETCHED]
    assert "has nothing" in row.photo_sources.get().reason


def test_photos_of_a_car_that_is_gone_are_not_looked_at_again(site: Website) -> None:
    row = make.live()
    publish(site, 10)
    want(row, site, 10)
    fetch_all(site)
    lifecycle.sell(listing_id=row.pk, actor_id=None)
    fetch_all(site)
    assert len(site.asked) == 1


def test_an_advert_has_a_limit_of_photos_wherever_they_come_from(
    site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listings.photos.order.PHOTOS_MAX", 2)
    row = make.live()
    uploaded(picture(size=(500, 10)), row)
    publish(site, 10, 20)
    want(row, site, 10, 20)
    fetch_all(site)
    assert shown(row) == [500, 10]
    assert (
        row.photo_sources.get(state=FetchState.FAILED).reason == "An advert has at most 2 photos."
    )


def test_a_worker_that_dies_leaves_the_photo_due_later_and_not_for_ever(site: Website) -> None:
    row = make.live()
    publish(site, 10)
    want(row, site, 10)
    PhotoSource.objects.update(attempts=6)
    fetch_all(site)
    assert site.asked == []
    assert row.photo_sources.get().reason == "Fetching this photo was broken off too often."


@pytest.mark.django_db(transaction=True)
def test_few_fetch_from_a_host_at_once(site: Website) -> None:
    row = make.live()
    publish(site, 10)
    want(row, site, 10)
    held: list[Any] = []
    try:
        for slot in range(2):
            held.append(connection.copy())
            with held[-1].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_lock(1885892468, hashtext(%s))", [f"{slot} {site.host}"]
                )
        assert not fetch_due(host=site.host, seconds_max=60)
        assert site.asked == []
    finally:
        for other in held:
            with other.cursor() as cursor:  # the pool keeps its connections, and their locks
                cursor.execute("SELECT pg_advisory_unlock_all()")
            other.close()
    assert not fetch_due(host=site.host, seconds_max=60)
    assert shown(row) == [10]


def test_hosts_with_something_due_are_known(site: Website) -> None:
    row = make.live()
    urls = [f"https://{name}.example/1.jpg" for name in "cab"]
    set_photo_urls(listing_id=row.pk, urls=urls, actor_id=None)
    PhotoSource.objects.update(next_attempt_at=timezone.now())
    PhotoSource.objects.filter(host="b.example").update(
        next_attempt_at=timezone.now() + timedelta(hours=1)
    )
    assert sorted(due_hosts(limit=10)) == ["a.example", "c.example"]
    assert len(due_hosts(limit=1)) == 1
