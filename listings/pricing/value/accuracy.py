"""How well values hold against prices that the model did not see."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def accuracy(log_price: Floats, log_value: Floats, ends: Floats) -> dict[str, float]:
    """Return the measured errors as percentages, by name.

    `ends` are the logarithms from the value to both ends of the intervals, outer ones outermost.
    """
    error = log_price - log_value
    share = np.abs(np.exp(-error) - 1)
    inside_90 = (error >= ends[:, 0]) & (error <= ends[:, 3])
    inside_80 = (error >= ends[:, 1]) & (error <= ends[:, 2])
    width = np.exp(ends[:, 3]) - np.exp(ends[:, 0])
    return {
        "mape": 100 * float(share.mean()),
        "within_10": 100 * float((share <= 0.10).mean()),
        "bias": 100 * float(np.median(np.exp(-error) - 1)),
        "coverage_80": 100 * float(inside_80.mean()),
        "coverage_90": 100 * float(inside_90.mean()),
        "width_90": 100 * float(np.median(width)),
    }
