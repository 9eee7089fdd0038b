"""The current market as each process keeps it, for whoever values or explains one car."""

import os
import threading
from datetime import date
from typing import NamedTuple

from listings.models import MarketFit
from listings.pricing.value.current_market import CurrentMarket
from listings.pricing.value.fitted_market import MarketModel


class KeptMarket(NamedTuple):
    """A fit with its model, and the day that cars are as old as on."""

    fit: MarketFit
    model: MarketModel
    as_of: date


def kept_market() -> KeptMarket | None:
    """Return the current market; None where none was fitted, or too young a one.

    Which fit is current is asked each time, by one query; its model is read when that has changed,
    in the place of the one before.
    """
    with _reading:
        fit, model = _market.refresh(), _market.model
    if fit is None or model is None:
        return None
    return KeptMarket(fit, model, date.fromisoformat(fit.details["as_of"]))


_market = CurrentMarket()
_reading = threading.Lock()  # a fork waits for it
os.register_at_fork(
    before=_reading.acquire, after_in_parent=_reading.release, after_in_child=_reading.release
)
