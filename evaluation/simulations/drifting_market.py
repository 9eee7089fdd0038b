"""A market whose prices move in ways that are known: adverts as they are listed, week by week.

Nothing here is a random walk of segments: every car's price follows a path in days that depends on
its fuel, its body, its own price and the day's weather, and what a car costs beside that is no sum
of terms. Adverts come from dealers of unlike size and dearness; some prices are wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Column = NDArray[np.float64]
Codes = NDArray[np.int64]

PETROL, DIESEL, ELECTRIC = range(3)
HATCHBACK, SALOON, SUV, CONVERTIBLE = range(4)
MODELS, DEALERS = 48, 60
DAYS_OF_YEAR = 365.0


@dataclass(frozen=True)
class Adverts:
    """Newly listed adverts in the order of their days."""

    day: Codes
    model: Codes
    body: Codes
    fuel: Codes
    age: Column
    mileage: Column
    price: Column
    """Pounds, as first asked."""
    drift: Column
    """How far the market had moved this car's price, in logs: the truth."""


@dataclass(frozen=True)
class Scenario:
    """`drift` gives from day, fuel, body and log of worth how far prices have moved, in logs.

    `mix` gives how likely each fuel is on a day.
    """

    name: str
    drift: Callable[[Column, Codes, Codes, Column], Column]
    mix: Callable[[Column], Column]
    wrong: float = 0.02
    """The share of adverts whose price is wrong."""


def generate(scenario: Scenario, weeks: int, weekly: int, seed: int) -> Adverts:
    """Return about `weekly` adverts of each week."""
    chance = np.random.default_rng(seed)
    count = int(chance.poisson(weeks * weekly))
    day = np.sort(chance.integers(0, weeks * 7, count))
    fuel = _drawn(chance, scenario.mix(day.astype(np.float64)))
    model, body = _models(chance, fuel)
    age = np.minimum(chance.gamma(2.2, 2.3, count), 14.5)
    mileage = age * chance.lognormal(9.0, 0.35, count) + chance.uniform(5, 900, count)
    worth = _worth(model, fuel, age, mileage)
    moved = scenario.drift(day.astype(np.float64), fuel, body, worth)
    price = np.exp(worth + moved + _own(chance, count, scenario.wrong))
    return Adverts(day, model, body, fuel, age, mileage, np.round(price / 5) * 5 + 5, moved)


def _drawn(chance: Generator, likely: Column) -> Codes:
    """Return a code for each row by its likelihoods."""
    ends = np.cumsum(likely, axis=1)
    drawn: Codes = (chance.random(len(ends))[:, None] * ends[:, -1:] > ends).sum(axis=1)
    return drawn


def _models(chance: Generator, fuel: Codes) -> tuple[Codes, Codes]:
    """Return model and body of each car: a third of the models have each fuel, few are common."""
    each = MODELS // 3
    rank = np.floor(each * chance.beta(0.8, 1.8, fuel.size)).astype(np.int64)
    model = fuel * each + rank
    return model, (model * 7 + 3) % 4


def _worth(model: Codes, fuel: Codes, age: Column, mileage: Column) -> Column:
    """Return the log of what a car costs in a market that stands still."""
    new = 9.6 + 0.9 * np.sin(model * 2.7) + 0.3 * np.cos(model * 5.1)
    half_life = 4.2 + 1.1 * np.sin(model * 1.3) - 0.9 * (fuel == ELECTRIC)
    floor = 0.09 + 0.05 * np.cos(model * 3.3) ** 2
    left = floor + (1 - floor) * np.exp2(-age / half_life)
    usual = 8_400 * np.maximum(age, 0.3)
    used = -0.14 * np.tanh((mileage - usual) / 38_000) - 0.05 * (mileage > 100_000)
    worth: Column = new + np.log(left) + used
    return worth


def _own(chance: Generator, count: int, wrong: float) -> Column:
    """Return what is each advert's own: its dealer's dearness, its luck, and mistakes."""
    dearness = chance.normal(0, 0.03, DEALERS)
    dealer = np.floor(DEALERS * chance.beta(0.6, 1.6, count)).astype(np.int64)
    own = dearness[dealer] + 0.06 * chance.standard_t(5, count)
    is_wrong = chance.random(count) < wrong
    mistakes = np.log(chance.choice([0.1, 0.5, 2.0, 10.0], count))
    return np.where(is_wrong, mistakes, own)


def _steady(day: Column) -> Column:
    return np.tile([0.55, 0.3, 0.15], (day.size, 1))


def _turning(day: Column) -> Column:
    """Diesels leave and electric cars come, within a year."""
    through = np.clip(day / DAYS_OF_YEAR, 0, 1)
    return np.stack([np.full(day.size, 0.5), 0.42 - 0.34 * through, 0.08 + 0.34 * through], axis=1)


def _calm(day: Column, fuel: Codes, body: Codes, worth: Column) -> Column:
    slow: Column = 0.012 * np.sin(day / 61) + 0.006 * np.sin(day / 13 + 1) - 0.00005 * day
    return slow


def _shocks(day: Column, fuel: Codes, body: Codes, worth: Column) -> Column:
    """Three blows: all cars at once, electric cars, then dear diesels; each is half undone."""
    whole = _blow(day, 96, -0.09, 70)
    electric = np.where(fuel == ELECTRIC, _blow(day, 171, -0.14, 400), 0.0)
    dear_diesel = np.where((fuel == DIESEL) & (worth > 9.4), _blow(day, 242, 0.08, 120), 0.0)
    shaken: Column = whole + electric + dear_diesel + 0.008 * np.sin(day / 9)
    return shaken


def _blow(day: Column, at: float, size: float, fades_in: float) -> Column:
    since = np.maximum(day - at, 0)
    lasting = 0.5 + 0.5 * np.exp(-since / fades_in)
    blow: Column = size * lasting * (day >= at)
    return blow


def _seasons(day: Column, fuel: Codes, body: Codes, worth: Column) -> Column:
    """The year's round, against the grain for convertibles, on a slide of electric cars."""
    year = 2 * np.pi * day / DAYS_OF_YEAR
    strength = np.where(body == CONVERTIBLE, -0.07, 0.03) * (1 + 0.2 * (worth - 9))
    slide = np.where(fuel == ELECTRIC, -0.16, -0.03) * day / DAYS_OF_YEAR
    return strength * np.cos(year) + slide


def _rally(day: Column, fuel: Codes, body: Codes, worth: Column) -> Column:
    """A climb of a third in half a year that stops at once, as in 2021, and is half given back."""
    climb = 0.29 * np.clip((day - 60) / 180, 0, 1) ** 1.5
    fall = 0.13 * np.clip((day - 260) / 80, 0, 1)
    rally: Column = (climb - fall) * (1.15 - 0.3 * (body == SUV))
    return rally


SCENARIOS: Mapping[str, Scenario] = {
    each.name: each
    for each in (
        Scenario("calm", _calm, _steady),
        Scenario("shocks", _shocks, _steady),
        Scenario("seasons and a turning mix", _seasons, _turning),
        Scenario("a rally, 5 % wrong prices", _rally, _steady, wrong=0.05),
    )
}
