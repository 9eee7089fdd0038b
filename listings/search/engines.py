"""The engine that this process searches with."""

from functools import cache

from django.conf import settings

from listings.search.engine import SearchEngine
from listings.search.memory import MemoryEngine
from listings.search.memory.replica import Replica
from listings.search.postgres import PostgresEngine


def engine() -> SearchEngine:
    """Return the engine that `SEARCH_ENGINE` names."""
    return PostgresEngine() if settings.SEARCH_ENGINE == "postgres" else _memory()


@cache
def _memory() -> MemoryEngine:
    """Return the process's one replica; its thread starts with the first search."""
    return MemoryEngine(
        Replica(every=settings.REPLICA_SECONDS, age_max=settings.REPLICA_AGE_MAX_SECONDS)
    )
