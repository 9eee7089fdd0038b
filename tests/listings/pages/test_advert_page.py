"""A buyer follows "View details"."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from listings.choices import Status
from listings.models import Listing
from tests import make
from tests.listings.pages.script_tags import CALLS, EVERYWHERE, LIGHTBOX, LINKED_DATA, script_tags

pytestmark = pytest.mark.django_db
SLUG = "land-rover-range-rover-30-tdv6-vogue-se-4dr-auto"
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028"


def path(row: Listing) -> str:
    return f"/cars/{row.pk}/{SLUG}/"


def linked(page: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert len(found) == 1
    node: dict[str, Any] = json.loads(found[0])
    return node


def end(row: Listing, **columns: Any) -> None:
    Listing.objects.filter(pk=row.pk).update(**columns)


def sold(row: Listing, *, days_ago: float) -> None:
    end(row, status=Status.SOLD, sold_at=timezone.now() - timedelta(days=days_ago))


def test_a_live_advert_is_shown_with_its_dealer_and_what_search_engines_read(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://cars.example.com"
    dealer = make.dealer("Northern Cars", phone="0113 496 0000")
    place = make.branch(dealer, name="Leeds", town="Leeds", address="1 The Calls")
    row = make.live(branch=place, vrm="AB15CDE", vin="SALGA2KF9EA123456", engine_cc=2993, seats=5)
    answer = client.get(path(row))
    page = answer.content.decode()
    assert answer.status_code == 200
    for text in ("£33,999", "72,253 miles", "Northern Cars", "0113 496 0000", "2,993 cc"):
        assert text in page
    for secret in ("AB15CDE", "SALGA2KF9EA123456"):
        assert secret not in page
    address = f"https://cars.example.com{path(row)}"
    assert f'<link rel="canonical" href="{address}">' in page
    node = linked(page)
    assert (node["@type"], node["url"], node["numberOfDoors"]) == ("Car", address, 4)
    assert node["mileageFromOdometer"] == {
        "@type": "QuantitativeValue",
        "value": 72_253,
        "unitCode": "SMI",
    }
    assert (node["offers"]["price"], node["offers"]["priceCurrency"]) == (33_999, "GBP")
    assert node["offers"]["availability"] == "https://schema.org/InStock"
    assert node["offers"]["seller"]["address"]["addressLocality"] == "Leeds"
    assert answer["Cache-Control"] == "public, max-age=20, stale-while-revalidate=30"
    assert client.get(path(row), headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_the_policy_of_the_page_lets_our_own_scripts_in_and_no_other(client: Client) -> None:
    policy = client.get(path(make.live()))["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert (rules["script-src"], rules["connect-src"]) == ("'self'", "'self'")
    assert "unsafe" not in policy
    assert "nonce" not in policy


def test_hostile_texts_stay_texts(client: Client) -> None:
    dealer = make.dealer(HOSTILE, slug="hostile", phone=HOSTILE[:30], website="https://x.example")
    place = make.branch(dealer, name=HOSTILE[:100], town=HOSTILE[:80], address=HOSTILE)
    row = make.live(
        branch=place, derivative=HOSTILE, description=HOSTILE * 3, features=[HOSTILE[:120]]
    )
    page = client.get(f"/cars/{row.pk}/x/", follow=True).content.decode()
    assert script_tags(page) == [EVERYWHERE, LIGHTBOX, CALLS, LINKED_DATA]
    assert "<img src=x" not in page
    assert linked(page)["description"] == HOSTILE * 3
    assert linked(page)["offers"]["seller"]["name"] == HOSTILE


def test_every_other_address_of_an_advert_leads_to_its_own(client: Client) -> None:
    row = make.live()
    for other in (f"/cars/{row.pk}/", f"/cars/{row.pk}/something-else/"):
        answer = client.get(other)
        assert (answer.status_code, answer["Location"]) == (301, path(row))


def test_a_car_on_application_has_no_price_anywhere(client: Client) -> None:
    page = client.get(path(make.live(price=None))).content.decode()
    assert "Price on application" in page
    assert "price" not in linked(page)["offers"]


@pytest.mark.parametrize(("days_ago", "status"), [(1, 200), (13.9, 200), (14.1, 410)])
def test_a_sold_car_says_so_for_a_while_and_is_gone_after(
    client: Client, days_ago: float, status: int
) -> None:
    row, other = make.live(), make.live(price=35_000)
    sold(row, days_ago=days_ago)
    answer = client.get(path(row))
    page = answer.content.decode()
    assert answer.status_code == status
    assert answer["X-Robots-Tag"] == "noindex"
    assert "This car has been sold." in page
    assert "£33,999" not in page
    assert path(other) in page
    assert "ld+json" not in page


def test_an_expired_advert_ends_by_the_clock_before_any_sweep(client: Client) -> None:
    row = make.live()
    end(row, expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.get(path(row))
    assert answer.status_code == 200
    assert "This car is no longer for sale." in answer.content.decode()
    end(row, expires_at=timezone.now() - timedelta(days=15), status=Status.EXPIRED)
    assert client.get(path(row)).status_code == 410


def test_what_buyers_never_saw_is_not_found(client: Client) -> None:
    draft, rejected, hidden, withdrawn = make.draft(), make.live(), make.live(), make.live()
    end(rejected, status=Status.REJECTED)
    end(withdrawn, status=Status.WITHDRAWN)
    type(hidden.dealer).objects.filter(pk=hidden.dealer_id).update(is_active=False)
    found = [client.get(path(row)).status_code for row in (draft, rejected, hidden, withdrawn)]
    assert found == [404, 404, 404, 410]
    assert client.get("/cars/9223372036854775808/x/").status_code == 404


def test_another_front_end_gets_the_readers(client: Client, settings: Settings) -> None:
    settings.PUBLIC_LISTING_URL = "https://www.example.com/{slug}-{id}"
    row = make.live()
    answer = client.get(path(row))
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"https://www.example.com/{SLUG}-{row.pk}",
    )


def test_the_page_takes_few_questions_to_the_database(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    row = make.live()
    for price in range(30_000, 30_010):
        make.live(price=price)
    with django_assert_max_num_queries(12):
        assert client.get(path(row)).status_code == 200
