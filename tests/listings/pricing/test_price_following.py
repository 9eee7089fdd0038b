"""How far a price follows its value: one function in the database, for the job and the preview."""

from typing import Any

from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase


class Following(TestCase):
    """Whatever the terms: within both limits, the way that was asked, never below the floor."""

    @given(
        price=st.integers(1, 200_000),
        value=st.integers(1, 200_000),
        percent=st.integers(50, 150),
        limits=st.tuples(st.integers(1, 50), st.integers(1, 20_000)),
        may_rise=st.booleans(),
        ending=st.sampled_from(["any", "95", "99", "00"]),
        floor=st.integers(1, 100_000),
    )
    def test_a_step_keeps_to_its_terms(self, **asked: Any) -> None:
        price, value, percent, floor = (
            asked[name] for name in ("price", "value", "percent", "floor")
        )
        percent_max, pounds_max = limits = asked["limits"]
        row = [price, value, percent, *limits, asked["may_rise"], asked["ending"], floor]
        with connection.cursor() as cursor:
            cursor.execute("SELECT price_following(%s, %s, %s, %s, %s, %s, %s, %s)", row)
            (new,) = cursor.fetchone()
        wanted = max(floor, value * percent / 100)
        assert abs(new - price) <= min(price * percent_max // 100, pounds_max)
        assert new >= min(price, floor)
        if new != price:
            assert abs(wanted - price) >= price / 100 - 1
            assert (new > price) == (wanted > price)
        if new > price:
            assert asked["may_rise"]
