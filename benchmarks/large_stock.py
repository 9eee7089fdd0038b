"""A stock of a size that nobody has yet: searched, started, imported, expired, repriced, followed.

Every job that the clock starts is run once and held to the time that a worker gives it: one that
takes longer there is ended each time, and never done. Processor seconds are this process's own.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from celery import current_app
from django.conf import settings

from benchmarks import feeds
from benchmarks.database import run, value
from benchmarks.report import Report
from benchmarks.search import snapshots
from benchmarks.search.engines import ask_memory
from listings.adverts import expire_due, read_unread
from listings.change_follower import NAME, consumers
from listings.changes import position_now
from listings.models import ChangesFollower
from listings.physical_cars import follow_cars
from listings.pricing import apply_due_drops
from listings.search.memory.replica import Replica
from listings.word_index import follow_texts
from marketplace.celery import TASK_SECONDS_MAX
from marketplace.lease import LeaseHolder

SHARE = 50  # of so many adverts one runs out on a day, and of one the price falls
FEED_SHARE = 100
JOB_SECONDS_MAX = TASK_SECONDS_MAX - 30
FOLLOWED_A_SECOND = 200
AGE_MAX_SECONDS = 600.0
FOLLOWERS = ("alerts", "values", "webhooks", "webhooks_enquiries")
ELSEWHERE = tuple(
    f"listings.periodic.{name}"
    for name in ("refit_values", "index_words", "link_cars", "read_equipment")
)
"""The first has hours of its own (`--values N`), the others are among the backlogs."""
BACKLOGS: dict[str, Callable[[], int]] = {
    "words indexed": follow_texts,
    "cars linked": follow_cars,
    "equipment read": read_unread,
}
"""Jobs that go through the whole stock once, some of it each minute."""

_RUN_OUT = f"""
    UPDATE listings_listing SET expires_at = now() - interval '1 minute'
    WHERE id % {SHARE} = 0 AND status = 'live'
"""
_PLANS = """
    INSERT INTO listings_priceplan (
        dealer_id, name, after_days, every_days, "drop", unit, floor, ending, is_default
    )
    SELECT id, 'Two per cent a week', 14, 7, 2, 'percent', 400, '95', false FROM dealers_dealer
"""
_SCHEDULES = f"""
    INSERT INTO listings_priceschedule (listing_id, plan_id, next_drop_at, steps_applied)
    SELECT listing.id, plan.id, now() - interval '1 hour', 0
    FROM listings_listing AS listing
    JOIN listings_priceplan AS plan ON plan.dealer_id = listing.dealer_id
    WHERE listing.id % {SHARE} = 1 AND listing.status = 'live'
"""


def measure(report: Report, adverts: int) -> None:
    """Measure all of it, in an order in which what is written stays for the next to meet."""
    report.say("  load average " + ", ".join(f"{load:.1f}" for load in os.getloadavg()))
    size = int(value("SELECT pg_database_size(current_database())"))
    report.figure("the database", size / 1e9, "GB")
    measure_search(report, adverts)
    measure_changes(report, adverts)
    measure_jobs(report, adverts)
    feeds.measure_memory(report, adverts // FEED_SHARE)


def measure_search(report: Report, adverts: int) -> None:
    """Start from the database and from a snapshot, and search."""
    report.title(f"Search of {adverts:,} adverts")
    with TemporaryDirectory() as folder:
        settings.SEARCH_SNAPSHOT_FOLDER = folder
        snapshots.measure(report, adverts)
        replica = Replica(
            every=settings.REPLICA_SECONDS, age_max=AGE_MAX_SECONDS, folder=Path(folder)
        )
        while replica.snapshot() is None:
            time.sleep(0.05)
        ask_memory(report, replica)
        replica.stop()


def measure_changes(report: Report, adverts: int) -> None:
    """Let a day's adverts run out and a day's prices fall, and hand both to who is told."""
    report.title(f"A day of {adverts:,} adverts: one in {SHARE} runs out, one gets cheaper")
    for name in FOLLOWERS:
        place = {"position": position_now().to_json()}
        ChangesFollower.objects.update_or_create(name=name, defaults=place)
    _without_triggers(_RUN_OUT)
    with _timed(report, "expired", JOB_SECONDS_MAX) as done:
        done["adverts"] = expire_due()
    run(_PLANS)
    _without_triggers(_SCHEDULES)
    with _timed(report, "repriced", JOB_SECONDS_MAX) as done:
        done["adverts"] = apply_due_drops()
    changes = 2 * (adverts // SHARE)
    lease = LeaseHolder(NAME)
    for consumer in consumers():
        with _timed(report, f"followed by {consumer.name}") as done:
            while lease.hold() and consumer.follow(lease):
                pass
            done["changes"] = changes
        rate = changes / done["seconds"]
        report.figure("changes a second", rate, "", at_least=FOLLOWED_A_SECOND)
    lease.release()


def measure_jobs(report: Report, adverts: int) -> None:
    """Run each job once, and say how long those that go through the whole stock will take."""
    report.title("Each job of the clock, once")
    for name, work in BACKLOGS.items():
        with _timed(report, name, JOB_SECONDS_MAX) as done:
            done["adverts"] = work()
        hours = adverts * done["seconds"] / max(1, done["adverts"]) / 3_600
        report.figure("hours for the whole stock, nothing else done", hours, "")
    current_app.loader.import_default_modules()
    for name in current_app.conf.beat_schedule:
        if name not in ELSEWHERE:
            with _timed(report, name, JOB_SECONDS_MAX):
                current_app.tasks[name]()


@contextmanager
def _timed(report: Report, name: str, bound: float | None = None) -> Iterator[dict[str, float]]:
    """Report the seconds, beside whatever else the block notes."""
    noted: dict[str, float] = {}
    started, processor = time.perf_counter(), time.process_time()
    yield noted
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    told = "".join(f", {number:,.0f} {what}" for what, number in noted.items())
    report.figure(f"{name}{told}", seconds, "s", bound)
    report.figure("  of a processor, without PostgreSQL's", processor, "s")
    noted["seconds"] = seconds


def _without_triggers(statement: str) -> None:
    """Write what is to be found, so that nothing of it counts as a change."""
    run("ALTER TABLE listings_listing DISABLE TRIGGER USER")
    run(statement)
    run("ALTER TABLE listings_listing ENABLE TRIGGER USER")
