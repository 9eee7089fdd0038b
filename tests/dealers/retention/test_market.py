"""What is left of values, of versions of the market and of its tables goes after its days."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dealers import retention
from listings.models import AskingPrice, AskingPriceTable, Listing, ListingValue, MarketFit
from tests import make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ago(days: int) -> timedelta:
    return timedelta(days=days)


def test_values_of_adverts_that_ended_go_and_their_versions_after_them() -> None:
    old = make.market_fit(fitted_at=NOW - ago(800), is_current=False)
    unused = MarketFit.objects.create(rule="2026.1", adverts=1, fitted_at=NOW - ago(800))
    current = MarketFit.objects.create(
        rule="2026.1", adverts=1, fitted_at=NOW - ago(900), is_current=True
    )
    ended = make.draft(status="expired", published_at=NOW - ago(200), expires_at=NOW - ago(91))
    Listing.objects.update(created_at=NOW - ago(200))
    live = make.live()
    make.value(ended, 30_000, fit=old)
    make.value(live, 30_000, label="good", fit=current)

    assert retention.apply("market_fits") == 1
    assert set(MarketFit.objects.all()) == {old, current}
    assert not MarketFit.objects.filter(pk=unused.pk).exists()
    for removed in (1, 0):
        assert retention.apply("ended_values") == removed
    assert ListingValue.objects.get().listing == live
    assert retention.apply("market_fits") == 1
    assert MarketFit.objects.get() == current


def test_tables_of_asking_prices_go_with_their_rows() -> None:
    model = make.model()
    for days in (1_094, 1_096):
        table = AskingPriceTable.objects.create(
            name=f"of {days} days ago", dated_on=(NOW - ago(days)).date()
        )
        AskingPrice.objects.create(
            table=table, line=2, model=model, year=2015, mileage=1, price=9_000
        )
    assert retention.apply("asking_prices") == 1
    assert AskingPrice.objects.get().table.name == "of 1094 days ago"
