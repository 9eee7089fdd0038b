"""No file empties a forecourt: when a run is left to a person before anything is applied."""

from typing import NamedTuple

from django.db import connection

from dealers.feeds.imports.import_config import ImportConfig
from dealers.models import FeedRun
from listings.models.conditions import LIVE_SQL

WITHDRAWN_SHARE_MAX = 0.2
WITHDRAWN_MIN = 10
SHRUNK_TO = 0.5
SAFETY_HOLDS = ("empty", "shrunk", "withdraws")
"""The codes of runs that a person may let pass."""

_TALLY = f"""
    SELECT
        (SELECT count(*) FROM dealers_feedrow
            WHERE run_id = %(run)s AND outcome IN ('', 'held') AND line IS NOT NULL)
        + (SELECT coalesce(sum(cardinality(numbers)), 0) FROM dealers_feedseen
            WHERE run_id = %(run)s)
        - (SELECT count(*) FROM dealers_feedrow AS row
            WHERE run_id = %(run)s AND outcome = 'duplicate' AND NOT EXISTS (
                SELECT FROM dealers_feedstage AS stage
                WHERE stage.run_id = row.run_id AND stage.number = row.number)),
        (SELECT count(*) FROM dealers_feedcar AS known
            JOIN listings_listing AS listing ON listing.id = known.listing_id
            WHERE known.feed_id = %(feed)s AND known.gone_at IS NULL AND {LIVE_SQL}),
        (SELECT count(*) FROM dealers_feedrow AS row
            JOIN dealers_feedstage AS stage USING (run_id, number)
            JOIN dealers_feedcar AS known ON known.id = row.car AND known.gone_at IS NULL
            JOIN listings_listing AS listing ON listing.id = row.listing_id
            WHERE row.run_id = %(run)s AND row.outcome = '' AND {LIVE_SQL}
                AND stage.said->>'availability' IN ('off_sale', 'unknown')),
        count(*) FILTER (WHERE known.absent_since IS NULL),
        count(*) FILTER (WHERE known.absent_since IS NOT NULL)
    FROM dealers_feedrow AS row
    JOIN dealers_feedcar AS known ON known.id = row.car
    JOIN listings_listing AS listing ON listing.id = known.listing_id
    WHERE row.run_id = %(run)s AND row.line IS NULL AND {LIVE_SQL}
"""  # noqa: S608 - put together from constants


class FileTally(NamedTuple):
    """What a file has and lacks, in cars.

    `cars_before` is of the feed's last good run, `live` the adverts that the feed has on sale.
    `newly_absent` of them the file lacks for the first time, `due` it lacks once more; `hidden` are
    there and not for sale, as it says or as nobody knows.
    """

    is_full: bool
    cars: int
    cars_before: int | None
    live: int
    hidden: int
    newly_absent: int
    due: int


def tally_of(run: FeedRun, config: ImportConfig) -> FileTally:
    """Return what the staged rows of a run weigh against the feed's cars."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, {"run": run.pk, "feed": config.feed_id})
        cars, live, hidden, newly_absent, due = cursor.fetchone()
    before = (
        FeedRun.objects.filter(feed=run.feed_id, state=FeedRun.State.DONE, dry_run=False)
        .order_by("-id")
        .values_list("car_count", flat=True)
        .first()
    )
    return FileTally(
        is_full=config.is_full,
        cars=cars,
        cars_before=before,
        live=live,
        hidden=hidden,
        newly_absent=newly_absent,
        due=due,
    )


def reason_to_hold(tally: FileTally) -> tuple[str, str] | None:
    """Return a code and a sentence, or None for a file that may be applied.

    Cars absent for the first time are weighed like those about to be withdrawn, although nothing
    is withdrawn yet: a broken file is told the day it comes, not the day after.
    """
    if tally.is_full and not tally.cars:
        return "empty", "The file has no car that can be read."
    if tally.is_full and tally.cars_before and tally.cars < tally.cars_before * SHRUNK_TO:
        return (
            "shrunk",
            f"The file has {tally.cars:,} cars; the last one had {tally.cars_before:,}.",
        )
    lacking = max(tally.newly_absent, tally.due)
    missing = lacking + tally.hidden
    if missing < WITHDRAWN_MIN or missing <= tally.live * WITHDRAWN_SHARE_MAX:
        return None
    lacks = f"The file lacks {lacking:,} of the {tally.live:,} adverts on sale"
    hides = f", and {tally.hidden:,} are not for sale by it" if tally.hidden else ""
    return "withdraws", f"{lacks}{hides}."
