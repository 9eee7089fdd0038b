"""The engine that this process searches with."""

from functools import cache

from django.conf import settings

from listings.search.engine import SearchEngine
from listings.search.memory import MemoryEngine
from listings.search.memory.replica import Replica, ReplicaStatus
from listings.search.postgres import PostgresEngine


@cache
def engine() -> SearchEngine:
    """Return the engine that `SEARCH_ENGINE` names, one for the life of the process."""
    if settings.SEARCH_ENGINE == "postgres":
        return PostgresEngine()
    return MemoryEngine(
        Replica(every=settings.REPLICA_SECONDS, age_max=settings.REPLICA_AGE_MAX_SECONDS)
    )


def replica_status() -> ReplicaStatus:
    """Return how this process's replica stands; the first call in a process starts loading it."""
    searching = engine()
    if not isinstance(searching, MemoryEngine):
        return ReplicaStatus.OFF
    return searching.replica.status(loading_seconds_max=settings.REPLICA_LOADING_SECONDS_MAX)
