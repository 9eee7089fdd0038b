"""The names that searches in words can hold, kept by each process for a while."""

import threading

import structlog
from django.db import connection

from listings.catalogue.cache import CatalogueCache
from listings.language.derivative import Catalogue
from listings.language.query import Vocabulary

log = structlog.get_logger(__name__)


def _prepared(catalogue: Catalogue) -> Vocabulary:
    vocabulary = Vocabulary(catalogue)
    vocabulary.prepare()
    return vocabulary


VOCABULARY = CatalogueCache(_prepared)


def warm_up() -> threading.Thread:
    """Make the vocabulary in a thread, so that the first who searches in words need not wait."""
    thread = threading.Thread(target=_warm_up, name="vocabulary", daemon=True)
    thread.start()
    return thread


def _warm_up() -> None:
    try:
        VOCABULARY.current()
    except Exception:  # a database that is away: whoever asks makes it then
        log.exception("vocabulary_not_made")
    finally:
        connection.close()
