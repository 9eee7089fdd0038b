"""Shares and their intervals."""

import pytest

from evaluation.figures import Share, Tally


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [  # Wilson's interval without correction, by hand
        (8, 10, 0.4902, 0.9433),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
        (50, 100, 0.4038, 0.5962),
        (0, 0, 0.0, 1.0),
    ],
)
def test_an_interval_is_wilsons(count: int, total: int, low: float, high: float) -> None:
    share = Share("right", count=count, total=total)
    assert share.interval == pytest.approx((low, high), abs=5e-5)


def test_a_share_of_faults_must_not_exceed_what_it_must() -> None:
    right, wrong = Share("right", must=0.9), Share("wrong", must=0.1, is_of_faults=True)
    assert (right.is_reached, wrong.is_reached) == (None, None)
    for number in range(10):
        right.add(is_one=number > 0, case=f"{number}")
        wrong.add(is_one=number == 0, case=f"{number}")
    assert (right.share, right.is_reached, right.cases) == (0.9, True, ["0"])
    assert (wrong.share, wrong.is_reached, wrong.cases) == (0.1, True, ["0"])
    right.add(is_one=False, case="10")
    wrong.add(is_one=True, case="10")
    assert (right.is_reached, wrong.is_reached) == (False, False)


def test_a_line_has_counts_interval_and_verdict() -> None:
    tally = Tally()
    tally.share("never asked", 0.5)
    share = tally.share("doors", 0.75)
    for is_right in (True, True, True, False):
        share.add(is_one=is_right, case="")
    (line,) = tally.lines()
    assert " ".join(line.split()) == ("doors 3 of 4 75.00 % (30.06 to 95.44) pass (at least 75 %)")
