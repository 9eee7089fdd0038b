"""A price with a digit too many or too few is doubted; what dealers decide is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.pricing import price_doubt


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
