"""Nine files of real cars, dirty in places, as the stock of one dealer.

They name neither ids nor marks, so that a car is its row; the make is the file's. REAL_ROWS is how
many rows of each are brought; 0 for all of them, some 99,000.
"""

import os
from itertools import islice
from pathlib import Path

import pytest

from dealers.feeds.columns import ColumnMapping
from dealers.feeds.configuration import confirm_mapping
from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.catalogue import load_seed
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, counts, receive

FOLDER = Path("../shared/data/uk_used_cars")
FILES = {
    "audi": "Audi",
    "bmw": "BMW",
    "ford": "Ford",
    "hyundi": "Hyundai",
    "merc": "Mercedes-Benz",
    "skoda": "Skoda",
    "toyota": "Toyota",
    "vauxhall": "Vauxhall",
    "vw": "Volkswagen",
}
ROWS = int(os.environ.get("REAL_ROWS", "300"))

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="needs the shared files of real cars"),
]


def sample(name: str) -> bytes:
    with (FOLDER / f"{name}.csv").open("rb") as file:
        return b"".join(islice(file, ROWS + 1) if ROWS else file)


def first_run(feed: StockFeed, content: bytes, make_name: str) -> FeedRun:
    """Bring a file to a feed that has no mapping yet, and confirm what is suggested for it."""
    run = receive(feed, content)
    get_on(run_id=run.pk, seconds=LONG)
    feed.refresh_from_db()
    suggested = ColumnMapping.from_json(feed.suggested_mapping or {}).to_json()
    suggested["constants"] = {"make": make_name}
    confirm_mapping(feed_id=feed.pk, mapping=suggested, actor=SYSTEM)
    approve_run(run_id=run.pk, actor=SYSTEM)
    return get_on(run_id=run.pk, seconds=LONG) or run


@pytest.mark.slow
@pytest.mark.timeout(0 if ROWS == 0 else 120)
def test_the_files_come_in_whole_and_a_second_time_change_nothing() -> None:
    load_seed()
    branch = make.branch()
    rejected = rows = 0
    for name, make_name in FILES.items():
        content = sample(name)
        feed = make.feed(branch, mapping=None, mapping_confirmed_at=None, name=name)
        run = first_run(feed, content, make_name)
        assert (run.state, run.hold_reason) == ("done", "")
        assert counts(run).keys() <= {"created", "rejected"}
        assert run.row_count == content.count(b"\n") - 1
        rejected, rows = rejected + run.rejected_count, rows + run.row_count
        again = receive(feed, content)
        again = get_on(run_id=again.pk, seconds=LONG) or again
        assert again.state == "done"
        assert again.unchanged_count == run.created_count
    unknown = Listing.objects.filter(model__confirmation="pending")
    assert unknown.count() <= rows / 100
    assert set(unknown.values_list("status", flat=True)) <= {"draft"}
    assert Listing.objects.filter(status="live").count() == rows - rejected - unknown.count()
    assert rejected <= rows / 1_000
    assert not Listing.objects.filter(make__name="Hyundi").exists()
