"""Invented stock whose prices follow a law that no estimator knows, and dealers beside it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from dealers.models import Branch
from listings.choices import BodyType, Fuel, Status, Transmission
from listings.models import Listing, Model
from tests import make

TODAY = date(2026, 3, 1)
MODELS = {"Fiesta": 14_000, "Focus": 19_000, "Kuga": 27_000}
TRIMS = {"Zetec": 0.0, "Titanium": 0.07, "ST-Line": 0.12}


def branches(count: int = 6) -> list[Branch]:
    return [make.branch(make.dealer()) for _ in range(count)]


def stock(
    count: int,
    where: list[Branch],
    *,
    seed: int = 1,
    names: Sequence[str] = tuple(MODELS),
    **fields: Any,
) -> list[Listing]:
    """Write so many live adverts, spread over branches and models, and return them."""
    chance = np.random.default_rng(seed)
    models = [make.model(name, make.make("Ford")) for name in names]
    now = timezone.now()
    rows = []
    for number in range(count):
        branch, model = where[number % len(where)], models[int(chance.integers(len(models)))]
        columns = car(chance, model) | {
            "status": Status.LIVE,
            "published_at": now - timedelta(days=float(chance.uniform(1, 60))),
            "expires_at": now + timedelta(days=20),
            "confirmed_at": now,
            **fields,
        }
        rows.append(Listing(branch=branch, dealer=branch.dealer, make=model.make, **columns))
    return Listing.objects.bulk_create(rows)


def car(chance: np.random.Generator, model: Model) -> dict[str, Any]:
    """Return a car of a model, at a price that falls with age and miles and scatters by 6 %."""
    age = float(chance.uniform(1, 11))
    mileage = int(age * chance.uniform(4_000, 13_000)) + 500
    trim = list(TRIMS)[int(chance.integers(len(TRIMS)))]
    is_diesel, is_automatic = chance.random() < 0.4, chance.random() < 0.3
    new = MODELS[model.name] * (1 + TRIMS[trim]) * (1.04 if is_automatic else 1)
    left = 0.82 ** (age**0.85) / (1 + mileage / 180_000)
    registered = TODAY - timedelta(days=int(age * 365.25))
    litres = 1.5 if is_diesel else 1.0
    return {
        "model": model,
        "derivative": f"{litres} {'TDCi' if is_diesel else 'EcoBoost'} {trim} 5dr",
        "year": registered.year,
        "first_registered_on": registered,
        "mileage": mileage,
        "price": int(new * left * np.exp(chance.normal(0, 0.06))),
        "fuel": Fuel.DIESEL if is_diesel else Fuel.PETROL,
        "transmission": Transmission.AUTOMATIC if is_automatic else Transmission.MANUAL,
        "body_type": BodyType.SUV if model.name == "Kuga" else BodyType.HATCHBACK,
        "engine_cc": int(litres * 1_000),
        "doors": 5,
        "owners": int(chance.integers(1, 4)),
    }
