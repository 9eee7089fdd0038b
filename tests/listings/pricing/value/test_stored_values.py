"""What a refit writes gives way to what was valued, changed or deleted while it worked."""

from datetime import date

import numpy as np
import pytest
from django.db import transaction

from listings.choices import PriceRating
from listings.models import Listing, ListingValue
from listings.pricing.value.advert_cars import live_or_ended_within, read_adverts
from listings.pricing.value.current_market import unvaluable
from listings.pricing.value.rule import LABEL_CODES
from listings.pricing.value.stored_values import read_clock, store
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.postgres import PostgresEngine
from tests import make

pytestmark = pytest.mark.django_db


def test_rows_give_way_to_what_happened_meanwhile() -> None:
    swept, deleted, plain, old = make.live(), make.live(), make.live(), make.live()
    make.value(old, 20_000, label="fair")
    read_at = read_clock()
    adverts = read_adverts(live_or_ended_within(8), date(2026, 3, 1))
    make.value(swept, 31_000, label="good")
    ListingValue.objects.filter(pk=swept.pk).update(valued_at=read_clock())
    Listing.objects.filter(pk=deleted.pk).delete()

    with transaction.atomic():
        written = store(unvaluable(adverts).columns(), make.market_fit(), read_at)

    assert written == 2
    rows = ListingValue.objects.order_by("pk").values_list("pk", "value", "label", "reason")
    assert list(rows) == [
        (swept.pk, 31_000, "good", ""),
        (plain.pk, None, None, "few_comparables"),
        (old.pk, None, None, "few_comparables"),
    ]


def store_rated() -> None:
    """Write every live advert's value as a fit would: 20,000, and a good price."""
    read_at = read_clock()
    columns = dict(unvaluable(read_adverts(live_or_ended_within(8), date(2026, 3, 1))).columns())
    rated = {"value": 20_000, "ratio": 1_000, "label": LABEL_CODES[PriceRating.GOOD], "reason": 0}
    for name, number in rated.items():
        columns[name] = np.full_like(columns[name], number)
    with transaction.atomic():
        store(columns, make.market_fit(), read_at)


def found() -> int | None:
    sought = SearchRequest(Criteria(price_rating=("good",)), ("price",), 1, is_counted=True)
    return PostgresEngine().search(sought).count


@pytest.mark.django_db(transaction=True)
def test_a_rating_holds_until_what_it_rests_on_changes() -> None:
    """First the advert has the revision that was seen, then another one and the same digest."""
    row = make.live(price=20_000)
    store_rated()
    row.refresh_from_db()
    assert ListingValue.objects.get().seen == row.revision
    assert found() == 1
    Listing.objects.filter(pk=row.pk).update(description="New tyres.")
    row.refresh_from_db()
    assert ListingValue.objects.get().seen != row.revision
    assert found() == 1
    Listing.objects.filter(pk=row.pk).update(mileage=1)
    assert found() == 0
    store_rated()
    assert found() == 1


@pytest.mark.django_db(transaction=True)
def test_what_changed_while_it_was_valued_has_not_been_seen() -> None:
    row = make.live(price=20_000)
    read_at, adverts = read_clock(), read_adverts(live_or_ended_within(8), date(2026, 3, 1))
    Listing.objects.filter(pk=row.pk).update(price=9_000)
    with transaction.atomic():
        store(unvaluable(adverts).columns(), make.market_fit(), read_at)
    assert ListingValue.objects.get().seen is None


def test_what_the_same_transaction_wrote_may_change_again_and_has_not_been_seen() -> None:
    row = make.live(price=20_000)
    store_rated()
    assert ListingValue.objects.get().seen is None
    assert found() == 1
    Listing.objects.filter(pk=row.pk).update(mileage=1)
    assert found() == 0
