"""The rule that rates a price: its edges, what keeps a label, and who has none."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from listings.choices import NoRating, PriceRating
from listings.pricing.value.rule import (
    LABEL_CODES,
    LABELS,
    REASON_CODES,
    REASONS,
    RatedCars,
    RatingRule,
    current_rule,
)

RULE = RatingRule()


def cars(price: int | list[int], **columns: Any) -> RatedCars:
    """Return ordinary cars worth £10,000 at these prices."""
    prices = np.atleast_1d(price).astype(np.int64)
    ordinary: dict[str, Any] = {
        "value": 10_000,
        "k": 1.0,
        "sigma": 0.06,
        "half_width": 0.12,
        "comparables": 40,
        "age_years": 4.0,
        "mileage": 30_000.0,
        "is_written_off": False,
        "is_derivative_unknown": False,
        "no_value": np.int8(0),
        "previous": np.int8(0),
    }
    filled = {
        name: np.full(len(prices), value) if np.ndim(value) == 0 else np.asarray(value)
        for name, value in (ordinary | columns).items()
    }
    return RatedCars(price=prices, **filled)


def labels(rated: RatedCars, rule: RatingRule = RULE) -> list[PriceRating | None]:
    return [LABELS[code] for code in rule.rate(rated)[0]]


def reasons(rated: RatedCars, rule: RatingRule = RULE) -> list[NoRating | None]:
    return [REASONS[code] for code in rule.rate(rated)[1]]


def test_each_label_begins_at_its_edge() -> None:
    prices = [8_499, 8_500, 9_299, 9_300, 10_299, 10_300, 11_199, 11_200]
    assert labels(cars(prices)) == [
        PriceRating.LOWER,
        PriceRating.GREAT,
        PriceRating.GREAT,
        PriceRating.GOOD,
        PriceRating.GOOD,
        PriceRating.FAIR,
        PriceRating.FAIR,
        PriceRating.HIGHER,
    ]


def test_an_uncertain_value_has_a_wider_scale() -> None:
    edges = RULE.edges(np.array([10_000, 10_000]), np.array([1.0, 1.8]))
    assert edges.tolist() == [[8_500, 9_300, 10_300, 11_200], [7_464, 8_775, 10_546, 12_263]]
    assert labels(cars([8_800, 8_800], k=[1.0, 1.8])) == [PriceRating.GREAT, PriceRating.GOOD]


@pytest.mark.parametrize("value", [1_501, 7_777, 12_345, 69_999])
@pytest.mark.parametrize("k", [0.7, 0.913, 1.8])
def test_a_label_agrees_with_the_edges_in_pounds_that_are_shown(value: int, k: float) -> None:
    edges = RULE.edges(np.array([value]), np.array([k]))[0]
    prices = sorted({edge + step for edge in edges for step in (-1, 0, 1)})
    shown = [LABELS[1 + int((price >= edges).sum())] for price in prices]
    assert labels(cars(prices, value=value, k=k, sigma=0.2)) == shown


def test_the_scale_is_never_narrower_or_wider_than_its_bounds() -> None:
    assert RULE.k(np.array([0.01, 0.06, 0.0717, 0.5]), 0.06).tolist() == [0.7, 1.0, 1.195, 1.8]


@pytest.mark.parametrize(
    ("price", "previous", "becomes"),
    [
        (9_299, PriceRating.GOOD, PriceRating.GOOD),
        (9_068, PriceRating.GOOD, PriceRating.GOOD),
        (9_067, PriceRating.GOOD, PriceRating.GREAT),
        (9_532, PriceRating.GREAT, PriceRating.GREAT),
        (9_533, PriceRating.GREAT, PriceRating.GOOD),
        (8_499, PriceRating.GOOD, PriceRating.LOWER),  # far past the edge of its own label
        (9_299, None, PriceRating.GREAT),
    ],
)
def test_a_label_changes_when_the_price_is_past_the_edge(
    price: int, previous: PriceRating | None, becomes: PriceRating
) -> None:
    code = LABEL_CODES[previous] if previous else 0
    rated = cars(price, previous=np.int8(code))
    assert labels(rated) == [becomes]


NOT_RATED = [
    (NoRating.NO_PRICE, {"price": 0}),
    (NoRating.WRITTEN_OFF, {"is_written_off": True}),
    (NoRating.TOO_OLD, {"age_years": 15.1}),
    (NoRating.NEARLY_NEW, {"age_years": 0.4, "mileage": 299.0}),
    (NoRating.VALUE_OUT_OF_RANGE, {"value": 1_499, "price": 1_499}),
    (NoRating.VALUE_OUT_OF_RANGE, {"value": 70_001, "price": 70_001}),
    (NoRating.FEW_CLOSE_COMPARABLES, {"comparables": 7}),
    (NoRating.WIDE_INTERVAL, {"half_width": 0.251}),
    (NoRating.UNKNOWN_DERIVATIVE, {"is_derivative_unknown": True}),
    (NoRating.CHECK_PRICE, {"price": 12}),
    (NoRating.CHECK_PRICE, {"price": 13_100}),
    (NoRating.FEW_DEALERS, {"no_value": REASON_CODES[NoRating.FEW_DEALERS], "value": 0}),
]


@pytest.mark.parametrize(("reason", "columns"), NOT_RATED)
def test_a_car_that_is_not_rated_has_a_reason_and_no_label(
    reason: NoRating, columns: dict[str, Any]
) -> None:
    rated = cars(**({"price": 10_000} | columns))
    assert labels(rated) == [None]
    assert reasons(rated) == [reason]


def test_a_car_at_the_bounds_is_rated() -> None:
    rated = cars(
        [1_500, 70_000, 10_000, 10_000],
        value=np.array([1_500, 70_000, 10_000, 10_000]),
        comparables=8,
        half_width=0.25,
        age_years=[15.0, 15.0, 0.4, 0.5],
        mileage=[0.0, 0.0, 300.0, 299.0],
    )
    assert reasons(rated) == [None] * 4
    assert None not in labels(rated)


def test_a_rated_car_does_not_lose_its_label_for_one_comparable() -> None:
    good = np.int8(LABEL_CODES[PriceRating.GOOD])
    bounds: list[dict[str, Any]] = [{"comparables": 6}, {"half_width": 0.27}]
    for columns in [*bounds, {"value": 1_480, "price": 1_480}]:
        asked: dict[str, Any] = {"price": 10_000, **columns}
        assert labels(cars(**asked, previous=good)) == [PriceRating.GOOD]
        assert labels(cars(**asked)) == [None]


def test_every_number_of_the_rule_can_be_set() -> None:
    strict = dataclasses.replace(RULE, version="own", comparables_min=50, fair_from=1.01)
    assert reasons(cars(10_000), strict) == [NoRating.FEW_CLOSE_COMPARABLES]
    assert strict.numbers()["comparables_min"] == 50
    assert labels(cars(10_200, comparables=60), strict) == [PriceRating.FAIR]
    with pytest.raises(ValueError, match="must rise"):
        RatingRule(good_from=1.2)


def test_every_reason_has_a_sentence() -> None:
    assert all(reason.label.endswith(".") for reason in NoRating)
    assert len({reason.label for reason in NoRating}) == len(NoRating)


def test_other_numbers_need_a_version_of_their_own() -> None:
    asked = {"version": "ours-1", "great_from": 0.87, "check_price_sigmas": 5.0}
    with override_settings(PRICE_RATING_RULE=asked):
        current_rule.cache_clear()
        ours = current_rule()
    assert (ours.version, ours.great_from, ours.good_from) == ("ours-1", 0.87, RULE.good_from)
    for wrong in (
        {"great_from": 0.87},
        {"version": RULE.version, "great_from": 0.87},
        {"version": "ours-1", "great_form": 0.87},
        {"version": "ours-1", "great_from": 0.99},
        {"version": "ours-1", "great_from": "cheap"},
    ):
        with override_settings(PRICE_RATING_RULE=wrong):
            current_rule.cache_clear()
            with pytest.raises(ImproperlyConfigured, match="PRICE_RATING_RULE"):
                current_rule()
    current_rule.cache_clear()
