"""How far a price falls: one function in the database, for the job and for the preview."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase


def fall(price: int, drop: int, unit: str, floor: int, ending: str = "95", steps: int = 1) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT price_after_drops(%s, %s, %s, %s, %s, %s)",
            [price, drop, unit, floor, ending, steps],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize("price", [9_995, None])
def test_a_plan_without_drops_leaves_a_price_as_it_is(price: int | None) -> None:
    """A worker from before there were other kinds of plans asks it so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT price_after_drops(%s, NULL, NULL, 5000, '95', 3)", [price])
        assert cursor.fetchone() == (price,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("price", "terms", "expected"),
    [
        (33_999, (2, "percent", 1_000, "95"), [33_295, 32_595, 31_895, 31_295]),
        (33_999, (500, "pounds", 1_000, "99"), [33_499, 32_999, 32_499]),
        (2_995, (1, "percent", 1_000, "any"), [2_965, 2_935, 2_906]),
        (10_050, (100, "pounds", 1_000, "95"), [9_995, 9_895]),
        (10_000, (55, "pounds", 1_000, "95"), [9_895]),
        (10_100, (55, "pounds", 1_000, "95"), [9_995]),
        (1_095, (2, "percent", 100, "95"), [1_075, 1_055]),
        (900, (10, "percent", 100, "95"), [795, 695, 595]),
        (795, (2, "percent", 100, "95"), [775, 755, 735]),
        (799, (2, "percent", 100, "99"), [779, 759]),
        (995, (2, "percent", 100, "95"), [975, 955]),
        (1_995, (2, "percent", 100, "95"), [1_895, 1_795]),
        (9_000, (2, "percent", 100, "00"), [8_800, 8_600]),
        (5_140, (2, "percent", 5_000, "95"), [5_095, 5_000]),
        (195, (50, "pounds", 1, "95"), [95, 45, 1, 1]),
        (8, (10, "percent", 1, "95"), [5, 4, 3]),
        (5_600, (700, "pounds", 5_000, "95"), [5_000, 5_000]),
        (5_000, (700, "pounds", 5_000, "95"), [5_000]),
        (4_000, (700, "pounds", 5_000, "95"), [4_000]),
    ],
)
def test_prices_fall_as_a_dealer_would_lower_them(
    price: int, terms: tuple[int, str, int, str], expected: list[int]
) -> None:
    drop, unit, floor, ending = terms
    assert [
        fall(price, drop, unit, floor, ending, steps) for steps in range(1, len(expected) + 1)
    ] == expected


@pytest.mark.django_db
def test_no_price_has_no_lower_price() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT price_after_drops(NULL, 2, 'percent', 1000, '95', 1)")
        assert cursor.fetchone()[0] is None


prices = st.integers(1, 10_000_000) | st.integers(1, 3_000)
drops = st.tuples(st.integers(1, 50), st.just("percent")) | st.tuples(
    st.integers(1, 10_000_000) | st.integers(1, 500), st.just("pounds")
)


class Properties(TestCase):
    @given(prices, drops, prices, st.sampled_from(("95", "99", "00", "any")))
    def test_one_step_falls_to_the_ending_or_to_the_floor(
        self, price: int, drop: tuple[int, str], floor: int, ending: str
    ) -> None:
        lowered = fall(price, *drop, floor, ending)
        if price <= floor:
            assert lowered == price
            return
        assert floor <= lowered < price
        asked = max(1, drop[0] if drop[1] == "pounds" else (price * drop[0] + 50) // 100)
        if lowered == floor:
            return
        assert price - lowered <= 3 * asked
        if ending == "any":
            assert lowered == price - asked
        elif lowered % 100 == int(ending):
            assert abs(lowered - (price - asked)) <= 100
        elif lowered % 10 == int(ending) % 10:
            assert abs(lowered - (price - asked)) <= 10
        else:
            assert lowered == price - asked

    @given(
        prices,
        drops,
        prices,
        st.sampled_from(("95", "99", "00", "any")),
        st.tuples(st.integers(0, 60), st.integers(0, 60)),
    )
    def test_steps_compose(
        self, price: int, drop: tuple[int, str], floor: int, ending: str, steps: tuple[int, int]
    ) -> None:
        first, then = steps
        midway = fall(price, *drop, floor, ending, first)
        assert fall(midway, *drop, floor, ending, then) == fall(
            price, *drop, floor, ending, first + then
        )
