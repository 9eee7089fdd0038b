"""A dealer's whole stock from a file: new, unchanged and a little changed, against row by row.

Every import is a process of its own, as a worker is, so that its memory can be told.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import feed_files, raw_copy
from benchmarks.database import run, value
from benchmarks.report import Report

ROWS = 100_000
LOOPED = 1_000
PHOTOS_PART = 10
MEMORY_MB_MAX = 300
TIMES_FASTER = 20
TIMES_COPY_MAX = 8
SECONDS_MAX = {"new": 14, "unchanged": 2.5, "changed": 6}
"""For 100,000 rows; other sizes are held to as much for each row."""

_DEALER = """
    INSERT INTO dealers_dealer (name, slug, email, phone, website, is_active)
    VALUES (
        format('Feeds %%s', %s::int), format('feeds-%%s', %s::int), 'a@example.com', '', '', true
    )
"""
_BRANCH = """
    INSERT INTO dealers_branch (dealer_id, name, address, town, postcode, phone)
    SELECT max(id), 'Branch', '', 'Leeds', 'LS1 4AP', '' FROM dealers_dealer
"""
_FEED = """
    INSERT INTO dealers_stockfeed (
        dealer_id, branch_id, name, channel, url, every_minutes, etag, last_modified, format,
        mapping, mapping_confirmed_at, mode, blanks, branch_refs, publishes, pause_reason,
        failure_count
    )
    SELECT dealer_id, id, 'Stock', 'upload', '', 60, '', '', '',
        %s::jsonb, now(), 'full', 'keep', '{}', true, '', 0
    FROM dealers_branch ORDER BY id DESC LIMIT 1 RETURNING id
"""


class Took(NamedTuple):
    """What an import took, and what became of its rows."""

    seconds: float
    processor: float
    peak_mb: float
    counts: dict[str, int]


def measure(report: Report, rows: int = ROWS) -> None:
    """Import so many rows three times, and a part of them row by row and with photos."""
    report.title(f"A feed of {rows:,} rows")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        feed = _feed()
        ours = _import_three_times(report, folder, feed, rows)
        _against_copy(report, feed, ours["new"])
        looped = _loop(folder, min(LOOPED, rows))
        for name, seconds in ours.items():
            scaled = looped["new" if name == "new" else "unchanged"] * rows
            label = f"{name}: update_or_create, {LOOPED:,} rows scaled"
            report.figure(label, scaled, "s")
            report.figure(
                f"{name}: by the engine", scaled / seconds, "times faster", at_least=TIMES_FASTER
            )
        _with_photos(report, folder, max(1, rows // PHOTOS_PART))


def measure_memory(report: Report, rows: int) -> None:
    """Import so many rows once as new and once unchanged, and look at the process's memory."""
    report.title(f"Memory for a feed of {rows:,} rows")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "stock.csv"
        feed_files.write(path, rows)
        feed = _feed()
        for name in ("new", "unchanged"):
            took = _imported(feed, path)
            _expect(took, "created" if name == "new" else "unchanged", rows)
            report.figure(f"{name}: seconds", took.seconds, "s")
            report.figure(f"{name}: most memory", took.peak_mb, "MB", MEMORY_MB_MAX)
            run("VACUUM (ANALYZE)")


def _import_three_times(report: Report, folder: Path, feed: int, rows: int) -> dict[str, float]:
    path = folder / "stock.csv"
    feed_files.write(path, rows)
    ours = {}
    changed = -(-rows // feed_files.CHANGED_EVERY)
    plan = (
        ("new", "created", rows),
        ("unchanged", "unchanged", rows),
        ("changed", "updated", changed),
    )
    for name, outcome, expected in plan:
        if name == "changed":
            feed_files.write(path, rows, changed=True)
        run("CHECKPOINT")
        took = _imported(feed, path)
        _expect(took, outcome, expected)
        bound = SECONDS_MAX[name] * rows / ROWS
        report.figure(f"{name}: from arrival to done", took.seconds, "s", bound)
        report.figure(f"{name}: the worker's processor", took.processor, "s")
        report.figure(f"{name}: most memory of the worker", took.peak_mb, "MB", MEMORY_MB_MAX)
        run("VACUUM (ANALYZE)")
        ours[name] = took.seconds
    return ours


def _against_copy(report: Report, feed: int, seconds: float) -> None:
    copied = raw_copy.seconds_to_copy(feed)
    report.figure("a COPY of the same adverts into a bare table", copied["without"], "s")
    report.figure("a COPY of them into one of the same indexes and keys", copied["with"], "s")
    report.figure("new: by the engine", seconds / copied["with"], "times that COPY", TIMES_COPY_MAX)


def _loop(folder: Path, rows: int) -> dict[str, float]:
    """Return the seconds for one row."""
    path, feed = folder / "part.csv", _feed()
    feed_files.write(path, rows)
    return {
        name: _imported(feed, path, "--row-by-row").seconds / rows for name in ("new", "unchanged")
    }


def _with_photos(report: Report, folder: Path, rows: int) -> None:
    path, feed = folder / "photos.csv", _feed()
    feed_files.write(path, rows, with_photos=True)
    for name, outcome in (("new", "created"), ("unchanged", "unchanged")):
        took = _imported(feed, path)
        _expect(took, outcome, rows)
        label = f"{name}, {rows:,} rows of {feed_files.PHOTOS} photos: from arrival to done"
        report.figure(label, took.seconds, "s")


def _feed() -> int:
    """Make a dealer with a feed of the columns that the files have."""
    number = int(value("SELECT count(*) FROM dealers_stockfeed"))
    run(_DEALER, number, number)
    run(_BRANCH)
    mapping = {
        "fields": {name: {"headers": [name]} for name in feed_files.COLUMNS},
        "known": feed_files.COLUMNS,
    }
    return int(value(_FEED, json.dumps(mapping)))


def _imported(feed: int, path: Path, *options: str) -> Took:
    command = [sys.executable, "-m", "benchmarks.feed_import", str(feed), str(path), *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    members: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Took(**members)


def _expect(took: Took, outcome: str, rows: int) -> None:
    if took.counts[outcome] != rows:
        raise RuntimeError(f"{rows:,} rows were to be {outcome}: {took.counts}")
