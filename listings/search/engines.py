"""The engine that this process searches with."""

import time
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from listings.search.engine import SearchEngine
from listings.search.memory import MemoryEngine
from listings.search.memory.replica import Replica, ReplicaStatus
from listings.search.memory.snapshot_file import written_at
from listings.search.postgres import PostgresEngine


@cache
def engine() -> SearchEngine:
    """Return the engine that `SEARCH_ENGINE` names, one for the life of the process."""
    return engine_of(settings.SEARCH_ENGINE)


def engine_of(name: str) -> SearchEngine:
    """Return a new engine: `memory`, `postgres`, or one by its import path.

    What the path names is called without arguments. Raises `ImproperlyConfigured` where that
    gives nothing that searches.
    """
    if name == "postgres":
        return PostgresEngine()
    if name == "memory":
        replica = Replica(
            every=settings.REPLICA_SECONDS,
            age_max=settings.REPLICA_AGE_MAX_SECONDS,
            folder=snapshot_folder(),
        )
        return MemoryEngine(replica)
    try:
        found = import_string(name)()
    except (ImportError, TypeError) as error:
        raise ImproperlyConfigured(f"SEARCH_ENGINE cannot be made of {name}: {error}") from error
    if not isinstance(found, SearchEngine):
        raise ImproperlyConfigured(f"SEARCH_ENGINE {name} has no search() and catch_up().")
    return found


def snapshot_folder() -> Path | None:
    """Return where replicas stand on disk; None where they are loaded at each start."""
    folder = settings.SEARCH_SNAPSHOT_FOLDER
    return Path(folder) if folder and settings.SEARCH_ENGINE == "memory" else None


def snapshot_age() -> float | None:
    """Return the seconds since the file that replicas start from was written; None without one."""
    folder = snapshot_folder()
    written = None if folder is None else written_at(folder)
    return None if written is None else max(0.0, time.time() - written)


def replica_age() -> float | None:
    """Return the seconds since this process's replica last saw the database; None before that."""
    searching = engine()
    return searching.replica.age() if isinstance(searching, MemoryEngine) else None


def replica_status() -> ReplicaStatus:
    """Return how this process's replica stands; the first call in a process starts loading it."""
    searching = engine()
    if not isinstance(searching, MemoryEngine):
        return ReplicaStatus.OFF
    return searching.replica.status(loading_seconds_max=settings.REPLICA_LOADING_SECONDS_MAX)
