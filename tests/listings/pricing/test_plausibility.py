"""A price with a digit too many or too few is doubted; what dealers decide is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.pricing import price_doubt
from listings.pricing.usual_prices import SIMILAR_MIN, ModelPrices, PricedCar, UsualPrice
from tests import make


@pytest.mark.parametrize(
    ("old", "new"),
    [(15_495, 12), (15_495, 1_549), (15_495, 154_950), (8_995, 895), (1_295, 12_950), (None, 12)],
)
def test_slips_are_doubted(old: int | None, new: int) -> None:
    assert price_doubt(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (15_495, 14_995),
        (15_495, 7_750),
        (15_495, None),
        (None, None),
        (None, 495),
        (None, 895_000),
        (12, 15_495),
        (50, 60),
        (500, 150),
    ],
)
def test_decisions_are_not(old: int | None, new: int | None) -> None:
    assert price_doubt(old, new) is None


@given(st.integers(1_000, 999_999), st.integers(0, 9), st.data())
def test_a_last_digit_lost_or_typed_twice_is_doubted(
    price: int, digit: int, data: st.DataObject
) -> None:
    text = str(price)
    place = data.draw(st.integers(len(text) - 3, len(text)))
    longer = int(text[:place] + str(digit) + text[place:])
    assert price_doubt(price, longer)
    assert price_doubt(longer, price)


@given(st.integers(100, 900_000), st.integers(-60, 60))
def test_a_change_by_some_per_cent_is_not(price: int, percent: int) -> None:
    assert price_doubt(price, max(100, price + price * percent // 100)) is None


@given(st.integers(100, 1_000_000), st.integers(300, 100_000), st.none() | st.integers(1, 999_999))
def test_a_price_near_what_such_cars_ask_is_never_doubted(
    price: int, usual: int, old: int | None
) -> None:
    near = max(usual // 2, min(price, usual * 2))
    assert price_doubt(old, near, UsualPrice(usual, 2.5)) is None


@given(st.integers(1_000, 100_000), st.integers(3, 1_000), st.booleans())
def test_a_price_far_from_it_is_doubted_once(usual: int, times: int, is_dear: bool) -> None:
    far = usual * times if is_dear else usual // times
    side = "far above" if is_dear else "far below"
    for old in (None, usual, usual * 2, usual // 2, 0 if is_dear else usual * 9):
        doubt = price_doubt(old, far, UsualPrice(usual, 2.5))
        assert doubt
        assert side in doubt
    assert price_doubt(far, far * 9 // 10, UsualPrice(usual, 2.5)) is None


@pytest.mark.django_db
def test_what_a_sandbox_asks_is_nothing_usual() -> None:
    branch = make.branch()
    rows = [make.live(branch=branch, price=10_000) for _ in range(SIMILAR_MIN)]
    sandbox = make.branch(make.dealer(is_sandbox=True))
    for _ in range(SIMILAR_MIN * 2):
        make.live(branch=sandbox, price=1_000)
    asked = {0: PricedCar(model_id=rows[0].model_id, year=2015)}
    assert ModelPrices().usual(asked)[0].pounds == 10_000


@pytest.mark.django_db
@pytest.mark.parametrize("year", [-1, 0, 2**31, 10**80])
def test_a_year_that_no_car_has_has_no_usual_price(year: int) -> None:
    assert ModelPrices().usual({0: PricedCar(model_id=1, year=year)}) == {}
