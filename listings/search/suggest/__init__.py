"""What a buyer may mean who has typed the beginning of a name.

Answers come from an index in the process's own memory, so that a key stroke costs no query; the
index is at most `AGE_MAX_SECONDS` behind the database.
"""

import functools
from collections.abc import Mapping

from listings.search.suggest.builder import build_index
from listings.search.suggest.cache import IndexCache
from listings.search.suggest.suggestions import SearchSuggestion

EVERY_SECONDS, AGE_MAX_SECONDS = 30.0, 60.0

__all__ = ["SearchSuggestion", "index_cache", "public_counts", "suggest"]


def suggest(text: str, *, limit: int) -> list[SearchSuggestion]:
    """Return the makes, models and derivatives that `text` may begin, best first."""
    return index_cache().index().find(text, limit)


def public_counts() -> Mapping[tuple[str, str | None], int]:
    """Return how many public adverts each make and each model has, by their slugs."""
    return index_cache().index().counts


@functools.cache
def index_cache() -> IndexCache:
    return IndexCache(build_index, every=EVERY_SECONDS, age_max=AGE_MAX_SECONDS)
