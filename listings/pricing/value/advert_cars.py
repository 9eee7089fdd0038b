"""Adverts as cars: those to be valued, and those that the market is learnt from."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
from psycopg import sql

from listings.models.car_link import CAR_NAME_SQL, CAR_SQL, LINKED_JOIN
from listings.models.conditions import DEALER_SHOWN_SQL, ENDED, LIVE_SQL, in_status_sql
from listings.models.value import INPUTS_SQL, VALUED_SQL
from listings.pricing.history import FOLLOWS_SQL
from listings.pricing.value.car_columns import CarSource, shared_columns, small_columns
from listings.pricing.value.cars import CarTable
from listings.pricing.value.rule import LABEL_CODES

ADVERTS = (
    "listings_listing listing JOIN dealers_dealer dealer ON dealer.id = listing.dealer_id"
    " LEFT JOIN listings_listingvalue value ON value.listing_id = listing.id"
)
_LINKED = f"{ADVERTS} {LINKED_JOIN}"
_ENDED = (
    f"{in_status_sql(ENDED)} AND {DEALER_SHOWN_SQL} AND listing.published_at IS NOT NULL"
    " AND listing.price_hidden_at > now() - make_interval(weeks => {weeks})"
)
_UNVALUED = (
    f"{LIVE_SQL} AND (value.listing_id IS NULL OR value.fit_id <> {{fit}} OR NOT {VALUED_SQL})"
)


@dataclass(frozen=True)
class AdvertCars:
    """Adverts as cars, and what stands in each one's row so far.

    `inputs` is the digest of the advert. `label` is the code of the label for the price that the
    advert still asks, else 0; `ratio` the published one where the row holds, else -1. `is_live`
    are those to be valued, `is_learnt` those of dealers that buyers are shown, with a price that
    is no answer to the market itself (`FOLLOWS_SQL`).
    """

    cars: CarTable
    inputs: npt.NDArray[np.int64]
    label: npt.NDArray[np.int8]
    ratio: npt.NDArray[np.int16]
    is_live: npt.NDArray[np.bool_]
    is_learnt: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.cars)

    def rows(self, chosen: npt.NDArray) -> Self:
        """Return those of these rows."""
        columns = ("inputs", "label", "ratio", "is_live", "is_learnt")
        return type(self)(
            self.cars.rows(chosen), **{name: getattr(self, name)[chosen] for name in columns}
        )


def read_adverts(condition: sql.Composable, as_of: date) -> AdvertCars:
    """Read adverts by a condition on `listing`, `dealer` and `value`, as old as on a day."""
    columns = _ADVERTS.read(condition)
    return AdvertCars(
        cars=_ADVERTS.cars(columns, condition, as_of),
        inputs=columns["inputs"],
        label=columns["label"],
        ratio=columns["ratio"],
        is_live=columns["is_live"] > 0,
        is_learnt=(columns["is_news"] > 0) & (columns["price"] > 0),
    )


def live_or_ended_within(weeks: int) -> sql.Composable:
    """Return the condition of live adverts, and of those that ended in the last weeks."""
    return sql.SQL(f"({LIVE_SQL} OR {_ENDED})").format(weeks=sql.Literal(weeks))


def unvalued(fit_id: int) -> sql.Composable:
    """Return the condition of live adverts that a fit has yet to value as they are."""
    return sql.SQL(_UNVALUED).format(fit=sql.Literal(fit_id))


def among(ids: list[int]) -> sql.Composable:
    return sql.SQL("listing.id = ANY({})").format(sql.Literal(ids))


def _labels() -> str:
    cases = " ".join(f"WHEN '{label}' THEN {code}" for label, code in LABEL_CODES.items())
    return f"CASE WHEN value.price = listing.price THEN CASE value.label {cases} END ELSE 0 END"


_ADVERTS = CarSource(
    row="listing",
    source=_LINKED,
    car=f"coalesce({CAR_NAME_SQL}, 'advert ' || {CAR_SQL})",
    wide={
        "key": ("listing.id", ">i8"),
        "dealer": ("listing.dealer_id::int8", ">i8"),
        "make": ("listing.make_id::int4", ">i4"),
        **shared_columns(
            "listing",
            day="coalesce(listing.price_shown_at, listing.published_at, listing.created_at)",
            born="coalesce(listing.first_registered_on, make_date(listing.year, 7, 1))",
        ),
        "inputs": (INPUTS_SQL, ">i8"),
        "ratio": (
            f"(CASE WHEN {VALUED_SQL} THEN coalesce(value.ratio, -1) ELSE -1 END)::int2",
            ">i2",
        ),
    },
    small={
        **small_columns("listing"),
        "label": f"coalesce({_labels()}, 0)",
        "is_live": f"({LIVE_SQL})::int",
        "is_news": f"({DEALER_SHOWN_SQL} AND NOT ({FOLLOWS_SQL}))::int",
    },
)
