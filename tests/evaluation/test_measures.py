"""Figures of simulations, and whether they keep their bounds."""

import pytest

from evaluation.measures import Measure, at_most, within
from evaluation.scorers.market_drift import Drifted
from evaluation.scorers.selling_times import FEW, MANY, MedianErrors
from evaluation.time_table import drift_measures, selling_measures


@pytest.mark.parametrize(
    ("value", "must", "verdict"),
    [
        (0.15, at_most(0.15), "pass (at most 0.15 %)"),
        (0.16, at_most(0.15), "MISS (at most 0.15 %)"),
        (-3.0, within(3), "pass (-3 to 3 %)"),
        (-3.01, within(3), "MISS (-3 to 3 %)"),
        (99.0, None, ""),
    ],
)
def test_a_line_says_whether_its_bound_is_kept(
    value: float, must: tuple[float, float] | None, verdict: str
) -> None:
    measure = Measure("drift", value, must=must)
    assert " ".join(measure.line.split()) == f"drift {value:.2f} % {verdict}".strip()
    assert measure.is_kept is not verdict.startswith("MISS")


def test_only_our_own_way_has_bounds() -> None:
    drifted = {
        "oracle": Drifted(0.08, 0.0),
        "index": Drifted(0.081, 0.002),
        "all history": Drifted(0.095, 0.1),
    }
    lines = {each.name: each for each in drift_measures(drifted)}
    over = lines["index: over the oracle's"]
    assert (round(over.value, 6), over.must, over.is_kept) == (0.1, at_most(0.15), True)
    assert lines["index: bias"].must == within(1)
    assert lines["all history: bias"].must is None

    sold = {
        ("shrunk hazards", FEW): MedianErrors(30, 0.21, 0.0, 0.9),
        ("shrunk hazards", MANY): MedianErrors(30, 0.09, 0.0, 0.9),
        ("sold only", FEW): MedianErrors(30, 0.4, -0.3),
    }
    measures = selling_measures(sold)
    bounds = [each.is_kept for each in measures if each.must is not None]
    assert bounds == [False, True, True, True]
    assert [each.must for each in measures if each.name.startswith("sold only")] == [None, None]
