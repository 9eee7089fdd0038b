"""What is told of adverts, enquiries and runs of feeds, and to whom."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dealers.models import (
    EVENTS_OF,
    Dealer,
    FeedRun,
    WebhookAudience,
    WebhookListing,
    WebhookMessage,
)
from dealers.permissions import SYSTEM
from dealers.webhooks.endpoints import add_endpoint, end_endpoint
from listings.choices import Status
from listings.models import Enquiry, Listing
from tests import make
from tests.dealers.webhooks.follower import Follower
from tests.listings.buyers.sending import send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer()


@pytest.fixture
def car(dealer: Dealer) -> Listing:
    return make.live(branch=make.branch(dealer), stock_ref="A-1")


def subscribe(dealer: Dealer) -> int:
    made = add_endpoint(
        dealer_id=dealer.pk,
        actor=SYSTEM,
        url="https://example.com/hook",
        events=EVENTS_OF[WebhookAudience.DEALER],
    )
    return made.endpoint.pk


def told() -> list[tuple[str, Any]]:
    rows = WebhookMessage.objects.order_by("pk")
    return [(row.type, body_of(row)["id"]) for row in rows]


def body_of(row: WebhookMessage) -> Any:
    return json.loads(row.body)["data"]


def test_changes_of_an_advert_are_told_by_what_changed(
    follower: Follower, dealer: Dealer, car: Listing
) -> None:
    subscribe(dealer)
    follower.catch_up()
    assert told() == []  # it was there before
    Listing.objects.filter(pk=car.pk).update(price=30_000)
    follower.catch_up()
    Listing.objects.filter(pk=car.pk).update(status=Status.WITHDRAWN)
    follower.catch_up()
    Listing.objects.filter(pk=car.pk).update(mileage=72_999)
    follower.catch_up()
    Listing.objects.filter(pk=car.pk).update(price=29_000, status=Status.EXPIRED)
    follower.catch_up()
    Listing.objects.filter(pk=car.pk).delete()
    follower.catch_up()
    assert told() == [
        ("listing.price_changed", car.pk),
        ("listing.status_changed", car.pk),
        ("listing.updated", car.pk),
        ("listing.price_changed", car.pk),
        ("listing.status_changed", car.pk),
        ("listing.removed", car.pk),
    ]
    first = body_of(WebhookMessage.objects.order_by("pk")[0])
    assert first == {
        "id": car.pk,
        "stock_ref": "A-1",
        "status": "live",
        "price": 30_000,
        "previous_price": 33_999,
        "url": first["url"],
    }
    assert first["url"].endswith(f"/api/v1/stock/{car.pk}/")
    assert not WebhookListing.objects.exists()


def test_a_new_advert_is_told_when_it_is_first_published_and_once(
    follower: Follower, dealer: Dealer, car: Listing
) -> None:
    subscribe(dealer)
    draft = make.draft(branch=car.branch)
    follower.catch_up()
    assert told() == []
    now = timezone.now()
    published = {"status": Status.LIVE, "published_at": now, "confirmed_at": now}
    Listing.objects.filter(pk=draft.pk).update(**published, expires_at=now + timedelta(days=3))
    follower.catch_up()
    follower.catch_up()
    assert told() == [("listing.created", draft.pk)]


def test_of_dealers_without_an_endpoint_nothing_is_told_or_kept(
    follower: Follower, dealer: Dealer, car: Listing
) -> None:
    ended = subscribe(dealer)
    other = make.live(price=10_000)
    follower.catch_up()
    Listing.objects.filter(pk=other.pk).update(price=9_000)
    follower.catch_up()
    assert told() == []
    end_endpoint(endpoint_id=ended, actor=SYSTEM)
    Listing.objects.filter(pk=car.pk).update(price=9_000)
    follower.catch_up()
    assert (told(), WebhookListing.objects.count()) == ([], 0)


def test_an_enquiry_is_told_once_by_its_address_and_names_nobody(
    follower: Follower, dealer: Dealer, car: Listing
) -> None:
    assert send(car).status_code == 201  # before anybody listened
    subscribe(dealer)
    assert send(car, email="second@example.com", message="Is it red?").status_code == 201
    enquiry = Enquiry.objects.latest("pk")
    follower.catch_up()
    Enquiry.objects.filter(pk=enquiry.pk).update(stage="answered")
    follower.catch_up()
    assert told() == [("enquiry.created", enquiry.pk)]
    row = WebhookMessage.objects.get()
    assert set(body_of(row)) == {"id", "listing_id", "url"}
    assert body_of(row)["url"].endswith(f"/api/v1/enquiries/{enquiry.pk}/")
    for personal in ("second@example.com", enquiry.record.name, "red"):
        assert personal not in row.body


def test_a_run_is_told_at_its_end_and_once(follower: Follower, dealer: Dealer) -> None:
    subscribe(dealer)
    feed = make.feed(make.branch(dealer))
    run = FeedRun.objects.create(feed=feed, state="applying", source_at=timezone.now())
    follower.catch_up()
    assert told() == []
    done = {"state": "done", "finished_at": timezone.now(), "created_count": 3}
    FeedRun.objects.filter(pk=run.pk).update(**done)
    follower.catch_up()
    follower.catch_up()
    assert told() == [("feed_run.finished", run.pk)]
    assert body_of(WebhookMessage.objects.get())["counts"]["created"] == 3
