"""Most of a stock is written at once while buyers search: every answer is of before or of after."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from listings.models import Listing
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.fields import Range
from listings.search.memory import MemoryEngine
from listings.search.memory.replica import Replica
from tests import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
STOCK, WRITTEN = 20_000, 18_000
CHEAP = SearchRequest(
    Criteria(price=Range(None, 1_500)), ("price",), 5, is_counted=True, facets=("fuel", "price")
)
ALL = SearchRequest(Criteria(), ("price",), 5, is_counted=True, facets=("fuel", "price"))


@pytest.fixture
def engine() -> Iterator[MemoryEngine]:
    replica = Replica(every=0.05, age_max=60)
    yield MemoryEngine(replica)
    replica.stop()


def fill() -> None:
    """Make many adverts of one, at 1,000 pounds."""
    with transaction.atomic(), connection.cursor() as cursor:
        make.copies(make.live(price=1_000), STOCK - 1)
        # Foreign keys are checked by plans made for a single advert, each a scan, until this.
        cursor.execute("ANALYZE listings_listing, listings_pricechange")


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; the test's own time limit ends what waits for ever."""
    while not condition():
        time.sleep(0.01)


def cheap(engine: MemoryEngine) -> int:
    """Return how many adverts are cheap, having seen that the answers agree with themselves."""
    assert engine.replica.snapshot() is not None
    whole = engine.search(ALL)
    assert (whole.count, sum(each.count for each in whole.facets["fuel"])) == (STOCK, STOCK)
    assert sum(each.count for each in whole.facets["price"]) == STOCK
    result = engine.search(CHEAP)
    assert sum(each.count for each in result.facets["fuel"]) == result.count
    assert all(position.values == (1_000,) for position in result.positions)
    return result.count or 0


def cheap_in_the_end(engine: MemoryEngine, before: int, after: int) -> None:
    """Ask until the write is seen: no answer is of anything between."""
    while (count := cheap(engine)) != after:
        assert count == before


def test_a_search_is_never_blocked_and_never_half_written(engine: MemoryEngine) -> None:
    fill()
    first = Listing.objects.order_by("pk").values_list("pk", flat=True)[WRITTEN - 1]
    written = Listing.objects.filter(pk__lte=first)
    until(lambda: engine.replica.snapshot() is not None)
    assert cheap(engine) == STOCK
    for price, before, after in ((2_000, STOCK, STOCK - WRITTEN), (1_000, STOCK - WRITTEN, STOCK)):
        with transaction.atomic():
            assert written.update(price=price) == WRITTEN
            counts = {cheap(engine) for _ in range(20)}  # while the rows are locked
            assert counts == {before}
        cheap_in_the_end(engine, before, after)


def test_many_ask_while_it_is_written(engine: MemoryEngine) -> None:
    fill()
    until(lambda: engine.replica.snapshot() is not None)
    seen: list[set[int]] = [set(), set(), set()]
    done = threading.Event()

    def keep_asking(counts: set[int]) -> None:
        while not done.is_set():
            counts.add(cheap(engine))

    threads = [threading.Thread(target=keep_asking, args=(counts,)) for counts in seen]
    for thread in threads:
        thread.start()
    try:
        until(lambda: all(seen))
        Listing.objects.update(price=2_000)
        cheap_in_the_end(engine, STOCK, 0)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert all(counts <= {STOCK, 0} and STOCK in counts for counts in seen)
