"""What adverts are worth, as rows: what a fit says of them, and how it is written.

Whoever writes holds the row of the fit that is current, so that one writes at a time and nobody
by a market that another has replaced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from psycopg import Connection

from listings.models import ListingValue, MarketFit
from listings.models.value import INPUTS_SQL
from listings.pricing.value.advert_cars import AdvertCars
from listings.pricing.value.car_values import CarValues
from listings.pricing.value.rule import LABELS, REASONS, RatingRule
from marketplace.databases.binary_copy import copied

RATIO_MAX = 32_767
RATIO_STAYS = 0.015
"""A published ratio stays within this share of itself: each change is told to every replica."""
_UNKNOWN = -1

ValueColumns: TypeAlias = Mapping[str, npt.NDArray]

_COLUMNS = {
    "listing_id": "int8",
    "inputs": "int8",
    "price": "int4",
    "value": "int4",
    "low_80": "int4",
    "high_80": "int4",
    "low_90": "int4",
    "high_90": "int4",
    "comparables": "int2",
    "width": "float8",
    "residual": "float8",
    "correction": "float8",
    "ratio": "int2",
    "label": "int2",
    "reason": "int2",
}
_TYPES = {"int8": np.int64, "int4": np.int32, "int2": np.int16, "float8": np.float64}
# Only what cannot change again under the same revision: not what this transaction wrote itself.
_SEEN = (
    f"CASE WHEN valued.inputs = {INPUTS_SQL} AND listing.revision <> pg_current_xact_id()"
    " THEN listing.revision END"
)
_STORED = {
    name: f"nullif(valued.{name}, 'NaN')" if kind == "float8" else f"nullif(valued.{name}, -1)"
    for name, kind in _COLUMNS.items()
} | {
    "inputs": "valued.inputs",
    "seen": _SEEN,
    "label": "(%(labels)s::text[])[valued.label]",
    "reason": "coalesce((%(reasons)s::text[])[valued.reason], '')",
    "fit_id": "%(fit)s",
    "valued_at": "clock_timestamp()",
}
_MAKE = (
    f"CREATE TEMPORARY TABLE valued ({', '.join(f'{n} {kind}' for n, kind in _COLUMNS.items())})"
    " ON COMMIT DROP"
)
_COPY = "COPY valued FROM STDIN (FORMAT binary)"
# What was valued by itself since the adverts were read is newer than this.
_UPDATE = f"""
    UPDATE listings_listingvalue AS value
    SET {", ".join(f"{name} = {text}" for name, text in _STORED.items() if name != "listing_id")}
    FROM valued JOIN listings_listing AS listing ON listing.id = valued.listing_id
    WHERE value.listing_id = valued.listing_id AND value.valued_at <= %(read_at)s
"""  # noqa: S608 - names of ours
_INSERT = f"""
    INSERT INTO listings_listingvalue ({", ".join(_STORED)})
    SELECT {", ".join(_STORED.values())}
    FROM valued JOIN listings_listing AS listing ON listing.id = valued.listing_id
    WHERE NOT EXISTS (
        SELECT FROM listings_listingvalue AS value WHERE value.listing_id = listing.id
    )
    ON CONFLICT (listing_id) DO NOTHING
"""  # noqa: S608 - names of ours


_FORGOTTEN = (
    "value",
    "low_80",
    "high_80",
    "low_90",
    "high_90",
    "width",
    "residual",
    "correction",
    "ratio",
    "label",
)


@dataclass(frozen=True)
class ValuedAdverts:
    """Adverts, their values, and what the rule says: codes of `LABELS` and `REASONS`.

    `ratio` is the price in thousandths of the value, as it is published: -1 without either.
    """

    adverts: AdvertCars
    values: CarValues
    labels: npt.NDArray[np.int8]
    reasons: npt.NDArray[np.int8]
    ratio: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.adverts)

    def columns(self) -> ValueColumns:
        """Return what `store` writes."""
        values, has_value = self.values, self.values.value > 0
        pounds = {
            name: np.where(has_value, getattr(values, name), _UNKNOWN)
            for name in ("value", "low_80", "high_80", "low_90", "high_90")
        }
        found: dict[str, npt.NDArray] = {
            "listing_id": values.key,
            "inputs": self.adverts.inputs,
            "price": np.nan_to_num(self.adverts.cars.price, nan=_UNKNOWN),
            **pounds,
            "comparables": np.minimum(values.comparables, RATIO_MAX),
            "width": np.where(has_value, values.k, np.nan),
            "residual": values.residual,
            "correction": self._correction(),
            "ratio": self.ratio,
            "label": self.labels,
            "reason": self.reasons,
        }
        return {name: found[name].astype(_TYPES[kind]) for name, kind in _COLUMNS.items()}

    def _correction(self) -> npt.NDArray[np.float64]:
        """Return what the comparables add to the logarithm that the model alone expects."""
        cars, values = self.adverts.cars, self.values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(
                values.value > 0,
                np.log(values.value) - cars.index - (cars.log_price - values.residual),
                np.nan,
            )


def rate(adverts: AdvertCars, values: CarValues, rule: RatingRule) -> ValuedAdverts:
    """Rate adverts by their values; a label stays within the rule's hysteresis.

    The ratio that is told with it, by which searches are ordered, stays within `RATIO_STAYS`.
    """
    labels, reasons = rule.rate(values.to_rate(adverts.cars, adverts.label))
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = 1_000 * adverts.cars.price / values.value
    known = np.isfinite(exact)
    ratio = np.where(known, np.rint(np.minimum(np.nan_to_num(exact), RATIO_MAX)), _UNKNOWN)
    told = adverts.ratio.astype(np.float64)
    is_near = np.abs(exact - told) <= RATIO_STAYS * np.maximum(told, 1)
    stays = known & (told > 0) & (labels > 0) & (labels == adverts.label) & is_near
    return ValuedAdverts(
        adverts, values, labels, reasons, np.where(stays, told, ratio).astype(np.int16)
    )


def store(columns: ValueColumns, fit: MarketFit, read_at: datetime) -> int:
    """Write values by a fit, of adverts that were read at a time; return how many were written.

    The caller is in a transaction, and holds the current fit.
    """
    arguments: dict[str, Any] = {
        "labels": [str(label) for label in LABELS[1:]],
        "reasons": [str(reason) for reason in REASONS[1:]],
        "fit": fit.pk,
        "read_at": read_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)
        raw: Connection = connection.connection
        with raw.cursor() as copying, copying.copy(_COPY) as stream:
            for piece in copied(columns):
                stream.write(piece)
        cursor.execute("ANALYZE valued")
        cursor.execute(_UPDATE, arguments)
        written = cursor.rowcount
        cursor.execute(_INSERT, arguments)
        written += cursor.rowcount
        cursor.execute("DROP TABLE valued")
    return int(written)


@transaction.atomic
def forget_values() -> int:
    """Take all values away, and the fit that is current; return how many there were."""
    MarketFit.objects.filter(is_current=True).update(is_current=False)
    rows = ListingValue.objects.exclude(value=None, label=None)
    return rows.update(**dict.fromkeys(_FORGOTTEN), reason="", comparables=0)


def read_clock() -> datetime:
    """Return the database's time: what is valued later is newer than this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def hold_current_fit() -> MarketFit | None:
    """Return the fit that is current without its content, locked until the transaction ends."""
    rows = MarketFit.objects.filter(is_current=True).defer("content")
    return rows.select_for_update(no_key=True).first()
