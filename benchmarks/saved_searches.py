"""Saved searches with the skew of the adverts: few makes and models are asked for most.

Half name a radius, a tenth words of titles, and some part neither make nor model.
"""

import json
import random
from collections.abc import Callable, Iterator

from django.db import connection

from benchmarks.database import run

Stored = tuple[int, str]
PLACES = 3_000
STORED = "SELECT id, criteria::text FROM benchmark_search ORDER BY id"
_PRICES = (3_000, 5_000, 7_500, 8_000, 10_000, 12_000, 15_000, 20_000, 25_000, 30_000)
_PARAMETERS: tuple[tuple[float, str, Callable[[random.Random], object]], ...] = (
    (0.8, "price_max", lambda chance: chance.choice(_PRICES)),
    (0.15, "price_min", lambda chance: chance.choice((1_000, 2_000, 5_000))),
    (0.5, "mileage_max", lambda chance: 10_000 * chance.randrange(2, 11)),
    (0.45, "year_min", lambda chance: chance.randrange(2_010, 2_025)),
    (0.35, "fuel", lambda chance: chance.choice(("petrol", "diesel", "electric", "hybrid"))),
    (0.35, "transmission", lambda chance: chance.choice(("manual", "automatic"))),
    (0.2, "body_type", lambda chance: chance.choice(("hatchback", "suv", "estate", "saloon"))),
    (0.1, "doors", lambda chance: chance.choice((2, 5))),
    (0.08, "colour", lambda chance: chance.choice(("black", "white", "blue", "grey", "red"))),
    (0.03, "engine_cc_max", lambda chance: 100 * chance.randrange(10, 30)),
    (0.02, "dealer", lambda chance: f"dealer-{1 + int(500 * chance.random() ** 1.5)}"),
)


def searches(count: int, any_share: float) -> Iterator[Stored]:
    """Yield ids and stored forms."""
    chance = random.Random(count)  # noqa: S311 - repeatable searches, no secret
    places = [f"{chance.uniform(50, 56):.4f},{chance.uniform(-4, 1):.4f}" for _ in range(PLACES)]
    for id_ in range(1, count + 1):
        asked = {
            name: [str(value(chance))]
            for share, name, value in _PARAMETERS
            if chance.random() < share
        }
        if chance.random() >= any_share:
            asked["make"] = [f"make-{1 + int(60 * chance.random() ** 2.2)}"]
            if chance.random() < 0.7:
                asked["model"] = [f"model-{1 + int(10 * chance.random() ** 1.8)}"]
        if chance.random() < 0.5:
            asked["near"] = [places[int(PLACES * chance.random() ** 2)]]
            asked["within_miles"] = [str(chance.choice((10, 20, 30, 50, 100)))]
        if chance.random() < 0.1:
            asked["text"] = [str(chance.randrange(1, 10)), "trim"][: chance.choice((1, 2, 2))]
        yield id_, json.dumps(asked)


def write(rows: list[Stored]) -> None:
    """Write searches as they are stored, into a table of their own."""
    run("CREATE TABLE benchmark_search (id bigint PRIMARY KEY, criteria jsonb)")
    with connection.cursor() as cursor, cursor.copy("COPY benchmark_search FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
