"""One rule rounds every price that changes, by a plan or by hand, down or up."""

import re
from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from listings.choices import PriceEnding
from listings.models import Listing, PriceSchedule
from listings.pricing import PriceStep, PriceUnit, apply_due_drops, change_prices, preview_changes
from tests import make

Prices = npt.NDArray[np.int64]
EXAMPLE = re.compile(r"^\| £([\d,]+) \| ([-+]\d+) % \| (\w+) \| £([\d,]+) \|", re.MULTILINE)
ROUNDED = """
    SELECT target, price_rounded(price, target, %(ending)s, %(lowest)s)
    FROM unnest(%(prices)s::integer[]) WITH ORDINALITY AS each (price, place),
        LATERAL (SELECT price_target(price, %(amount)s, %(unit)s) AS target) AS wanted
    ORDER BY place
"""


def rounded(prices: Prices, *, amount: int, unit: str, ending: str, lowest: int = 1) -> Prices:
    """Return what the database makes of each price: the target, and the price that comes out."""
    values = {"prices": prices.tolist(), "amount": amount, "unit": unit, "ending": ending}
    with connection.cursor() as cursor:
        cursor.execute(ROUNDED, {**values, "lowest": lowest})
        return np.array(cursor.fetchall(), dtype=np.int64).T


def stated(prices: Prices, targets: Prices, ending: str, lowest: int = 1) -> Prices:
    """Return what docs/pricing.md says should come out."""
    if ending == "any":
        return targets
    asked = np.abs(targets - prices)
    found = np.zeros_like(prices)
    for grid in (100, 10):
        best, distance = np.zeros_like(prices), np.full_like(prices, 2**40)
        for steps in (-1, 0, 1):
            candidate = (targets // grid + steps) * grid + int(ending) % grid
            moved = (candidate - prices) * np.sign(targets - prices)
            is_fit = (moved > 0) & (moved <= 3 * asked) & (candidate >= lowest)
            # Twice the distance, less one for the price further on: of two as near it is that.
            off = 2 * np.abs(candidate - targets) - (moved > asked)
            is_best = is_fit & (off < distance)
            best, distance = np.where(is_best, candidate, best), np.where(is_best, off, distance)
        found = np.where(found == 0, best, found)
    return np.where(found == 0, targets, found)


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["95", "99", "00"])
@pytest.mark.parametrize(("amount", "unit"), [(-2, "percent"), (-75, "pounds"), (3, "percent")])
def test_every_price_to_200_000_comes_out_as_stated(amount: int, unit: str, ending: str) -> None:
    prices = np.arange(76 if unit == "pounds" else 2, 200_001)
    targets, found = rounded(prices, amount=amount, unit=unit, ending=ending)
    assert np.array_equal(found, stated(prices, targets, ending))
    assert np.all(np.sign(found - prices) == np.sign(amount))
    assert np.all(np.abs(found - prices) <= 3 * np.abs(targets - prices))


amounts = st.tuples(st.integers(-50, 500).filter(bool), st.just("percent")) | st.tuples(
    st.integers(-5_000, 5_000).filter(bool), st.just("pounds")
)


class Properties(TestCase):
    @examples(max_examples=100, deadline=None)
    @given(
        st.lists(st.integers(1, 10_000_000) | st.integers(1, 3_000), min_size=1),
        amounts,
        st.sampled_from(PriceEnding.values),
        st.integers(1, 6_000),
    )
    def test_any_price_comes_out_as_stated(
        self, prices: list[int], change: tuple[int, str], ending: str, lowest: int
    ) -> None:
        every = np.array(prices)
        targets, found = rounded(every, amount=change[0], unit=change[1], ending=ending)
        floored = rounded(every, amount=change[0], unit=change[1], ending=ending, lowest=lowest)[1]
        is_above = targets >= lowest
        assert np.array_equal(found[targets >= 1], stated(every, targets, ending)[targets >= 1])
        expected = stated(every, targets, ending, lowest)
        assert np.array_equal(floored[is_above], expected[is_above])


@pytest.mark.django_db
def test_the_examples_of_the_documentation_hold() -> None:
    found = EXAMPLE.findall((Path(settings.BASE_DIR) / "docs" / "pricing.md").read_text())
    assert len(found) >= 10
    for price, amount, ending, after in found:
        row = make.live(price=int(price.replace(",", "")))
        step = PriceStep(PriceUnit.PERCENT, int(amount), PriceEnding(ending))
        (told,) = preview_changes(listing_ids=[row.pk], step=step)
        expected = int(after.replace(",", ""))
        assert (price, told.new_price, told.refusal) == (price, expected, "")


@pytest.mark.django_db
@pytest.mark.parametrize("ending", PriceEnding.values)
def test_a_plan_and_a_person_lower_a_price_to_the_same(ending: str) -> None:
    branch = make.branch()
    prices = [105, 199, 795, 995, 1_095, 1_995, 4_050, 12_349, 33_999]
    due = timezone.now() - timedelta(hours=1)
    plan = make.price_plan(branch.dealer, floor=1, ending=ending)
    by_plan = [make.live(branch=branch, price=price) for price in prices]
    for row in by_plan:
        PriceSchedule.objects.create(listing=row, plan=plan, next_drop_at=due)
    by_hand = [make.live(branch=branch, price=price) for price in prices]
    assert apply_due_drops() == len(prices)
    step = PriceStep(PriceUnit.PERCENT, -2, PriceEnding(ending))
    change_prices(listing_ids=[row.pk for row in by_hand], step=step, actor_id=None)

    def after(rows: list[Listing]) -> list[int | None]:
        found = Listing.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
        return list(found.values_list("price", flat=True))

    assert after(by_plan) == after(by_hand)
    assert all(now and now < before for now, before in zip(after(by_hand), prices, strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("figure", "ending", "after"),
    [(9_000, "95", 8_995), (9_045, "95", 9_095), (20, "95", 95), (9_040, "00", 9_000)],
)
def test_a_figure_goes_to_the_nearest_ending_whatever_the_price_was(
    figure: int, ending: str, after: int
) -> None:
    rows = [make.live(price=price) for price in (None, 500, 20_000)]
    step = PriceStep(PriceUnit.FIGURE, figure, PriceEnding(ending))
    told = preview_changes(listing_ids=[row.pk for row in rows], step=step)
    assert [each.new_price for each in told] == [after] * 3
