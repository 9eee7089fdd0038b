"""How kinds of car sell: supply, demand, days to sell, turn of the stock, and shares by rating.

A kind is a body and a band of age. A dealer's own figures are read when they are asked for; the
whole marketplace's are worked out by a job and kept by week, in `MarketWeek`. Behind each figure of
the marketplace stand at least `DEALERS_MIN` dealers, also where somebody takes the kinds that are
told from the whole: what is left is of as many dealers, or the whole is not told either.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import Connection

from listings.choices import BodyType, PriceRating
from listings.models import MarketWeek
from listings.models.conditions import DEALER_SHOWN_SQL, LIVE_SQL, PUBLIC_SQL, SOLD_SQL
from listings.models.value import VALUED_SQL
from listings.pricing.value.dealer_floor import DEALERS_MIN
from listings.pricing.value.selling_time import DaysToSell, SaleCounts, SellingTime
from marketplace.databases.binary_copy import row_type, rows_of
from marketplace.london_time import london_today

WINDOW_DAYS = 180
"""Sales and days on sale are of so many days."""
AUDIENCE_DAYS = 30
AGES = ((3, "up to 3 years"), (7, "4 to 7 years"), (12, "8 to 12 years"))
OLDEST = "over 12 years"
ALL = ""
_BODIES = ("", *BodyType.values)
_BANDS = (*(name for _, name in AGES), OLDEST)
_LABELS = ("", *PriceRating.values)
_CAR = np.dtype(
    [
        ("kind", "i2"),
        ("dealer", "i8"),
        ("entry", "f8"),
        ("left", "f8"),
        ("is_sale", "?"),
        ("is_live", "?"),
        ("label", "i2"),
        ("opened", "i8"),
        ("enquired", "i8"),
    ]
)
_SENT = {name: _CAR[name].newbyteorder(">").str for name in _CAR.names or ()}
_ROW = row_type(_SENT.items())
Cars = NDArray[np.void]

_BODY_SQL = " ".join(f"WHEN '{body}' THEN {place}" for place, body in enumerate(_BODIES) if body)
_LABEL_SQL = " ".join(f"WHEN '{name}' THEN {at}" for at, name in enumerate(_LABELS) if name)
_BAND_SQL = " ".join(f"WHEN age <= {most} THEN {at}" for at, (most, _) in enumerate(AGES))

# What buyers never saw is no stock. One that ran out or was withdrawn was not sold until then.
_READ = f"""
    COPY (SELECT (CASE listing.body_type {_BODY_SQL} ELSE 0 END * {len(_BANDS)}
            + CASE {_BAND_SQL} ELSE {len(AGES)} END)::smallint,
        listing.dealer_id,
        (greatest(0, extract(epoch FROM since - listing.published_at)) / 86400)::float8,
        (greatest(0, extract(epoch FROM ended_at - listing.published_at)) / 86400)::float8,
        {SOLD_SQL}, coalesce({PUBLIC_SQL}, false),
        (CASE value.label {_LABEL_SQL} ELSE 0 END)::smallint,
        coalesce(audience.opened, 0)::bigint, coalesce(audience.enquired, 0)::bigint
    FROM listings_listing AS listing
    JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id AND {DEALER_SHOWN_SQL}
    LEFT JOIN listings_listingvalue AS value
        ON value.listing_id = listing.id AND {LIVE_SQL} AND {VALUED_SQL}
    LEFT JOIN (
        SELECT listing_id, sum(opened) AS opened, sum(enquired) AS enquired
        FROM listings_advertday WHERE day > %(seen_since)s GROUP BY listing_id
    ) AS audience ON audience.listing_id = listing.id,
    LATERAL (SELECT extract(year FROM now()) - listing.year AS age,
        now() - %(days)s * interval '1 day' AS since,
        CASE WHEN {PUBLIC_SQL} THEN now() ELSE least(
            listing.sold_at, listing.price_hidden_at, listing.expires_at, now()
        ) END AS ended_at) AS moments
    WHERE listing.published_at IS NOT NULL AND ended_at > since
        AND (%(dealer)s::bigint IS NULL OR listing.dealer_id = %(dealer)s)
    ) TO STDOUT (FORMAT binary)
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class RetailFigures:
    """How cars of a kind sell; None where too little, or too few dealers, stand behind a figure.

    `opened` and `enquired` are sums of 30 days, `sold` of 180. `turn` is how often a year the mean
    stock is sold, `days` the median days to sell with an interval of 90 %, `ratings` how many live
    adverts have each label, and "" those without one.
    """

    live: int | None = None
    opened: int | None = None
    enquired: int | None = None
    sold: int | None = None
    turn: float | None = None
    days: DaysToSell | None = None
    ratings: dict[str, int] | None = None

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        days = stored["days"]
        return cls(**{**stored, "days": DaysToSell(**days) if days else None})


def own_figures(dealer_id: int) -> dict[str, RetailFigures]:
    """Return a dealer's own figures by kind, and of all its cars by ""."""
    cars = _read(dealer_id)
    if cars.size == 0:
        return {ALL: RetailFigures(live=0, opened=0, enquired=0, sold=0, ratings={})}
    selling = _selling(cars, cars["kind"])
    found = {int(kind): cars[cars["kind"] == kind] for kind in np.unique(cars["kind"])}
    figures = {kind_name(kind): _figures(rows, selling, kind) for kind, rows in found.items()}
    return {ALL: _of_all(cars), **figures}


def market_figures() -> dict[str, RetailFigures]:
    """Return the marketplace's figures of the last week that has any, by kind; empty without."""
    week = MarketWeek.objects.with_kinds().order_by("week").last()
    return {} if week is None else _stored(week)


def market_weeks(number: int) -> list[tuple[date, RetailFigures]]:
    """Return what was told of all kinds together in the last weeks, oldest first."""
    rows = MarketWeek.objects.with_kinds().order_by("-week")[:number]
    return [(row.week, _stored(row).get(ALL, RetailFigures())) for row in reversed(rows)]


def told_by_kind() -> dict[str, RetailFigures]:
    """Work out what may be told of the whole marketplace now, by kind and of all kinds."""
    return _market(_read(None))


def kind_name(kind: int) -> str:
    """Return what a kind is called: "Estate, 4 to 7 years"."""
    body, band = divmod(kind, len(_BANDS))
    label = BodyType(_BODIES[body]).label if body else "Body unknown"
    return f"{label}, {_BANDS[band]}"


def _stored(week: MarketWeek) -> dict[str, RetailFigures]:
    return {name: RetailFigures.from_json(stored) for name, stored in (week.kinds or {}).items()}


def _read(dealer_id: int | None) -> Cars:
    seen_since = london_today() - timedelta(days=AUDIENCE_DAYS)
    given = {"dealer": dealer_id, "days": WINDOW_DAYS, "seen_since": seen_since}
    connection.ensure_connection()
    raw: Connection = connection.connection
    with raw.cursor() as cursor, cursor.copy(_READ, given) as stream:
        parts = [rows[list(_SENT)].astype(_CAR) for rows in rows_of(stream, _ROW)]
    return np.concatenate(parts)


def _selling(cars: Cars, kinds: NDArray[np.int64]) -> SellingTime:
    counts = SaleCounts.of_spells(kinds, cars["entry"], cars["left"], cars["is_sale"])
    return SellingTime.fit(counts, counts.segments // len(_BANDS))


def _of_all(cars: Cars) -> RetailFigures:
    return _figures(cars, _selling(cars, np.zeros(cars.size, np.int64)), 0)


def _figures(cars: Cars, selling: SellingTime, kind: int) -> RetailFigures:
    live = cars["is_live"]
    sold = int(cars["is_sale"].sum())
    stock = float((cars["left"] - cars["entry"]).sum()) / WINDOW_DAYS
    labels = np.bincount(cars["label"][live], minlength=len(_LABELS))
    return RetailFigures(
        live=int(live.sum()),
        opened=int(cars["opened"].sum()),
        enquired=int(cars["enquired"].sum()),
        sold=sold,
        turn=round(sold * 365 / WINDOW_DAYS / stock, 2) if stock > 0 else None,
        days=selling.days_to_sell(kind),
        ratings={name: int(count) for name, count in zip(_LABELS, labels, strict=True)},
    )


def _market(cars: Cars) -> dict[str, RetailFigures]:
    """Return what may be told of the whole marketplace."""
    if cars.size == 0:
        return {}
    kinds = [int(kind) for kind in np.unique(cars["kind"])]
    told = {name: _told(cars, kinds, cars[name]) for name in ("is_live", "is_sale")}
    told["is_rated"] = _told(cars, kinds, cars["is_live"] & (cars["label"] > 0))
    selling = _selling(cars, cars["kind"])
    found = {}
    for kind in kinds:
        figures = _figures(cars[cars["kind"] == kind], selling, kind)
        found[kind_name(kind)] = _without_few(figures, kind, told)
    found[ALL] = _without_few(_of_all(cars), None, told)
    return {name: figures for name, figures in found.items() if figures != RetailFigures()}


def _told(cars: Cars, kinds: Iterable[int], counted: NDArray[np.bool_]) -> set[int | None]:
    """Return the kinds with cars that are counted of enough dealers; None stands for the whole."""
    enough: set[int | None] = {
        kind for kind in kinds if _dealers(cars[counted & (cars["kind"] == kind)]) >= DEALERS_MIN
    }
    rest = cars[counted & ~np.isin(cars["kind"], [kind for kind in enough if kind is not None])]
    is_whole_safe = rest.size == 0 or _dealers(rest) >= DEALERS_MIN
    if is_whole_safe and _dealers(cars[counted]) >= DEALERS_MIN:
        enough.add(None)
    return enough


def _dealers(cars: Cars) -> int:
    return int(np.unique(cars["dealer"]).size)


def _without_few(
    figures: RetailFigures, kind: int | None, told: dict[str, set[int | None]]
) -> RetailFigures:
    if kind not in told["is_live"]:
        figures = replace(figures, live=None, opened=None, enquired=None)
    if kind not in told["is_sale"]:
        figures = replace(figures, sold=None, turn=None, days=None)
    if kind not in told["is_rated"] or kind not in told["is_live"]:
        figures = replace(figures, ratings=None)
    return figures
