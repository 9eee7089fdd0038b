"""A refit values every live advert from its neighbours, and writes what it found at once."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from listings.choices import Status
from listings.models import (
    Listing,
    ListingValue,
    MarketCars,
    MarketFit,
    MarketWeek,
    PriceChange,
)
from listings.models.value import ValueInputs
from listings.pricing.value.rule import RatingRule
from marketplace.lease import LeaseHolder
from marketplace.london_time import london_today
from tests import make
from tests.listings.pricing.value.stock import branches, stock

pytestmark = pytest.mark.django_db
STORED = ("value", "low_80", "high_80", "low_90", "high_90", "label", "reason", "ratio")


def refitted(capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    call_command("refit_values")
    return capsys.readouterr().out


def stored() -> dict[int, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in ListingValue.objects.values_list("pk", *STORED)}


def valued() -> dict[int, int]:
    return {row.pk: row.value for row in ListingValue.objects.all() if row.value}


def revisions() -> list[tuple[Any, ...]]:
    return list(ListingValue.objects.order_by("pk").values_list("pk", "revision"))


def test_a_refit_values_the_stock_and_another_of_the_same_rows_says_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    adverts = stock(1_200, branches())
    make.draft(model=adverts[0].model)
    revised = dict(Listing.objects.values_list("pk", "revision"))
    said = refitted(capsys)

    assert said.startswith("Fitted on 1,200 adverts and 0 prices from elsewhere: off by ")
    fit = MarketFit.objects.get(is_current=True)
    assert fit.error is not None
    assert 4.5 < fit.error < 7.5  # the prices scatter by 6 %
    assert MarketCars.objects.count() == 3
    holding = ListingValue.objects.filter(inputs=ValueInputs("listing__"), fit=fit)
    assert holding.filter(price=F("listing__price")).count() == 1_200  # the draft has none
    assert holding.filter(label__isnull=False).count() > 500
    rule = RatingRule()
    for row in holding.filter(label__isnull=False).select_related("listing"):
        edges = rule.edges(np.array([row.value]), np.array([row.width]))[0].tolist()
        place = sum(row.price >= edge for edge in edges)
        assert row.label == ("lower", "great", "good", "fair", "higher")[place]
        assert row.low_90 <= row.low_80 < row.value < row.high_80 <= row.high_90  # type: ignore[operator]
        assert row.ratio == round(1_000 * row.price / row.value)  # type: ignore[operator]

    before, told = stored(), revisions()
    with connection.cursor() as cursor:  # the rows stand elsewhere in the table
        cursor.execute("UPDATE listings_listing SET description = 'x' WHERE id % 2 = 0")
    refitted(capsys)
    assert stored() == before
    assert revisions() == told  # no replica has anything to read
    assert MarketFit.objects.filter(is_current=True).get().pk > fit.pk
    assert all(
        dict(Listing.objects.values_list("pk", "revision"))[pk] == revision
        for pk, revision in revised.items()
        if pk % 2
    )


def test_a_young_marketplace_has_reasons_and_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    stock(40, branches())
    assert refitted(capsys) == "40 prices are too few to learn from: no advert has a value.\n"
    rows = ListingValue.objects.filter(value=None, label=None, reason="few_comparables")
    assert rows.count() == 40
    fit = MarketFit.objects.get()
    assert (fit.adverts, fit.error, fit.content, fit.is_current) == (40, None, None, True)


def test_one_refit_at_a_time() -> None:
    stock(3, branches(1))
    other = LeaseHolder("refit_values")
    assert other.hold()
    with pytest.raises(CommandError, match="Another process is fitting values"):
        call_command("refit_values")
    assert not MarketFit.objects.exists()
    other.release()
    call_command("refit_values")
    assert MarketFit.objects.count() == 1


def test_what_fits_is_kept_of_the_last_three_alone() -> None:
    for number in range(5):
        make.market_fit().__class__.objects.create(
            rule="2026.1", adverts=number, content=b"trees", fitted_at=timezone.now()
        )
    call_command("refit_values")
    assert MarketFit.objects.filter(content__isnull=False).count() == 3
    assert MarketFit.objects.filter(content__isnull=True).count() >= 3


def test_forgotten_values_leave_no_label(capsys: pytest.CaptureFixture[str]) -> None:
    row = make.live()
    value = make.value(row, 34_000, label="good")
    call_command("refit_values", "--forget")
    assert capsys.readouterr().out == "1 values forgotten.\n"
    revision = value.revision
    value.refresh_from_db()
    assert (value.value, value.label, value.ratio) == (None, None, None)
    assert value.revision != revision
    assert not MarketFit.objects.filter(is_current=True).exists()


def test_adverts_that_ended_tell_prices_for_some_weeks_and_get_no_value() -> None:
    where = branches()
    ended = stock(4, where, status=Status.SOLD, sold_at=timezone.now())
    Listing.objects.filter(pk=ended[0].pk).update(price_hidden_at=timezone.now())
    stock(6, where, seed=2)
    call_command("refit_values")
    told = Listing.objects.filter(pk__in=[each.pk for each in ended])
    recent = told.filter(price_hidden_at__isnull=False).count()
    assert MarketFit.objects.get().adverts == 6 + recent
    assert ListingValue.objects.count() == 6


def test_a_price_that_follows_the_market_teaches_nothing_until_somebody_sets_another(
    capsys: pytest.CaptureFixture[str],
) -> None:
    follower, *_ = stock(400, branches())
    Listing.objects.filter(pk=follower.pk).update(price=(follower.price or 0) - 100)
    PriceChange.objects.filter(listing=follower).update(value=follower.price, rule="2026.1")
    assert refitted(capsys).startswith("Fitted on 399 adverts")
    assert ListingValue.objects.filter(pk=follower.pk, value__isnull=False).exists()
    Listing.objects.filter(pk=follower.pk).update(price=(follower.price or 0) - 200)
    assert refitted(capsys).startswith("Fitted on 400 adverts")


def test_prices_of_a_market_that_stood_lower_count_at_todays_level(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All prices are some weeks old: a market that rose by a tenth since makes cars worth that."""
    stock(600, branches(), published_at=timezone.now() - timedelta(weeks=6))
    Listing.objects.update(price_shown_at=timezone.now() - timedelta(weeks=6))
    refitted(capsys)
    before = valued()
    assert len(before) > 400
    today = london_today()
    this_week = today - timedelta(days=today.weekday())
    for ago, level in ((6, 0.0), (0, float(np.log(1.1)))):
        week = this_week - timedelta(weeks=ago)
        MarketWeek.objects.create(week=week, level=level, level_error=0.01)
        MarketWeek.objects.create(week=week, segment=1, level=level, level_error=0.01)
    refitted(capsys)
    assert MarketFit.objects.get(is_current=True).details["is_indexed"]
    after = valued()
    ratios = [after[pk] / before[pk] for pk in before if pk in after]
    assert np.median(ratios) == pytest.approx(1.1, abs=0.005)
