"""The table of time: the market's index and days to sell, held against simulations."""

from collections.abc import Sequence

import numpy as np

from evaluation.measures import Measure, at_most, show, within
from evaluation.scorers.market_drift import Drifted, drift_errors
from evaluation.scorers.selling_times import FEW, MANY, MedianErrors, median_errors
from evaluation.simulations.drifting_market import SCENARIOS, generate
from evaluation.simulations.forecourts import TRADES, Forecourts

WEEKS, WEEKLY = 52, 500
ORIGINS = range(18, WEEKS, 3)
_CARS_A_SALE = {"calm": 1.6, "hasty buyers, withdrawals": 2.1, "files that fail, a hot summer": 1.9}
_SALES = np.repeat([9, 50, 300], [200, 240, 20])


def show_time() -> None:
    """Print how near both come to the truth, scenario by scenario."""
    for seed, scenario in enumerate(SCENARIOS.values(), start=201):
        errors = drift_errors(generate(scenario, WEEKS, WEEKLY, seed), ORIGINS)
        show(f"prices of next week's adverts: {scenario.name}", drift_measures(errors))
    for seed, trade in enumerate(TRADES.values(), start=201):
        sizes = np.rint(_SALES * _CARS_A_SALE[trade.name]).astype(np.int64)
        errors_of_median = median_errors(Forecourts(trade, sizes, seed))
        show(f"days to sell: {trade.name}", selling_measures(errors_of_median))


def drift_measures(errors: dict[str, Drifted]) -> Sequence[Measure]:
    """Return the figures of each way; only the index has bounds."""
    oracle = errors["oracle"].mape
    measures = [Measure("mean error of an oracle", 100 * oracle)]
    for way, found in errors.items():
        if way == "oracle":
            continue
        is_ours = way == "index"
        over, bias = 100 * (found.mape - oracle), 100 * found.bias
        measures += [
            Measure(f"{way}: over the oracle's", over, "pt", at_most(0.15) if is_ours else None),
            Measure(f"{way}: bias", bias, "%", within(1) if is_ours else None),
        ]
    return measures


def selling_measures(errors: dict[tuple[str, tuple[int, int]], MedianErrors]) -> Sequence[Measure]:
    """Return the figures of each way; only the shrunk hazards have bounds."""
    measures = []
    for (way, kind), found in errors.items():
        is_ours = found.covered is not None
        sales = f"{kind[0]} to {kind[1]} sales"
        bound = {FEW: at_most(20), MANY: at_most(10)}[kind] if is_ours else None
        measures += [
            Measure(f"{way}, {sales}: error of the median", 100 * found.error, "%", bound),
            Measure(f"{way}, {sales}: bias", 100 * found.bias, "%", within(3) if is_ours else None),
        ]
        if found.covered is not None:
            measures.append(Measure(f"{way}, {sales}: truth within 90 %", 100 * found.covered, "%"))
    return measures
