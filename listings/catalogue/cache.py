"""What a process makes of the catalogue and keeps for a while."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from listings.catalogue.snapshot import known_names
from listings.language.derivative import Catalogue
from marketplace.databases.read_routes import read_connection

CHECK_SECONDS = 30.0
"""How long names may be used unchecked; the catalogue changes by hand, and seldom."""

_FINGERPRINT = """
SELECT
    (SELECT sum(hash_record_extended(make, 0)::numeric) FROM listings_make make),
    (SELECT sum(hash_record_extended(model, 0)::numeric) FROM listings_model model),
    (SELECT sum(hash_record_extended(alias, 0)::numeric) FROM listings_makealias alias),
    (SELECT sum(hash_record_extended(alias, 0)::numeric) FROM listings_modelalias alias)
"""

Made = TypeVar("Made")


@dataclass(frozen=True)
class _Kept(Generic[Made]):
    made: Made
    fingerprint: tuple[object, ...]
    checked_at: float


class CatalogueCache(Generic[Made]):
    """Reads the catalogue when its fingerprint has changed, and looks at that now and then.

    Threads share it: what is kept is replaced as a whole, and made by one of them. The others wait
    for the first, and are handed the old one afterwards.
    """

    def __init__(self, build: Callable[[Catalogue], Made]) -> None:
        self._build = build
        self._kept: _Kept[Made] | None = None
        self._making = threading.Lock()
        os.register_at_fork(after_in_child=self._after_fork)

    def current(self) -> Made:
        kept, now = self._kept, time.monotonic()
        if kept is not None and now - kept.checked_at < CHECK_SECONDS:
            return kept.made
        fingerprint = _fingerprint()
        if not self._making.acquire(blocking=kept is None) and kept is not None:
            return kept.made
        try:
            kept = self._kept
            is_same = kept is not None and kept.fingerprint == fingerprint
            made = kept.made if kept is not None and is_same else self._build(known_names())
            self._kept = _Kept(made, fingerprint, now)
        finally:
            self._making.release()
        return made

    def forget(self) -> None:
        self._kept = None

    def _after_fork(self) -> None:
        """Whoever held the lock is not in the forked process."""
        self._making = threading.Lock()


def _fingerprint() -> tuple[object, ...]:
    with read_connection().cursor() as cursor:  # the one that the names are read by
        cursor.execute(_FINGERPRINT)
        row: tuple[object, ...] = cursor.fetchone() or ()
    return row
