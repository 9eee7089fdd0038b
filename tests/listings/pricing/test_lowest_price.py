"""The lowest price that buyers saw in the last 30 days, on every answer that shows an advert."""

import pytest
from django.test import Client

from dealers.models import Dealer
from listings import periodic
from listings.models import Listing
from listings.pricing import renew_lowest_prices
from tests import make
from tests.dealers.stock_api.caller import Caller, item
from tests.listings.pricing.days import cost, pass_time

pytestmark = pytest.mark.django_db


def lowest(row: Listing) -> int | None:
    """Return what buyers read, on the page of the advert and on its card."""
    client = Client()
    shown = client.get(f"/api/v1/listings/{row.pk}/").json()["lowest_price_30_days"]
    (card,) = client.get("/api/v1/listings/").json()["results"]
    assert card["lowest_price_30_days"] == shown
    return None if shown is None else int(shown)


def test_it_is_the_price_until_that_changes(row: Listing) -> None:
    assert lowest(row) == 10_000


def test_a_lower_price_is_the_lowest_at_once(api: Caller, row: Listing) -> None:
    pass_time(days=1)
    cost(api, row, 9_000)
    assert lowest(row) == 9_000


def test_a_price_that_rose_leaves_the_lower_one_for_30_days(api: Caller, row: Listing) -> None:
    pass_time(days=1)
    cost(api, row, 11_000)
    pass_time(days=29)
    periodic.refresh_prices()
    assert lowest(row) == 10_000
    pass_time(days=2)
    periodic.refresh_prices()
    assert lowest(row) == 11_000


def test_of_several_prices_the_lowest_that_is_young_enough_counts(
    api: Caller, row: Listing
) -> None:
    pass_time(days=1)
    for price in (8_000, 9_000, 11_000):
        cost(api, row, price)
        pass_time(days=10)
    assert lowest(row) == 8_000
    pass_time(days=10)
    renew_lowest_prices()
    assert lowest(row) == 9_000, "£8,000 went 30 days ago"
    pass_time(days=30)
    renew_lowest_prices()
    assert lowest(row) == 11_000


def test_the_job_changes_what_mirrors_read_and_is_safe_twice(api: Caller, row: Listing) -> None:
    pass_time(days=1)
    cost(api, row, 11_000)
    assert renew_lowest_prices() == 0
    pass_time(days=31)
    assert renew_lowest_prices(limit=1) == 1
    assert renew_lowest_prices() == 0


def test_a_price_that_only_a_draft_had_is_not_counted(api: Caller, dealer: Dealer) -> None:
    row = make.draft(branch=make.branch(dealer), price=5_000)
    assert api.get(item(row)).json()["lowest_price_30_days"] is None
    cost(api, row, 10_000)
    assert api.post(f"{row.pk}/publish/", {}).status_code == 200
    assert lowest(row) == 10_000


def test_on_application_the_last_price_stays_known(api: Caller, row: Listing) -> None:
    pass_time(days=1)
    cost(api, row, None)
    assert lowest(row) == 10_000
    pass_time(days=31)
    renew_lowest_prices()
    assert lowest(row) is None


def test_off_the_market_it_is_kept_for_30_days(api: Caller, row: Listing) -> None:
    pass_time(days=1)
    assert api.post(f"{row.pk}/withdraw/", {}).status_code == 200
    cost(api, row, 9_000)
    assert api.get(item(row)).json()["lowest_price_30_days"] == 10_000
    pass_time(days=31)
    renew_lowest_prices()
    assert api.get(item(row)).json()["lowest_price_30_days"] is None
    assert api.post(f"{row.pk}/publish/", {}).status_code == 200
    assert lowest(row) == 9_000


def test_a_price_that_came_and_went_in_one_transaction_was_not_seen(row: Listing) -> None:
    Listing.objects.filter(pk=row.pk).update(price=100)
    Listing.objects.filter(pk=row.pk).update(price=9_000)
    assert lowest(row) == 9_000
