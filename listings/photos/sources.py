"""The verbs that say by which addresses an advert's photographs come, for one advert or many."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from listings.choices import Source
from listings.exceptions import ListingNotFound
from listings.models import Listing
from listings.photos.addresses import clean_photo_url, host_of
from listings.photos.order import PHOTOS_MAX
from listings.photos.reconciliation import reconcile
from listings.photos.tasks import fetch_photos_of
from marketplace.errors import DomainError
from marketplace.outbox import enqueue_each

DIGEST = "md5(coalesce(string_agg(url, ' ' ORDER BY place), ''))"
HOSTS_TOLD_MAX = 20  # the clock finds the others

_STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS wanted_photo_url
        (listing_id bigint NOT NULL, place smallint, url text, host text) ON COMMIT DROP;
    TRUNCATE wanted_photo_url
"""
_COPY = "COPY wanted_photo_url (listing_id, place, url, host) FROM STDIN"

# Which of the lists differ; an advert without an address has one row without one.
_DIFFERING = """
    SELECT DISTINCT COALESCE(wanted.listing_id, known.listing_id)
    FROM (SELECT * FROM wanted_photo_url WHERE url IS NOT NULL) AS wanted
    FULL JOIN (
        SELECT listing_id, url, place FROM listings_photosource
        WHERE state <> 'superseded' AND listing_id IN (SELECT listing_id FROM wanted_photo_url)
    ) AS known USING (listing_id, url, place)
    WHERE wanted.host IS NULL OR known.listing_id IS NULL
"""
# All ids are cast: psycopg sends small ones as int4[], and bigint = ANY(int4[]) is not hashed.
_LOCK = "SELECT id FROM listings_listing WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
_LOG = """
    WITH change_set AS (
        INSERT INTO listings_changeset (source, actor_id, reason, origin)
        SELECT %(source)s, %(actor)s::bigint, '', %(origin)s WHERE %(origin)s <> '' RETURNING id
    ), replaced AS (
        INSERT INTO listings_replacedphotolist (change_set_id, listing_id, urls)
        SELECT change_set.id, listing_id, jsonb_agg(url ORDER BY place)
        FROM change_set, listings_photosource
        WHERE state <> 'superseded' AND listing_id = ANY(%(ids)s::bigint[])
        GROUP BY change_set.id, listing_id
    )
    INSERT INTO listings_listingevent
        (listing_id, kind, from_status, to_status, actor_id, reason, source, change_set_id, changes)
    SELECT id, 'edited', status, status, %(actor)s, '', %(source)s,
        (SELECT id FROM change_set) AS change_set,
        jsonb_build_object('photo_urls',
            jsonb_build_array(COALESCE(known.count, 0), COALESCE(wanted.count, 0)))
    FROM listings_listing
    LEFT JOIN (
        SELECT listing_id, count(*) FROM listings_photosource
        WHERE state <> 'superseded' AND listing_id = ANY(%(ids)s::bigint[]) GROUP BY listing_id
    ) AS known ON known.listing_id = id
    LEFT JOIN (
        SELECT listing_id, count(url) FROM wanted_photo_url GROUP BY listing_id
    ) AS wanted ON wanted.listing_id = id
    WHERE id = ANY(%(ids)s::bigint[]) AND (%(actor)s::bigint IS NOT NULL OR known.count > 0)
    ORDER BY id
"""
# What part of something that can be undone has made of the lists that it replaced.
_NOTE = f"""
    UPDATE listings_replacedphotolist AS list SET digest = (
        SELECT {DIGEST} FROM listings_photosource
        WHERE listing_id = list.listing_id AND state <> 'superseded'
    )
    WHERE listing_id = ANY(%(ids)s::bigint[]) AND digest IS NULL
"""  # noqa: S608 - put together from constants
# What is on the list no more: a photo that is there stays until its successor is.
_FORGET = """
    DELETE FROM listings_photosource AS source
    WHERE listing_id = ANY(%(ids)s::bigint[]) AND state IN ('pending', 'failed', 'removed')
        AND NOT EXISTS (SELECT FROM wanted_photo_url AS wanted
            WHERE wanted.listing_id = source.listing_id AND wanted.url = source.url)
"""
_SUPERSEDE = """
    UPDATE listings_photosource AS source SET state = 'superseded', next_attempt_at = NULL
    WHERE listing_id = ANY(%(ids)s::bigint[]) AND state = 'fetched'
        AND NOT EXISTS (SELECT FROM wanted_photo_url AS wanted
            WHERE wanted.listing_id = source.listing_id AND wanted.url = source.url)
"""
# Covers are due first; what failed, or was on the list before, is tried again.
_WANT = """
    INSERT INTO listings_photosource AS source (listing_id, url, host, place, next_attempt_at)
    SELECT listing_id, url, host, place, statement_timestamp() + place * interval '1 second'
    FROM wanted_photo_url WHERE listing_id = ANY(%(ids)s::bigint[]) AND url IS NOT NULL
    ON CONFLICT (listing_id, url) DO UPDATE SET
        place = EXCLUDED.place,
        state = CASE source.state
            WHEN 'superseded' THEN 'fetched' WHEN 'failed' THEN 'pending' ELSE source.state END,
        attempts = CASE WHEN source.state IN ('superseded', 'failed')
            THEN 0 ELSE source.attempts END,
        next_attempt_at = CASE WHEN source.state IN ('superseded', 'failed')
            THEN EXCLUDED.next_attempt_at ELSE source.next_attempt_at END
"""
_HOSTS = """
    SELECT DISTINCT host FROM listings_photosource
    WHERE listing_id = ANY(%s::bigint[]) AND state = 'pending' LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class PhotoUrlsSet:
    """The adverts whose list changed, and what was odd about the addresses, by advert."""

    changed: frozenset[int]
    warnings: dict[int, list[str]] = field(default_factory=dict)


@transaction.atomic
def set_photo_urls(
    *, listing_id: int, urls: Sequence[str], actor_id: int | None, source: Source | None = None
) -> list[str]:
    """Have an advert's photos fetched from these addresses, in this order; return the warnings.

    What a person uploaded stays where it is. Raises `ListingNotFound`.
    """
    if not Listing.objects.filter(pk=listing_id).exists():
        raise ListingNotFound("There is no such advert.")
    done = set_photo_urls_in_bulk([(listing_id, urls)], actor_id=actor_id, source=source)
    return done.warnings.get(listing_id, [])


@transaction.atomic
def set_photo_urls_in_bulk(
    wanted: Iterable[tuple[int, Sequence[str]]],
    *,
    actor_id: int | None,
    source: Source | None = None,
    origin: str = "",
) -> PhotoUrlsSet:
    """Have the photos of many adverts fetched: pairs of an advert, each once, and its addresses.

    `source` is who says so, for the log, and `origin` what this is part of that can be undone.
    Only adverts whose list differs are written; ones that do not exist are passed over. An address
    that is none is a warning, and what comes after moves up.
    """
    warnings: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            for row in _rows(wanted, warnings):
                copy.write_row(row)
        cursor.execute("ANALYZE wanted_photo_url")
        ids = _locked(cursor)
        if ids:
            arguments = {"ids": ids, "actor": actor_id, "source": source, "origin": origin}
            for statement in (_LOG, _FORGET, _SUPERSEDE, _WANT, *([_NOTE] if origin else [])):
                cursor.execute(statement, arguments)
            reconcile(ids)
            cursor.execute(_HOSTS, [ids, HOSTS_TOLD_MAX])
            enqueue_each(fetch_photos_of, cursor.fetchall(), unless_waiting=True)
    return PhotoUrlsSet(frozenset(ids), warnings)


def _rows(
    wanted: Iterable[tuple[int, Sequence[str]]], warnings: dict[int, list[str]]
) -> Iterator[tuple[int, int | None, str | None, str | None]]:
    for listing_id, urls in wanted:
        odd: list[str] = []
        cleaned = _cleaned(urls, odd.append)
        for place, url in enumerate(cleaned):
            yield listing_id, place, url, host_of(url)
        if not cleaned:
            yield listing_id, None, None, None
        if odd:
            warnings[listing_id] = odd


def _cleaned(urls: Sequence[str], warn: Callable[[str], None]) -> list[str]:
    """Return the addresses as they are kept, each once; a warning names its place, from 1."""
    kept: dict[str, None] = {}
    for number, url in enumerate(urls, 1):
        try:
            kept.setdefault(clean_photo_url(url))
        except DomainError as refusal:
            warn(f"Photo {number}: {refusal.message}")
    if len(kept) > PHOTOS_MAX:
        warn(f"Only the first {PHOTOS_MAX} of {len(kept)} photos are taken.")
    return list(kept)[:PHOTOS_MAX]


def _locked(cursor: CursorWrapper) -> list[int]:
    """Return the adverts whose list differs, locked."""
    cursor.execute(_DIFFERING)
    differing = [id_ for (id_,) in cursor.fetchall()]
    cursor.execute(_LOCK, [differing])
    return [id_ for (id_,) in cursor.fetchall()]
