"""What is read of an advert's rating comes from one row, and only from one that holds."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from listings.choices import PriceRating
from listings.models import Listing, MarketFit
from listings.pricing.value.ratings import Confidence, ratings
from tests import make

pytestmark = pytest.mark.django_db


def test_a_rating_tells_label_value_interval_and_edges() -> None:
    advert = make.live(price=9_500)
    row = make.value(advert, 10_000, label=PriceRating.GOOD, comparables=31)
    row.refresh_from_db()
    rating = ratings([advert.pk])[advert.pk]
    assert (rating.label, rating.value, rating.low, rating.high) == ("good", 10_000, 9_300, 10_700)
    assert rating.edges == (8_500, 9_300, 10_300, 11_200)
    assert (rating.comparables, rating.confidence, rating.reason) == (31, "high", None)
    assert (rating.rule, rating.valued_at, rating.ratio) == ("2026.1", row.valued_at, 950)


def test_a_wider_scale_has_wider_edges() -> None:
    advert = make.live(price=9_500)
    make.value(advert, 10_000, label=PriceRating.GOOD, width=1.8)
    assert ratings([advert.pk])[advert.pk].edges == (7_464, 8_775, 10_546, 12_263)


def test_edges_are_not_told_of_another_version_of_the_rule() -> None:
    advert = make.live(price=9_500)
    fit = MarketFit.objects.create(rule="2025.9", adverts=1)
    make.value(advert, 10_000, label=PriceRating.GOOD, fit=fit)
    rating = ratings([advert.pk])[advert.pk]
    assert (rating.rule, rating.label, rating.edges) == ("2025.9", "good", ())


@pytest.mark.parametrize(
    ("fields", "confidence"),
    [
        ({"comparables": 15, "low_90": 8_800, "high_90": 11_200}, Confidence.HIGH),
        ({"comparables": 14, "low_90": 8_800, "high_90": 11_200}, Confidence.MEDIUM),
        ({"comparables": 15, "low_90": 8_800, "high_90": 11_300}, Confidence.MEDIUM),
        ({"comparables": 8, "low_90": 8_200, "high_90": 11_800}, Confidence.MEDIUM),
        ({"comparables": 8, "low_90": 8_200, "high_90": 11_900}, Confidence.LOW),
        ({"comparables": 7, "low_90": 9_900, "high_90": 10_100}, Confidence.LOW),
    ],
)
def test_confidence_takes_comparables_and_a_narrow_interval(
    fields: dict[str, Any], confidence: Confidence
) -> None:
    advert = make.live(price=9_500)
    make.value(advert, 10_000, label=PriceRating.GOOD, **fields)
    assert ratings([advert.pk])[advert.pk].confidence is confidence


def test_without_a_value_there_is_but_a_reason() -> None:
    advert = make.live()
    make.value(advert, None, comparables=2)
    rating = ratings([advert.pk])[advert.pk]
    assert (rating.label, rating.value, rating.low, rating.edges) == (None, None, None, ())
    assert (rating.confidence, rating.reason) == (None, "few_comparables")
    assert rating.for_buyers() is rating


def test_buyers_are_not_told_of_a_slip_in_a_price() -> None:
    advert = make.live(price=12)
    make.value(advert, 15_000, reason="check_price")
    rating = ratings([advert.pk])[advert.pk]
    assert (rating.value, rating.reason) == (15_000, "check_price")
    shown = rating.for_buyers()
    assert (shown.label, shown.value, shown.edges, shown.ratio) == (None, None, (), None)
    assert shown.reason == "not_rated"


def test_only_rows_that_hold_are_read_by_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rated, stale, unvalued = (make.live(price=9_500) for _ in range(3))
    for advert in (rated, stale):
        make.value(advert, 10_000, label=PriceRating.GOOD)
    Listing.objects.filter(pk=stale.pk).update(mileage=5)
    with django_assert_num_queries(1):
        assert list(ratings([rated.pk, stale.pk, unvalued.pk])) == [rated.pk]
