"""The words of the features and descriptions of public adverts, kept as the changes come."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction

from listings.changes import Change, Changes, ChangesPosition, read_changes
from listings.exceptions import CursorExpired
from listings.language.tokens import title_words
from listings.models import ChangesFollower, Listing, ListingWords

NAME = "word index"
BATCH_SIZE = 1_000
SECONDS_MAX = 45.0
WORD_MAX = 60
PLACES_MAX = 255  # of a word in one advert; PostgreSQL keeps no more

_WRITE = """
    INSERT INTO listings_listingwords (listing_id, words, digest)
    SELECT listing_id, words::tsvector, digest
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS given (listing_id, words, digest)
    ORDER BY listing_id
    ON CONFLICT (listing_id) DO UPDATE
    SET words = excluded.words, digest = excluded.digest, blanks = DEFAULT
"""


def follow_texts(*, seconds_max: float = SECONDS_MAX) -> int:
    """Bring the words up to date with what was published, changed and removed; return how many.

    Each batch is a transaction. Whoever finds that another was faster leaves the rest to that one.
    """
    ends, total = time.monotonic() + seconds_max, 0
    has_more = True
    while has_more and time.monotonic() < ends:
        before = ChangesFollower.objects.filter(name=NAME).values_list("position", flat=True)
        position = before.first()
        page = _read(position)
        written = _apply(page, position)
        if written is None:
            break
        total, has_more = total + written, page.has_more
    return total


def vector(features: Iterable[str], description: str) -> str:
    """Return texts as PostgreSQL writes words with their places.

    A gap parts the texts, so that no phrase reaches from one into the next.
    """
    places: dict[str, list[int]] = defaultdict(list)
    at = 0
    for text in (*features, description):
        for at, word in enumerate(title_words(text), at + 1):  # noqa: B020 - goes on from the text before
            places[word].append(at)
        at += 1
    return " ".join(
        f"{word[:WORD_MAX]}:{','.join(map(str, found[:PLACES_MAX]))}"
        for word, found in places.items()
    )


def _read(position: dict[str, Any] | None) -> Changes:
    texts = Listing.objects.public().only("features", "description")
    at = ChangesPosition.from_json(position) if position else None
    try:
        return read_changes(at, BATCH_SIZE, texts)
    except CursorExpired:
        return read_changes(None, BATCH_SIZE, texts)


@transaction.atomic
def _apply(page: Changes, position: dict[str, Any] | None) -> int | None:
    """Write a page of changes; None where the position has moved since it was read."""
    following = page.following.to_json()
    if position is None:
        _, is_first = ChangesFollower.objects.get_or_create(
            name=NAME, defaults={"position": following}
        )
    else:
        is_first = bool(
            ChangesFollower.objects.filter(name=NAME, position=position).update(position=following)
        )
    return _write(page.changes) if is_first else None


def _write(changes: Sequence[Change]) -> int:
    gone = [change.id for change in changes if change.listing is None]
    removed, _ = ListingWords.objects.filter(pk__in=gone).delete()
    shown = {change.id: change.listing for change in changes if change.listing is not None}
    digests = {id_: _digest(listing) for id_, listing in shown.items()}
    kept = dict(ListingWords.objects.filter(pk__in=digests).values_list("pk", "digest"))
    new = {id_: digest for id_, digest in digests.items() if kept.get(id_) != digest}
    words = [vector(shown[id_].features, shown[id_].description) for id_ in new]
    if new:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(new), words, list(new.values())])
    return len(new) + removed


def _digest(listing: Listing) -> int:
    """Return a number that tells texts apart, as PostgreSQL's bigint."""
    text = "\n".join((*listing.features, listing.description))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)
