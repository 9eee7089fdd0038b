"""The cars that others are compared with, kept by model in the database as of each fit."""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

import numpy as np
import numpy.typing as npt

from listings.models import MarketCars, MarketFit, Model
from listings.pricing.value.cars import CarTable
from listings.pricing.value.comparables import Comparables
from listings.pricing.value.dealer_shares import DealerShares

_BATCH = 200
_HEADER = struct.Struct("<IIId")  # the format, cars, dealers, and the largest dealer's share
_NO_CARS = CarTable.of(key=[], make=[], model=[], age_years=[], mileage=[])
_NOTHING = Comparables.of(_NO_CARS, np.zeros(0), np.zeros(0, np.int8))
_KINDS = {each.name: getattr(_NO_CARS, each.name).dtype for each in fields(CarTable)}
_FORMAT = zlib.crc32(repr(sorted((name, kind.str) for name, kind in _KINDS.items())).encode())
"""Changes with the columns of a car: what another version packed is not read."""


def market_of(models: Iterable[int], fit_id: int) -> Comparables:
    """Return the cars of some models that a fit left to compare with."""
    rows = MarketCars.objects.filter(fit=fit_id, model__in=set(models)).order_by("model")
    parts = [part for row in rows if (part := _unpack(row.model_id, bytes(row.content)))]
    parts = [_NOTHING, *parts]
    dealers = [
        np.concatenate([getattr(each.dealers, name) for each in parts])
        for name in ("models", "counts", "largest")
    ]
    return Comparables(
        joined([part.cars for part in parts]),
        np.concatenate([each.residual for each in parts]),
        np.concatenate([each.fold for each in parts]),
        DealerShares(*dealers),
    )


def store_market(market: Comparables, fit: MarketFit) -> None:
    """Put the cars of a fit in the place of those before; the caller is in a transaction."""
    MarketCars.objects.all().delete()
    known = set(Model.objects.values_list("pk", flat=True))
    rows: list[MarketCars] = []
    for model_id, part in _by_model(market):
        if model_id in known:
            rows.append(MarketCars(model_id=model_id, fit=fit, content=_pack(part)))
    MarketCars.objects.bulk_create(rows, batch_size=_BATCH)


def joined(tables: Sequence[CarTable]) -> CarTable:
    """Return the rows of all tables as one."""
    parts = (*tables, _NO_CARS)
    return CarTable(
        **{name: np.concatenate([getattr(each, name) for each in parts]) for name in _KINDS}
    )


def _by_model(market: Comparables) -> Iterator[tuple[int, Comparables]]:
    order = np.lexsort((market.cars.key, market.cars.model))
    models, starts, counts = np.unique(
        market.cars.model[order], return_index=True, return_counts=True
    )
    for model_id, start, count in zip(models.tolist(), starts, counts, strict=True):
        rows = order[start : start + count]
        dealers = DealerShares(np.array([model_id]), *market.dealers_of(np.array([model_id])))
        residual, fold = market.residual[rows], market.fold[rows]
        yield model_id, Comparables(market.cars.rows(rows), residual, fold, dealers)


def _pack(market: Comparables) -> bytes:
    columns = [getattr(market.cars, name).astype(kind).tobytes() for name, kind in _KINDS.items()]
    learnt = [market.residual.astype(np.float64).tobytes(), market.fold.astype(np.int8).tobytes()]
    packed = zlib.compress(b"".join([*columns, *learnt]), level=1)
    dealers = (int(market.dealers.counts[0]), float(market.dealers.largest[0]))
    return _HEADER.pack(_FORMAT, len(market.cars), *dealers) + packed


def _unpack(model_id: int, content: bytes) -> Comparables | None:
    kind, count, dealers, largest = _HEADER.unpack_from(content)
    if kind != _FORMAT:
        return None
    raw, at = zlib.decompress(content[_HEADER.size :]), 0
    found: list[npt.NDArray] = []
    for dtype in (*_KINDS.values(), np.dtype(np.float64), np.dtype(np.int8)):
        found.append(np.frombuffer(raw, dtype, count, at))
        at += count * dtype.itemsize
    *columns, residual, fold = found
    return Comparables(
        CarTable(**dict(zip(_KINDS, columns, strict=True))),
        residual,
        fold,
        DealerShares(np.array([model_id]), np.array([dealers]), np.array([largest])),
    )
