"""What one replica costs, measured in a process that does nothing else."""

import gc
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

from django.conf import settings

from benchmarks import memory
from listings.models import Listing
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.fields import Range
from listings.search.memory import MemoryEngine
from listings.search.memory.replica import Replica

IN_A_PROCESS = (
    "import django; django.setup();"
    " from benchmarks.search.replica import measure_here; measure_here()"
)
CHANGES = 20
MARK = 900_000  # miles, more than any other advert has
WAIT_SECONDS = 300


@dataclass(frozen=True)
class Cost:
    """Seconds to load, MB (10^6 bytes) that the process grew by, then and at most, and the seconds
    that each of some committed changes took to be found by a search.
    """

    load: float
    grown: float
    grown_most: float
    visible: list[float]


def measure() -> Cost:
    found = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS], check=True, stdout=subprocess.PIPE, env=os.environ
    )
    return Cost(**json.loads(found.stdout))


def measure_here() -> None:
    ids = list(Listing.objects.order_by("id").values_list("id", flat=True)[:CHANGES])
    gc.collect()
    before = memory.resident()
    replica = Replica(every=settings.REPLICA_SECONDS, age_max=WAIT_SECONDS)
    started = time.perf_counter()
    while replica.snapshot() is None:
        time.sleep(0.005)
    load = time.perf_counter() - started
    grown = memory.resident() - before
    most = memory.peak() - before
    visible = [_visible(replica, id_, MARK + place) for place, id_ in enumerate(ids)]
    replica.stop()
    print(json.dumps(asdict(Cost(load, grown / 1e6, most / 1e6, visible))))


def _visible(replica: Replica, id_: int, mark: int) -> float:
    """Return the seconds from a change's commit until a search finds it, and undo the change."""
    request = SearchRequest(Criteria(mileage=Range(mark, mark)), ("price",), 1)
    engine = MemoryEngine(replica)
    row = Listing.objects.filter(pk=id_)
    before = row.values_list("mileage", flat=True).get()
    time.sleep(random.random() * settings.REPLICA_SECONDS)  # noqa: S311 - any moment of a round
    row.update(mileage=mark)
    started = time.perf_counter()
    while not engine.search(request).positions:
        time.sleep(0.002)
    seconds = time.perf_counter() - started
    row.update(mileage=before)
    return seconds
