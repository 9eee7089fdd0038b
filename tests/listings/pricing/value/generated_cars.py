"""Cars with known worth, of a form that no model of the house shares.

Worth falls by a hyperbola of age and a saturating curve of miles, trims multiply it, and dealers
ask a little more or less each; the noise has heavy tails.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from listings.pricing.value.cars import CarTable, scattered


@dataclass(frozen=True)
class Generated:
    cars: CarTable
    worth: np.ndarray  # what each would be asked for without noise


def generated(
    count: int, seed: int = 1, *, models: int = 8, dealers: int = 40, noise: float = 0.06
) -> Generated:
    chance = np.random.default_rng(seed)
    fixed = np.random.default_rng(99)  # models are worth the same whatever the seed
    model = chance.integers(models, size=count)
    new = fixed.uniform(11_000, 42_000, models)[model]
    age = chance.gamma(2.2, 1.9, count).clip(0.1, 14)
    miles = (age * chance.gamma(6, 1_500, count) + chance.uniform(5, 900, count)).round()
    fuel = (chance.random(count) < 0.25).astype(int)
    gearbox = (chance.random(count) < 0.3).astype(int)
    engine = np.where(chance.random(count) < 0.25, 2_000, 1_500)
    trim = chance.choice(4, count, p=[0.4, 0.3, 0.2, 0.1])
    worth = new / (1 + 0.16 * age) * (0.55 + 0.45 * np.exp(-miles / 85_000))
    worth *= np.array([0.93, 1.0, 1.08, 1.2])[trim] * (1 + 0.1 * gearbox) * (1 - 0.06 * fuel)
    worth *= 1 + engine / 9_000
    dealer = chance.integers(dealers, size=count)
    of_dealer = fixed.normal(0, 0.02, 10_000)[dealer]
    error = noise * chance.standard_t(4, count) + of_dealer
    cars = CarTable.of(
        key=np.arange(count),
        identity=scattered(np.arange(count) + 1_000_000 * seed),
        dealer=dealer,
        make=model // 4,
        model=model,
        age_years=age,
        mileage=miles,
        fuel=fuel,
        transmission=gearbox,
        engine_cc=engine,
        derivative=trim + 10 * model,
        trim=trim,
        price=(worth * np.exp(error)).round(),
    )
    return Generated(cars, worth)


def joined(*tables: CarTable) -> CarTable:
    names = tables[0].__dataclass_fields__
    return CarTable(
        **{name: np.concatenate([getattr(table, name) for table in tables]) for name in names}
    )


def changed(cars: CarTable, **columns: Any) -> CarTable:
    """Return the same cars with other columns, each one number or one a row."""
    kept = {name: getattr(cars, name) for name in cars.__dataclass_fields__}
    for name, value in columns.items():
        kept[name] = np.broadcast_to(value, len(cars)).astype(kept[name].dtype)
    return CarTable(**kept)
