"""A buyer opens an advert."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from listings.models import Listing, Photo
from tests import make

pytestmark = pytest.mark.django_db
MEDIA = "http://testserver/media"
PRIVATE = {
    "vrm",
    "vin",
    "stock_ref",
    "confirmed_at",
    "reserved_until",
    "actor",
    "status",
    "revision",
}


def url(row: Listing) -> str:
    return f"/api/v1/listings/{row.pk}/"


def test_the_detail_has_the_car_its_price_history_and_its_dealer(client: Client) -> None:
    dealer = make.dealer("Northern Cars", phone="0113 496 0000")
    row = make.live(
        branch=make.branch(dealer, name="Leeds", town="Leeds"),
        price=34_999,
        published_at=timezone.now() - timedelta(days=2),
        vrm="AB15CDE",
        mpg="40.9",
        features=["Tow bar"],
    )
    Photo.objects.create(listing=row, image="photos/1.jpg", width=800, height=600, position=0)
    Photo.objects.create(
        listing=row,
        image="photos/2-800.jpg",
        width=800,
        height=601,
        widths=[320, 800],
        position=1,
    )
    Listing.objects.filter(pk=row.pk).update(price=33_999)
    body = client.get(url(row)).json()
    assert body["title"] == "Land Rover Range Rover 3.0 TDV6 Vogue SE 4dr Auto"
    assert (body["price"], body["previous_price"]) == (33_999, 34_999)
    assert [change["price"] for change in body["price_history"]] == [34_999, 33_999]
    assert body["dealer"]["url"] == "http://testserver/api/v1/dealers/northern-cars/"
    assert (body["branch"]["town"], body["town"]) == ("Leeds", "Leeds")
    assert (body["mpg"], body["features"], body["ulez"]) == (40.9, ["Tow bar"], "unknown")
    assert body["photos"] == [
        {"url": f"{MEDIA}/photos/1.jpg", "width": 800, "height": 600, "sizes": []},
        {
            "url": f"{MEDIA}/photos/2-800.jpg",
            "width": 800,
            "height": 601,
            "sizes": [
                {
                    "width": 320,
                    "height": 240,
                    "url": f"{MEDIA}/photos/2-320.jpg",
                    "webp_url": f"{MEDIA}/photos/2-320.webp",
                },
                {
                    "width": 800,
                    "height": 601,
                    "url": f"{MEDIA}/photos/2-800.jpg",
                    "webp_url": f"{MEDIA}/photos/2-800.webp",
                },
            ],
        },
    ]
    assert body["photo"] == body["photos"][0]
    assert not PRIVATE & set(body)
    assert "AB15CDE" not in str(body)


def test_prices_that_only_a_draft_had_stay_private(client: Client) -> None:
    row = make.draft(price=3_399)
    Listing.objects.filter(pk=row.pk).update(price=33_999)
    now = timezone.now()
    Listing.objects.filter(pk=row.pk).update(
        status="live", published_at=now, expires_at=now + timedelta(days=1)
    )
    history = client.get(url(row)).json()["price_history"]
    assert [change["price"] for change in history] == [33_999]


def test_a_price_that_rose_is_not_shown_as_reduced(client: Client) -> None:
    row = make.live(price=10_000)
    Listing.objects.filter(pk=row.pk).update(price=11_000)
    assert client.get(url(row)).json()["previous_price"] is None


def test_a_reserved_advert_says_so_until_the_reservation_is_over(client: Client) -> None:
    now = timezone.now()
    held = make.live(reserved_until=now + timedelta(hours=1))
    over = make.live(reserved_until=now - timedelta(hours=1))
    assert client.get(url(held)).json()["reserved"] is True
    assert client.get(url(over)).json()["reserved"] is False


def test_what_buyers_may_not_see_is_not_found(client: Client) -> None:
    now = timezone.now()
    hidden = [
        make.draft(),
        make.live(expires_at=now - timedelta(seconds=1)),
        make.live(branch=make.branch(make.dealer(is_active=False))),
        make.draft(status="sold", sold_at=now),
        make.draft(status="withdrawn"),
    ]
    for row in hidden:
        answer = client.get(url(row))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.get("/api/v1/listings/", {"count": "exact"}).json()["count"] == 0


@pytest.mark.parametrize("id_", ["0", "9" * 30, "9" * 5_000, "abc", "-1", "%00"])
def test_an_id_that_names_nothing_is_not_found(client: Client, id_: str) -> None:
    answer = client.get(f"/api/v1/listings/{id_}/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_an_unchanged_advert_is_not_sent_again(client: Client) -> None:
    row = make.live()
    tag = client.get(url(row))["ETag"]
    assert client.get(url(row), headers={"If-None-Match": tag}).status_code == 304
    Listing.objects.filter(pk=row.pk).update(price=1_000)
    assert client.get(url(row), headers={"If-None-Match": tag}).status_code == 200
