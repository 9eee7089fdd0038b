"""What each advert was worth, by week: the last value of a week stays when the next begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from listings.choices import PriceRating
from listings.models import ValueHistory
from listings.models.conditions import LIVE_SQL
from listings.models.value import VALUED_SQL

# Labels are fewer than weeks where the first weeks are older than they are: those say null.
_KEEP = f"""
    INSERT INTO listings_valuehistory AS history (listing_id, weeks, "values", labels)
    SELECT value.listing_id, ARRAY[%(week)s::date], ARRAY[value.value], ARRAY[value.label]
    FROM listings_listingvalue AS value
    JOIN listings_listing AS listing ON listing.id = value.listing_id
    WHERE {LIVE_SQL} AND value.value IS NOT NULL AND {VALUED_SQL}
    ORDER BY value.listing_id
    ON CONFLICT (listing_id) DO UPDATE SET
        (weeks, "values", labels) = (
            SELECT history.weeks[:kept] || excluded.weeks,
                history."values"[:kept] || excluded."values",
                coalesce(history.labels[:kept], '{{}}') || array_fill(NULL::varchar, ARRAY[
                    greatest(0, kept - coalesce(cardinality(history.labels[:kept]), 0))
                ]) || excluded.labels
            FROM (
                SELECT cardinality(history.weeks)
                    - (history.weeks[cardinality(history.weeks)] = %(week)s::date)::int
            ) AS before (kept)
        )
    WHERE (history.weeks[cardinality(history.weeks)],
            history."values"[cardinality(history."values")],
            history.labels[cardinality(history.weeks)])
        IS DISTINCT FROM (%(week)s::date, excluded."values"[1], excluded.labels[1])
"""  # noqa: S608 - conditions of ours


@dataclass(frozen=True)
class ValuedWeek:
    """What an advert was worth at the end of a week, and its label by the rule of then."""

    week: date
    value: int
    label: PriceRating | None


def keep_values(today: date) -> int:
    """Keep what live adverts are worth as of this week; return how many rows were written."""
    week = today - timedelta(days=today.weekday())
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"week": week})
        return int(cursor.rowcount)


def valued_weeks(listing_id: int) -> Sequence[ValuedWeek]:
    """Return the weeks of an advert that have a value, the latest first."""
    history = ValueHistory.objects.filter(pk=listing_id).first()
    if history is None:
        return []
    labels = [PriceRating(label) if label else None for label in history.labels or ()]
    labels += [None] * (len(history.weeks) - len(labels))
    weeks = zip(history.weeks, history.values, labels, strict=True)
    return [ValuedWeek(*week) for week in weeks][::-1]
