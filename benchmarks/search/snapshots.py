"""What a start from the disk saves: seconds, and memory of the second process of a machine."""

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from benchmarks.report import Report
from listings.search.memory.replica import Replica
from listings.search.memory.snapshot_file import NAME

IN_A_PROCESS = (
    "import django; django.setup();"
    " from benchmarks.search.snapshots import measure_here; measure_here()"
)
START_SECONDS = {1_000_000: 1.5, 10_000_000: 6}
MAPS = Path("/proc/self/smaps_rollup")
VARIABLE = "BENCH_SNAPSHOTS"


def measure(report: Report, listings: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with _process("") as loaded:
            report.figure("start without a snapshot", loaded["start"], "s")
            report.figure("its memory", loaded["Rss"], "MB")
        settings.SEARCH_SNAPSHOT_FOLDER = folder
        for name in ("write a snapshot", "write the next one, from the first"):
            started = time.perf_counter()
            call_command("write_search_snapshots", "--once")
            report.figure(name, time.perf_counter() - started, "s")
        disk = (Path(folder) / NAME).stat().st_blocks * 512
        report.figure("its place on the disk", disk / 1e6, "MB")
        with _process(folder) as first, _process(folder) as second:
            bound = START_SECONDS.get(listings)
            report.figure("start from a snapshot", first["start"], "s", bound)
            report.figure("a first process: resident", first["Rss"], "MB")
            report.figure("start of a second process", second["start"], "s")
            report.figure("a second process: resident", second["Rss"], "MB")
            report.figure("a second process: its share", second["Pss"], "MB")
            report.figure("a second process: its own alone", second["Private"], "MB")


@contextmanager
def _process(folder: str) -> Iterator[dict[str, float]]:
    """Start a replica in a process that lives until the block ends; yield what it cost."""
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_PROCESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, VARIABLE: folder},
    )
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.communicate()


def measure_here() -> None:
    folder = os.environ[VARIABLE]
    gc.collect()
    before = _memory()
    replica = Replica(
        every=settings.REPLICA_SECONDS,
        age_max=float("inf"),
        folder=Path(folder) if folder else None,
    )
    started = time.perf_counter()
    while (current := replica.snapshot()) is None:
        time.sleep(0.005)
    start = time.perf_counter() - started
    for column in current[0].columns.values():  # as searches will have after a while
        column.sum()
    grown = {name: megabytes - before[name] for name, megabytes in _memory().items()}
    print(json.dumps({"start": start, **grown}), flush=True)
    sys.stdin.read()
    replica.stop()


def _memory() -> dict[str, float]:
    """Return MB (10^6 bytes) of this process: resident, its share of them, and its own alone."""
    found = (line.split() for line in MAPS.read_text().splitlines()[1:])
    kilobytes = {words[0].rstrip(":"): int(words[1]) for words in found}
    kilobytes["Private"] = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return {name: kilobytes[name] * 1_024 / 1e6 for name in ("Rss", "Pss", "Private")}
