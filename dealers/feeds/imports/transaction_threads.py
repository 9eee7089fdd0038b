"""Threads that do parts of a batch at once, each in a transaction of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from django.db import connection, transaction

THREADS = 2
"""The database is busy for most of a batch, so that two keep two of its processors so."""


def run_in_transactions(parts: Sequence[Callable[[], None]]) -> None:
    """Do each part in a thread and a transaction of its own; return when all have ended.

    Raises what the first one that failed raised: the others are committed all the same. Nobody who
    calls this may hold a lock that a part waits for.
    """
    with ThreadPoolExecutor(len(parts)) as threads:
        futures = [threads.submit(_in_transaction, part) for part in parts]
        wait(futures)
    for future in futures:
        future.result()


def _in_transaction(part: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            part()
    finally:
        connection.close()  # back to the pool
