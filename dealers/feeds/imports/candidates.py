"""Which advert each row of a file is, worked out in a table of the names that its rows give.

The number that our own export gives counts most, unless a mark or a VIN speaks against it. A VIN
counts for more than a mark, and a mark for more than the dealer's own reference. A reference names
a car only where no mark or VIN speaks against it and the car is like the advert.
"""

from typing import Any

from django.db import connection

from listings.choices import Status
from listings.models.conditions import LIVE_SQL, SOLD_SQL, in_status_sql

_DROP = "DROP TABLE IF EXISTS pg_temp.feed_candidate"

# Rows that are as they were are there too; where all rows are, they were told apart before, and
# only those that stand twice matter. `counts` is the number of a later row that is the same car;
# `digits` is a reference without the noughts that spreadsheets take away and add; `asked` is the
# name that speaks against the advert that the row otherwise is.
_DIGITS = "substring({key} FROM '^id:0*([0-9]+?)(?:[.]0+)?$')"
_CREATE = f"""
    CREATE TEMPORARY TABLE feed_candidate ON COMMIT DROP AS
    SELECT row.number, row.line, row.key, false AS is_seen, false AS is_shared, '' AS asked,
        NULL::bigint AS counts, NULL::bigint AS car, NULL::bigint AS listing,
        said.values->>'vin' AS vin, said.values->>'vrm' AS vrm,
        (said.values->>'make')::bigint AS make, (said.values->>'model')::bigint AS model,
        (said.values->>'year')::bigint AS year, (said.values->>'mileage')::bigint AS mileage,
        {_DIGITS.format(key="row.key")} AS digits, (stage.said->>'advert')::bigint AS advert
    FROM dealers_feedrow AS row JOIN dealers_feedstage AS stage USING (run_id, number),
        LATERAL (SELECT stage.said->'values' OFFSET 0) AS said (values)
    WHERE row.run_id = %(run)s AND row.outcome = ''
    UNION ALL
    SELECT entry.number, entry.line, known.key, true, false, '', NULL, known.id, known.listing_id,
        nullif(known.vin, ''), nullif(known.vrm, ''), NULL, NULL, NULL, NULL,
        {_DIGITS.format(key="known.key")}, NULL
    FROM dealers_feedseen AS seen,
        unnest(seen.numbers, seen.lines, seen.cars) AS entry (number, line, car)
    JOIN dealers_feedcar AS known ON known.id = entry.car
    WHERE seen.run_id = %(run)s AND (
        EXISTS (SELECT FROM dealers_feedrow WHERE run_id = %(run)s AND outcome = '')
        OR entry.car IN (
            SELECT unnest(cars) AS car FROM dealers_feedseen WHERE run_id = %(run)s
            GROUP BY car HAVING count(*) > 1
        )
    )
"""  # noqa: S608 - put together from constants

# Of the rows that are one car, by what a list of columns says, the last one counts. Those that were
# told apart before stay apart: our own export has a car's earlier adverts too.
_REPEATED = """
    WITH ranked AS (
        SELECT number, max(number) OVER (PARTITION BY {columns}) AS last FROM feed_candidate
        WHERE counts IS NULL AND asked = '' AND {condition}
    )
    UPDATE feed_candidate AS row SET counts = ranked.last
    FROM ranked JOIN feed_candidate AS last ON last.number = ranked.last
    WHERE row.number = ranked.number AND ranked.number < ranked.last
        AND NOT (row.is_seen AND last.is_seen AND row.listing <> last.listing)
"""
_CHAINED = """
    UPDATE feed_candidate AS row SET counts = last.counts
    FROM feed_candidate AS last WHERE row.counts = last.number AND last.counts IS NOT NULL
"""
_HAS_VINS = "vrm IN (SELECT vrm FROM feed_candidate GROUP BY vrm HAVING count(DISTINCT vin) > 1)"
_NAMES = (
    ("vin", "advert IS NULL AND vin IS NOT NULL"),
    ("vrm", f"advert IS NULL AND vrm IS NOT NULL AND NOT {_HAS_VINS}"),
    ("vrm, vin", f"advert IS NULL AND {_HAS_VINS}"),
)
_REFERENCE = ("key", "key LIKE 'id:%%' AND NOT is_shared")
_LISTING = ("listing", "listing IS NOT NULL")

# A reference that stands for several cars in one file identifies none of them.
_SHARED = """
    UPDATE feed_candidate SET is_shared = true, digits = NULL,
        key = coalesce('vrm:' || vrm, 'vin:' || vin, key)
    WHERE key IN (
        SELECT key FROM feed_candidate WHERE counts IS NULL AND key LIKE 'id:%%'
        GROUP BY key HAVING count(DISTINCT vin) > 1 OR count(DISTINCT vrm) > 1
    )
"""

# What a row says of a car is held against what the advert says, and what the feed said of it last:
# a person may have corrected the advert since.
_SAME = """coalesce(
    row.{name} IN (coalesce(listing.{name}, ''), coalesce(known.{name}, '')), false
)"""
_DIFFERS = """(
    row.{name} IS NOT NULL AND coalesce(listing.{name}, nullif(known.{name}, '')) IS NOT NULL
    AND row.{name} NOT IN (coalesce(listing.{name}, ''), coalesce(known.{name}, ''))
)"""
_SAME_VIN, _SAME_VRM = _SAME.format(name="vin"), _SAME.format(name="vrm")
_VIN_DIFFERS, _VRM_DIFFERS = _DIFFERS.format(name="vin"), _DIFFERS.format(name="vrm")

# A make is not mistaken for another, and of the rest only one is corrected at a time.
_FACT = "coalesce({differs} AND NOT '{name}' = ANY (listing.locked_fields), false)"
_MAKE_DIFFERS = _FACT.format(name="make", differs="row.make <> listing.make_id")
_FACTS = {
    "model": "row.model <> listing.model_id",
    "year": "abs(row.year - listing.year) > 1",
    "mileage": "abs(row.mileage - listing.mileage) > 1000 + listing.mileage / 5",
}
_FACTS_DIFFER = " + ".join(
    f"{_FACT.format(name=name, differs=differs)}::int" for name, differs in _FACTS.items()
)
_IS_LIKE = f"(NOT {_MAKE_DIFFERS} AND {_FACTS_DIFFER} < 2)"
_ASKED = f"""CASE
    WHEN {_VIN_DIFFERS} THEN 'vin' WHEN {_VRM_DIFFERS} AND NOT {_SAME_VIN} THEN 'vrm' ELSE ''
END"""
_IS_OPEN = in_status_sql((Status.DRAFT, Status.LIVE, Status.EXPIRED))
_MAY_BE = f"""(CASE {_ASKED}
    WHEN '' THEN {_SAME_VIN} OR {_SAME_VRM} OR {_IS_LIKE}
    WHEN 'vrm' THEN {_IS_LIKE} AND {_IS_OPEN}
    ELSE {_SAME_VRM} AND {_IS_LIKE} AND {_IS_OPEN}
END)"""

# A car that was sold too long ago to return is left alone: the row is another advert for it, unless
# it has the advert's own number.
_FOUND = f"""
    WITH found AS (
        SELECT DISTINCT ON (row.number) row.number, listing.id AS listing, known.id AS car,
            {{asked}} AS asked
        FROM feed_candidate AS row, {{adverts}}
        WHERE row.listing IS NULL AND {{condition}} AND (
            row.advert IS NOT NULL
            OR NOT ({SOLD_SQL} AND listing.sold_at <= now() - %(window)s::interval)
        )
        ORDER BY row.number, asked, NOT ({LIVE_SQL}), {SOLD_SQL}, known.gone_at IS NOT NULL,
            listing.id DESC
    )
    UPDATE feed_candidate AS row SET listing = found.listing, car = found.car, asked = found.asked
    FROM found WHERE row.number = found.number
"""  # noqa: S608 - put together from constants
_CLAIMED = """EXISTS (
    SELECT FROM feed_candidate AS other
    WHERE other.listing = listing.id AND other.counts IS NULL AND other.{name} <> row.{name}
)"""
_STOCK = """listings_listing AS listing LEFT JOIN dealers_feedcar AS known
    ON known.listing_id = listing.id AND known.feed_id = %(feed)s"""
_MEMORY = """dealers_feedcar AS known JOIN listings_listing AS listing
    ON listing.id = known.listing_id"""
_BY_ADVERT = f"""listing.dealer_id = %(dealer)s AND listing.id = row.advert
    AND NOT {_VIN_DIFFERS} AND NOT {_VRM_DIFFERS}"""
_NO_ADVERT = "UPDATE feed_candidate SET advert = NULL WHERE advert IS NOT NULL AND listing IS NULL"
_BY_VIN = "listing.dealer_id = %(dealer)s AND listing.vin = row.vin"
_BY_VRM = f"""listing.dealer_id = %(dealer)s AND listing.vrm = row.vrm AND NOT {_VIN_DIFFERS}
    AND NOT {_CLAIMED.format(name="vrm")}"""
_BY_KEY = f"""known.feed_id = %(feed)s AND known.key = row.key AND NOT row.is_shared
    AND NOT {_CLAIMED.format(name="key")} AND {_MAY_BE}"""
_ONE_SPELLING = """
    SELECT digits FROM feed_candidate GROUP BY digits HAVING count(DISTINCT key) = 1
"""
_BY_DIGITS = f"""known.feed_id = %(feed)s AND {_DIGITS.format(key="known.key")} = row.digits
    AND row.digits IN ({_ONE_SPELLING}) AND NOT {_CLAIMED.format(name="key")} AND {_MAY_BE}"""

# Where rows are one car, the one that counts has the advert that any of them is.
_INHERITED = f"""
    UPDATE feed_candidate AS row SET listing = twin.listing, car = twin.car, asked = twin.asked
    FROM (
        SELECT DISTINCT ON (counts) counts, listing, car, asked FROM feed_candidate
        WHERE counts IS NOT NULL AND listing IS NOT NULL ORDER BY counts, number DESC
    ) AS twin JOIN listings_listing AS listing ON listing.id = twin.listing
        LEFT JOIN dealers_feedcar AS known ON known.id = twin.car
    WHERE row.number = twin.counts AND row.listing IS NULL AND NOT {_VIN_DIFFERS}
"""  # noqa: S608 - put together from constants


def gather(given: dict[str, Any]) -> None:
    """Make the table for a run's rows and find their adverts in it; drops with the transaction.

    `given` has the run, its feed and dealer, and the window within which a sold car may return.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DROP)
        cursor.execute(_CREATE, given)
        cursor.execute("ANALYZE feed_candidate")
        for statement in _statements():
            cursor.execute(statement, given)


def _statements() -> list[str]:
    statements = [_found(_STOCK, _BY_ADVERT), _NO_ADVERT]
    statements += [each for names in _NAMES for each in _repeated(*names)]
    statements += [_SHARED, *_repeated(*_REFERENCE)]
    statements += [
        _found(_STOCK, _BY_VIN),
        _found(_STOCK, _BY_VRM),
        _found(_MEMORY, _BY_KEY, _ASKED),
        _found(_MEMORY, _BY_DIGITS, _ASKED),
    ]
    return [*statements, _INHERITED, *_repeated(*_LISTING)]


def _repeated(columns: str, condition: str) -> list[str]:
    return [_REPEATED.format(columns=columns, condition=condition), _CHAINED]


def _found(adverts: str, condition: str, asked: str = "''") -> str:
    return _FOUND.format(adverts=adverts, condition=condition, asked=asked)
