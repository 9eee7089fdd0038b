"""Live adverts that look wrong beside all others, found in sets by a job and judged by staff.

Whether adverts have a mark or a photo in common is asked of the clues to physical cars, not of
their links: a photo on adverts that differ links none of them, and is what staff want to see.
"""

from django.db import connection, transaction
from django.utils import timezone

from listings.models import AdvertSignal
from listings.models.conditions import SHOWN_SQL
from listings.physical_cars import follow_cars
from listings.physical_cars.shared_clues import NAMES, PICTURES, shared_by_dealers

REPORTS_MIN = 3
CHEAP_SHARE = 0.4
COMPARED_MIN = 10
"""A price is far below where it is less than this share of the middle of as many like cars."""
SHOWN_MAX = 50
"""A photo that more live adverts show is a maker's or a placeholder."""


def _said(count: str, noun: str) -> str:
    """Return SQL of so many of something in words: `1 photo`, `2 photos`."""
    return f"{count} || CASE {count} WHEN 1 THEN ' {noun}' ELSE ' {noun}s' END"


_LIVE = f"""live AS MATERIALIZED (
    SELECT listing.id, listing.dealer_id, listing.model_id, listing.year, listing.price
    FROM listings_listing AS listing JOIN dealers_dealer AS dealer ON dealer.id = listing.dealer_id
    WHERE {SHOWN_SQL}
)"""  # noqa: S608 - put together from constants
_FOUND = {
    AdvertSignal.Suspicion.SAME_MARK: f"""
        SELECT id, min(other_id), '' FROM ({shared_by_dealers(NAMES)}) AS shared GROUP BY id
    """,  # noqa: S608 - put together from constants
    AdvertSignal.Suspicion.SAME_PHOTO: f"""
        SELECT id, min(other_id), {_said("max(photos)", "photo")} FROM (
            SELECT id, min(other_id) AS other_id, count(*) AS photos
            FROM ({shared_by_dealers(PICTURES, holders_max=SHOWN_MAX)}) AS shared
            GROUP BY id, kind
        ) AS shared_in_a_way GROUP BY id
    """,  # noqa: S608 - put together from constants
    AdvertSignal.Suspicion.LOW_PRICE: f"""
        SELECT live.id, NULL::bigint, '£' || live.price || ' where the middle is £' || usual.price
        FROM live JOIN (
            SELECT model_id, year,
                percentile_disc(0.5) WITHIN GROUP (ORDER BY price) AS price
            FROM live WHERE price IS NOT NULL
            GROUP BY model_id, year HAVING count(*) >= {COMPARED_MIN}
        ) AS usual USING (model_id, year)
        WHERE live.price < usual.price * {CHEAP_SHARE}
    """,  # noqa: S608 - put together from constants
    AdvertSignal.Suspicion.REPORTED: f"""
        SELECT live.id, NULL::bigint, {_said("count(*)", "open report")}
        FROM live JOIN listings_advertreport AS report ON report.listing_id = live.id
            AND report.decision = 'open'
        GROUP BY live.id HAVING count(*) >= {REPORTS_MIN}
    """,  # noqa: S608 - put together from constants
}


def find_signals() -> int:
    """Bring the signals up to date; return how many are new.

    One that was dismissed is not raised again while it lasts; one that has gone is forgotten. The
    clues are brought up to date first.
    """
    follow_cars()
    return sum(_renew(suspicion, found) for suspicion, found in _FOUND.items())


def dismiss_signal(*, signal_id: int, actor_id: int) -> bool:
    """Say that nothing is wrong; return whether it was open."""
    open_ = AdvertSignal.objects.filter(pk=signal_id, dismissed_at=None)
    return bool(open_.update(dismissed_at=timezone.now(), dismissed_by_id=actor_id))


@transaction.atomic
def _renew(suspicion: str, found: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('advert signals', 0))")
        cursor.execute(
            f"""
            WITH {_LIVE}, found (listing_id, other_id, detail) AS ({found}), gone AS (
                DELETE FROM listings_advertsignal
                WHERE suspicion = %(suspicion)s AND listing_id NOT IN (SELECT listing_id FROM found)
            )
            INSERT INTO listings_advertsignal (listing_id, suspicion, other_id, detail)
            SELECT DISTINCT ON (listing_id) listing_id, %(suspicion)s, other_id, detail FROM found
            ORDER BY listing_id
            ON CONFLICT (listing_id, suspicion) DO NOTHING
            """,  # noqa: S608 - put together from constants
            {"suspicion": suspicion},
        )
        return int(cursor.rowcount)
