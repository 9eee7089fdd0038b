"""A value speaks of its advert only while what it was worked out from is still true."""

from typing import Any

import pytest
from django.db import connection

from listings.choices import Fuel, PriceRating, WriteOff
from listings.models import Listing, ListingValue
from listings.models.value import VALUED_SQL, ValueInputs
from tests import make

pytestmark = pytest.mark.django_db


def holds(row: ListingValue) -> bool:
    by_query = Listing.objects.filter(market_value__inputs=ValueInputs(), pk=row.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {VALUED_SQL} FROM listings_listingvalue value"  # noqa: S608 - a condition of ours
            " JOIN listings_listing listing ON listing.id = value.listing_id WHERE listing.id = %s",
            [row.pk],
        )
        assert cursor.fetchone() == (by_query,)
    return by_query


@pytest.mark.parametrize(
    "change",
    [
        {"price": None},
        {"price": 9_999},
        {"mileage": 1},
        {"fuel": Fuel.LPG},
        {"write_off": WriteOff.S},
        {"derivative": "1.0 Zetec"},
    ],
)
def test_a_value_holds_until_what_it_is_worked_out_from_changes(change: dict[str, Any]) -> None:
    advert = make.live(price=10_000)
    row = make.value(advert, 10_500, label=PriceRating.GOOD)
    assert holds(row)
    Listing.objects.filter(pk=advert.pk).update(description="Clean inside.", **change)
    assert not holds(row)


def test_a_description_leaves_the_value_as_it_is() -> None:
    advert = make.live(price=10_000)
    row = make.value(advert, 10_500, label=PriceRating.GOOD)
    Listing.objects.filter(pk=advert.pk).update(description="Clean inside.", features=["Heater"])
    assert holds(row)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "change", "is_news"),
    [
        ("good", {"value": 10_600, "comparables": 9}, False),
        ("good", {"label": "great"}, True),
        ("good", {"label": None, "reason": "wide_interval"}, True),
        ("good", {"inputs": 1}, True),
        (None, {"value": 10_600}, False),
        (None, {"label": "great", "reason": ""}, True),
    ],
)
def test_only_a_changed_label_is_news(
    before: str | None, change: dict[str, Any], is_news: bool
) -> None:
    advert = make.live(price=10_000)
    row = make.value(advert, 10_500, label=before)
    row.refresh_from_db()
    assert (row.revision is None) == (before is None)
    revision = Listing.objects.get(pk=advert.pk).revision
    ListingValue.objects.filter(pk=row.pk).update(**change)
    told = ListingValue.objects.get(pk=row.pk).revision
    assert (told != row.revision) == is_news
    assert Listing.objects.get(pk=advert.pk).revision == revision
