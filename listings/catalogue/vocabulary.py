"""The names that searches in words can hold, kept by each process for a while."""

import time
from dataclasses import dataclass

from django.db import connection

from listings.catalogue.known import known_names
from listings.search.places.areas import AREAS
from listings.search.words import Vocabulary

CHECK_SECONDS = 30.0
"""How long names may be used unchecked; the catalogue changes by hand, and seldom."""

PLACES = {area.name.lower(): code for code, area in AREAS.items()} | {"london": "WC"}
"""What buyers call the postcode areas; the capital, which has eight, by its middle."""

_FINGERPRINT = """
SELECT
    (SELECT sum(hash_record_extended(make, 0)::numeric) FROM listings_make make),
    (SELECT sum(hash_record_extended(model, 0)::numeric) FROM listings_model model),
    (SELECT sum(hash_record_extended(alias, 0)::numeric) FROM listings_makealias alias),
    (SELECT sum(hash_record_extended(alias, 0)::numeric) FROM listings_modelalias alias)
"""


@dataclass(frozen=True)
class _Kept:
    vocabulary: Vocabulary
    fingerprint: tuple[object, ...]
    checked_at: float


class VocabularyCache:
    """Reads the catalogue when its fingerprint has changed, and looks at that now and then.

    Threads share it: what is kept is replaced as a whole, and two may read at once.
    """

    def __init__(self) -> None:
        self._kept: _Kept | None = None

    def current(self) -> Vocabulary:
        kept, now = self._kept, time.monotonic()
        if kept is not None and now - kept.checked_at < CHECK_SECONDS:
            return kept.vocabulary
        fingerprint = _fingerprint()
        if kept is not None and kept.fingerprint == fingerprint:
            vocabulary = kept.vocabulary
        else:
            vocabulary = Vocabulary(known_names(), PLACES)
        self._kept = _Kept(vocabulary, fingerprint, now)
        return vocabulary

    def forget(self) -> None:
        self._kept = None


def _fingerprint() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINT)
        row: tuple[object, ...] = cursor.fetchone() or ()
    return row


VOCABULARY = VocabularyCache()
