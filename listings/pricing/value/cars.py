"""Cars as columns of numbers: what is valued, and what the market is learnt from."""

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.integer]
Floats = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]

MISSING = -1
"""The code of a make, a model, a derivative or a choice that is not known."""


@dataclass(frozen=True)
class CarTable:
    """Cars, one row each; NaN is a number that is not known, -1 a code that is not.

    `key` tells rows apart and orders them. `identity` is the digest of the physical car
    (`digests`): of its VRM, else its VIN, else of the advert. `dealer` is any number that is the
    dealer's own; where the dealer is not known, a number that no other row has. `make`, `model`
    and `derivative` are codes that are the same in every table of one marketplace, and a model has
    a code that no model of another make has; so are the choices' codes (`listings.choices`, in
    order). `age_years` is the age now; `mileage` miles; `engine_cc` cubic centimetres; `power_bhp`
    bhp; `mpg` miles a gallon; `tax` pounds a year; `price` the whole asking price in pounds, fees
    and VAT included, NaN on application. `index` is the logarithm by which the market of the day
    of the price lay above the model's base, 0 without an index. `listed_on` are days since 1970.
    """

    key: Integers
    identity: npt.NDArray[np.uint64]
    dealer: Integers
    make: Integers
    model: Integers
    derivative: Integers
    trim: Integers
    age_years: Floats
    mileage: Floats
    fuel: Integers
    transmission: Integers
    body_type: Integers
    drivetrain: Integers
    doors: Floats
    engine_cc: Floats
    power_bhp: Floats
    owners: Floats
    mpg: Floats
    tax: Floats
    is_written_off: Flags
    price: Floats
    index: Floats
    weight: Floats
    listed_on: Floats

    def __post_init__(self) -> None:
        rows = len(self.key)
        for each in fields(self):
            if len(getattr(self, each.name)) != rows:
                raise ValueError(f"{each.name} does not have {rows} rows")

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def of(cls, **columns: npt.ArrayLike) -> Self:
        """Return a table of these columns in their narrow types; the rest is not known.

        `key`, `make`, `model`, `age_years` and `mileage` must be stated. Without an identity or a
        dealer each row is a car, or a dealer, of its own.
        """
        key = np.asarray(columns["key"], np.int64)
        made = {
            name: np.full(len(key), _DEFAULTS.get(name, np.nan), kind)
            if name not in columns
            else np.asarray(columns[name], kind)
            for name, kind in _TYPES.items()
        }
        if "identity" not in columns:
            made["identity"] = scattered(key)
        if "dealer" not in columns:
            made["dealer"] = made["identity"].view(np.int64)
        return cls(**made)

    def rows(self, chosen: Integers | Flags | slice | list[int]) -> Self:
        """Return the table of these rows, in this order."""
        return type(self)(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})

    @cached_property
    def log_price(self) -> npt.NDArray[np.float64]:
        """The logarithm of the price at the model's base; NaN without a price."""
        price = np.where(self.price > 0, self.price, np.nan).astype(np.float64)
        return np.log(price) - self.index


def digests(texts: list[str]) -> npt.NDArray[np.uint64]:
    """Return a number for each text, the same in every process: the identity of a car."""
    each = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(each), np.uint64)


def scattered(numbers: npt.ArrayLike) -> npt.NDArray[np.uint64]:
    """Return numbers spread evenly over 64 bits (SplitMix64)."""
    value = np.asarray(numbers).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


_TYPES: dict[str, type[np.generic]] = {
    "key": np.int64,
    "identity": np.uint64,
    "dealer": np.int64,
    "make": np.int32,
    "model": np.int32,
    "derivative": np.int32,
    "trim": np.int32,
    "age_years": np.float32,
    "mileage": np.float32,
    "fuel": np.int8,
    "transmission": np.int8,
    "body_type": np.int8,
    "drivetrain": np.int8,
    "doors": np.float32,
    "engine_cc": np.float32,
    "power_bhp": np.float32,
    "owners": np.float32,
    "mpg": np.float32,
    "tax": np.float32,
    "is_written_off": np.bool_,
    "price": np.float64,
    "index": np.float32,
    "weight": np.float32,
    "listed_on": np.float32,
}
_DEFAULTS: dict[str, float] = {
    "make": MISSING,
    "model": MISSING,
    "derivative": MISSING,
    "trim": MISSING,
    "fuel": MISSING,
    "transmission": MISSING,
    "body_type": MISSING,
    "drivetrain": MISSING,
    "identity": 0,
    "dealer": 0,
    "is_written_off": False,
    "index": 0.0,
    "weight": 1.0,
}
