"""What the nightly job writes of each week, with values and without any."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from listings import periodic
from listings.choices import BodyType, Fuel, PriceRating, Status
from listings.models import ListingValue, MarketWeek, Model
from listings.pricing.value.market_weeks import (
    renew_market_index,
    renew_market_weeks,
    segment_index,
)
from listings.pricing.value.new_adverts import capped_weights, monday, week_number
from marketplace.london_time import london_today
from tests import make
from tests.listings.pricing.value.past import listed, sold

pytestmark = pytest.mark.django_db


def this_week(model: Model | None) -> MarketWeek:
    week = monday(week_number(london_today()))
    return MarketWeek.objects.get(week=week, make=None, model=model, segment=None)


def levels(model: Model) -> dict[int, float]:
    """Return the levels of a model by how many weeks ago they were."""
    now = week_number(london_today())
    rows = MarketWeek.objects.filter(model=model, level__isnull=False)
    return {now - week_number(row.week): row.level for row in rows if row.level is not None}


def test_weeks_begin_on_monday() -> None:
    today = london_today()
    start = monday(week_number(today))
    assert start.weekday() == 0
    assert 0 <= (today - start).days < 7


def test_without_values_supply_is_counted_all_the_same() -> None:
    model, other = make.model(), make.model("Defender")
    place = make.branch()
    listed(place, model, 0)
    listed(place, model, 100)
    sold(listed(make.branch(), model, 30), 0)
    make.draft(model=model)
    make.live(model=model, branch=make.branch(make.dealer(is_active=False)))
    sandbox = make.branch(make.dealer(is_sandbox=True))
    listed(sandbox, model, 0)
    sold(listed(sandbox, model, 30), 0)
    listed(make.branch(), other, 100)
    periodic.renew_market()
    periodic.renew_index()
    row = this_week(model)
    assert (row.live, row.dealers, row.sold) == (2, 1, 1)
    assert row.listed == 2  # the suspended dealer's was new as well
    whole = this_week(None)
    assert (whole.live, whole.dealers) == (3, 2)
    assert (row.level, row.days_to_sell) == (None, None)
    assert segment_index().segments.size == 0


def test_an_empty_marketplace_has_no_weeks_of_models() -> None:
    periodic.renew_market()
    assert not MarketWeek.objects.filter(model__isnull=False).exists()


def test_the_job_is_safe_twice() -> None:
    model = make.model()
    for ago in range(6):
        sold(listed(make.branch(), model, 30 + ago), 10)
    renew_market_weeks()
    before = list(MarketWeek.objects.order_by("id").values())
    renew_market_weeks()
    assert list(MarketWeek.objects.order_by("id").values()) == before


def test_last_weeks_stock_is_kept_as_it_was() -> None:
    model = make.model()
    row = listed(make.branch(), model, 30)
    renew_market_weeks(timezone.now() - timedelta(days=7))
    sold(row, 0)
    renew_market_weeks()
    last = MarketWeek.objects.get(
        week=this_week(model).week - timedelta(days=7), model=model, segment=None
    )
    assert (last.live, this_week(model).live, this_week(model).sold) == (1, 0, 1)


def test_days_to_sell_are_written_by_model() -> None:
    fast, few = make.model(), make.model("Defender")
    for ago in range(12):
        sold(listed(make.branch(), fast, 30 + ago), 15 + ago / 2)
    sold(listed(make.branch(), few, 40), 30)
    renew_market_weeks()
    row = this_week(fast)
    assert (row.sales, row.selling_dealers) == (12, 12)
    assert row.days_to_sell is not None
    assert row.days_low is not None
    assert 10 < row.days_low < row.days_to_sell < 22
    assert row.days_by_rating is not None
    assert len(row.days_by_rating) == len(PriceRating)
    assert not MarketWeek.objects.filter(model=few, days_to_sell__isnull=False).exists()


def test_days_to_sell_that_no_longer_hold_are_taken_back() -> None:
    model = make.model()
    rows = [listed(make.branch(), model, 30) for _ in range(6)]
    for row in rows:
        sold(row, 10)
    renew_market_weeks()
    assert this_week(model).sales == 6
    for row in rows[:3]:
        row.events.filter(to_status=Status.SOLD).delete()
    renew_market_weeks()
    assert (this_week(model).sales, this_week(model).days_to_sell) == (None, None)


def _market(model: Model, dealers: int = 6) -> None:
    """Twelve adverts in each of ten weeks, 12 % dearer beside their value in the last five."""
    chance = np.random.default_rng(4)
    places = [make.branch() for _ in range(dealers)]
    for week in range(10):
        for number in range(12):
            row = listed(
                places[number % dealers],
                model,
                7 * week + 0.01,
                fuel=Fuel.PETROL,
                body_type=BodyType.SUV,
            )
            residual = (0.12 if week < 5 else 0.0) + chance.normal(0, 0.03)
            make.value(row, 30_000, label=PriceRating.GOOD, residual=residual)


def test_the_index_follows_what_new_adverts_ask() -> None:
    model = make.model()
    _market(model)
    renew_market_index()
    found = levels(model)
    assert found[2] - found[7] == pytest.approx(0.12, abs=0.03)
    assert found[1] == pytest.approx(found[2], abs=0.03)
    index = segment_index()
    assert index.segments.size >= 1
    week = week_number(london_today())
    recent, early = index.offset(index.segments[[0, 0]], [week - 2, week - 7])
    assert recent - early == pytest.approx(0.12, abs=0.03)


def test_a_price_that_was_cut_counts_as_it_was_asked_first() -> None:
    """Cars that are cut by a tenth after they were listed do not make the market fall."""
    model = make.model()
    places = [make.branch() for _ in range(6)]
    for week in range(8):
        for number in range(6):
            row = listed(places[number], model, 7 * week + 0.01, price=20_000)
            if week >= 3:
                type(row).objects.filter(pk=row.pk).update(price=18_000)
                row.refresh_from_db()
            residual = float(np.log((row.price or 0) / 20_000))
            make.value(row, 20_000, label=PriceRating.GOOD, residual=residual)
    renew_market_index()
    found = levels(model)
    assert found[1] - found[6] == pytest.approx(0.0, abs=0.01)


def test_residuals_of_a_fit_that_reckons_with_the_index_are_moved_to_one_level() -> None:
    """A fit of today values cars as of today: what was asked before the rise looks cheap."""
    model = make.model()
    _market(model)
    renew_market_index()
    rise = levels(model)[2] - levels(model)[7]
    fit = make.market_fit()
    fit.details = {"is_indexed": True}
    fit.save(update_fields=["details"])
    for row in ListingValue.objects.select_related("listing"):
        ago = (timezone.now() - (row.listing.published_at or timezone.now())).days // 7
        row.residual = 0.0 if ago < 5 else -0.12
        row.save(update_fields=["residual"])
    renew_market_index()
    again = levels(model)
    assert again[2] - again[7] == pytest.approx(rise, abs=0.03)
    assert again[2] == pytest.approx(0.12, abs=0.04)


def test_no_dealer_has_more_than_its_share_of_a_week() -> None:
    weeks = np.zeros(110, np.int64)
    dealers = np.concatenate([np.full(100, 1), np.arange(2, 12)])
    weights = capped_weights(weeks, weeks, dealers)
    assert weights[100:].tolist() == [1.0] * 10
    assert weights[:100].sum() == pytest.approx(0.4 / 0.6 * 10)
    alone = capped_weights(weeks[:100], weeks[:100], dealers[:100])
    assert alone.sum() == pytest.approx(2.0)


def test_the_number_of_queries_does_not_grow_with_the_models(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("Defender", "Discovery", "Freelander", "Evoque"):
        model = make.model(name)
        for _ in range(6):
            sold(listed(make.branch(), model, 30), 10)
    with django_assert_max_num_queries(16):
        renew_market_weeks()
        renew_market_index()
