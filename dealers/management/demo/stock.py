"""The demo's adverts: each has a stock reference by which a second run knows it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from dealers.management.demo.cars import COLOURS, dealer_price, invent_car, registration_mark
from dealers.management.demo.lives import Life, invent_life, live_since
from dealers.management.demo.ranges import ModelRange, read_ranges
from dealers.management.demo.seed import (
    EXPIRING_CAR,
    EXPIRING_MODEL,
    MAKE,
    MODEL,
    SEED_ADVERTS,
    SEED_BODY,
)
from dealers.models import Branch
from listings import catalogue
from listings.choices import Status
from listings.models import Listing

EXPIRING_REF = "DEMO-EXPIRES"
SEED_REFS = tuple(f"DEMO-RR{number}" for number in range(1, len(SEED_ADVERTS) + 1))

_INVENTED = "DEMO-"
_LAST_MARK = 800_000  # the named adverts count down from here, far from the invented ones


@dataclass
class Advert:
    """A row to be written, the life that led there, and what it cost before, if it was more."""

    listing: Listing
    life: Life
    price_before: int | None = None


@dataclass
class Stock:
    """The adverts of a demo of some size; `present` holds the references that are there already."""

    total: int
    branches: list[Branch]
    now: datetime
    present: set[str]
    ranges: tuple[ModelRange, ...] = field(default_factory=read_ranges)
    resolved: dict[tuple[str, str], catalogue.Resolved] = field(default_factory=dict)

    def count_missing(self) -> int:
        return sum(ref not in self.present for ref in self._refs())

    def missing(self) -> Iterator[Advert]:
        """Yield the adverts that are not there yet, the real ones first."""
        for ref in self._refs():
            if ref in self.present:
                continue
            if ref in SEED_REFS:
                yield self._seed_advert(ref)
            elif ref == EXPIRING_REF:
                yield self._expiring_advert()
            else:
                yield self._invented_advert(ref)

    def _refs(self) -> Iterator[str]:
        yield from SEED_REFS
        if self.total > len(SEED_REFS):
            yield EXPIRING_REF
        for number in range(self.total - len(SEED_REFS) - 1):
            yield f"{_INVENTED}{number:07}"

    def _seed_advert(self, ref: str) -> Advert:
        number, chance = SEED_REFS.index(ref), _chance(ref)
        seed = SEED_ADVERTS[number]
        first_dealers = self.branches[0].dealer_id
        branches = [branch for branch in self.branches if branch.dealer_id == first_dealers]
        car = {
            **seed._asdict(),
            **SEED_BODY,
            "colour": chance.choice(list(COLOURS)),
            "mot_expires_on": self.now.date() + timedelta(days=chance.randrange(60, 360)),
            "vrm": registration_mark(_LAST_MARK - number, date(seed.year, 5, 1)),
        }
        life = live_since(self.now - timedelta(days=number, hours=5))
        branch = branches[number % len(branches)]
        return Advert(self._listing(ref, (MAKE, MODEL), {**car, **life.columns}, branch), life)

    def _expiring_advert(self) -> Advert:
        car = {**EXPIRING_CAR, "vrm": registration_mark(_LAST_MARK - 9, date(2017, 5, 1))}
        life = live_since(self.now - timedelta(days=settings.LISTING_LIFETIME_DAYS - 1))
        columns = {**car, **life.columns}
        return Advert(self._listing(EXPIRING_REF, EXPIRING_MODEL, columns, self.branches[0]), life)

    def _invented_advert(self, ref: str) -> Advert:
        chance, number = _chance(ref), int(ref.removeprefix(_INVENTED))
        car = invent_car(chance, number, self.ranges, self.now.date())
        life = invent_life(chance, self.now)
        name = (car.pop("make"), car.pop("model"))
        branch = chance.choice(self.branches)
        advert = Advert(self._listing(ref, name, {**car, **life.columns}, branch), life)
        was_reduced = chance.random() < 0.2
        if was_reduced and life.columns["status"] == Status.LIVE:
            advert.price_before = dealer_price(car["price"] * chance.uniform(1.03, 1.09) + 100)
        return advert

    def _listing(
        self, ref: str, name: tuple[str, str], columns: dict[str, Any], branch: Branch
    ) -> Listing:
        if name not in self.resolved:
            self.resolved[name] = catalogue.resolve(make_name=name[0], model_name=name[1])
        make, model = self.resolved[name]
        owner = {"branch": branch, "dealer": branch.dealer}
        return Listing(stock_ref=ref, make=make, model=model, **owner, **columns)


def _chance(ref: str) -> random.Random:
    return random.Random(f"marketplace {ref}")  # noqa: S311 - invented cars, not secrets
