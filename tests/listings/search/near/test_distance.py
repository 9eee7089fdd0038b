"""Distances: right on the map, and the same in the database and in memory."""

import random

import numpy as np
import pytest
from django.db import connection

from dealers.models import Branch
from listings.search.distance import chord_of, chord_to, miles_between
from listings.search.memory import branches
from listings.search.memory.branches import Branches, Distances
from listings.search.memory.columns import MISSING
from listings.search.places import Point, Precision
from listings.search.places.sphere import vector
from tests import make

LONDON = Point("51.5074,-0.1278", 51.5074, -0.1278, Precision.POINT)


@pytest.mark.parametrize(
    ("latitude", "longitude", "miles"),
    [
        (51.5074, -0.1278, 0.0),
        (55.9533, -3.1883, 331.6),  # Edinburgh
        (53.4808, -2.2426, 162.8),  # Manchester
        (-51.5074, 179.8722, 12_436.8),  # the other side of the Earth
    ],
)
def test_miles_follow_the_great_circle(latitude: float, longitude: float, miles: float) -> None:
    assert miles_between(LONDON, latitude, longitude) == miles


def test_a_chord_is_a_little_shorter_than_the_way() -> None:
    assert chord_of(1) == 1_609
    assert chord_of(100) == 160_930
    assert chord_of(1_000) == 1_605_068


@pytest.mark.slow
@pytest.mark.django_db
def test_the_database_and_memory_agree_on_every_metre() -> None:
    random_ = random.Random(7)  # noqa: S311 - repeatable positions, not a secret
    dealer = make.dealer()
    corners = [(0.0, 0.0), (90.0, 0.0), (-90.0, 180.0), (51.5074, -0.1278), (0.0, -180.0)]
    anywhere = [(random_.uniform(-90, 90), random_.uniform(-180, 180)) for _ in range(2_000)]
    close = [(51.5 + random_.random() / 50, random_.random() / 50) for _ in range(2_000)]
    Branch.objects.bulk_create(
        Branch(dealer=dealer, name=str(n), postcode="LS1", latitude=latitude, longitude=longitude)
        for n, (latitude, longitude) in enumerate([*corners, *anywhere, *close])
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        raw = connection.connection.cursor()
        with raw.copy(f"COPY ({branches.SELECT}) TO STDOUT (FORMAT binary)") as stream:
            known = branches.read(stream)
    for place in [LONDON, LONDON._replace(latitude=90.0), LONDON._replace(latitude=0.0)]:
        rows = Branch.objects.annotate(metres=chord_to(place)).order_by("pk")
        expected = dict(rows.values_list("pk", "metres"))
        distances = Distances(place, known, np.arange(1 + max(expected)), {})
        metres = distances[np.asarray(list(expected))].tolist()
        assert metres == list(expected.values())


def test_branches_whose_ids_are_far_apart_take_no_more_room() -> None:
    ids = np.array([3, 2_000_000_000])
    places = np.array([vector(51.5, -0.1), vector(53.8, -1.5)]).T
    known = Branches(ids, places, np.array([7]))
    distances = Distances(LONDON, known, np.array([2_000_000_000, 7, 3, 9]), {})

    leeds, unplaced, london, unheard = distances[np.arange(4)].tolist()

    assert (london // 1_000, leeds // 1_000) == (2, 271)
    assert (unplaced, unheard) == (MISSING, MISSING)
