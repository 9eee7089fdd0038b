"""When a file has been read: which car each row is, which rows repeat, what the file lacks.

All of it is one transaction. It ends with the run being applied, or held for a person.
"""

from typing import Any

from django.conf import settings
from django.db import connection, transaction

from dealers.feeds.imports import runs, unknown_words
from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.imports.safety_check import reason_to_hold, tally_of
from listings.models.conditions import LIVE_SQL, SOLD_SQL

_BY_KEY = f"""
    UPDATE dealers_feedrow AS row SET car = known.id, listing_id = known.listing_id
    FROM dealers_feedcar AS known JOIN listings_listing AS listing ON listing.id = known.listing_id
    WHERE row.run_id = %(run)s AND row.key <> ''
        AND known.feed_id = %(feed)s AND known.key = row.key
        AND NOT ({SOLD_SQL} AND listing.sold_at <= now() - %(window)s::interval)
"""  # noqa: S608 - put together from constants

# A car that was sold too long ago to return is left alone: the row is another advert for it. An
# advert that another row names by its key, and now gives another mark, is that other row's.
_BY_NAME = f"""
    WITH named AS (
        SELECT row.number, stage.said->'values'->>'{{name}}' AS name
        FROM dealers_feedrow AS row JOIN dealers_feedstage AS stage USING (run_id, number)
        WHERE row.run_id = %(run)s AND row.listing_id IS NULL AND row.outcome = ''
    ), matched AS (
        SELECT DISTINCT ON (named.number) named.number, listing.id
        FROM named JOIN listings_listing AS listing
            ON listing.dealer_id = %(dealer)s AND listing.{{name}} = named.name
        WHERE NOT ({SOLD_SQL} AND listing.sold_at <= now() - %(window)s::interval)
            AND NOT EXISTS (
                SELECT FROM dealers_feedcar AS known
                JOIN dealers_feedrow AS other
                    ON other.run_id = %(run)s AND other.car = known.id AND other.outcome = ''
                JOIN dealers_feedstage AS stage USING (run_id, number)
                WHERE known.feed_id = %(feed)s AND known.listing_id = listing.id
                    AND stage.said->'values'->>'{{name}}' <> named.name
            )
        ORDER BY named.number, NOT ({LIVE_SQL}), {SOLD_SQL}, listing.id DESC
    )
    UPDATE dealers_feedrow AS row SET listing_id = matched.id, car = (
        SELECT known.id FROM dealers_feedcar AS known
        WHERE known.feed_id = %(feed)s AND known.listing_id = matched.id
    )
    FROM matched WHERE row.run_id = %(run)s AND row.number = matched.number
"""  # noqa: S608 - put together from constants

# Of the rows that are one car, by any of its names, the last one counts. Rows that are as they
# were take part with the advert they stand for.
_REPEATED = """
    WITH here AS MATERIALIZED (
        SELECT row.number, row.line, {name} AS name, false AS is_seen
        FROM dealers_feedrow AS row
        JOIN dealers_feedstage AS stage USING (run_id, number)
        WHERE row.run_id = %(run)s AND row.outcome = ''
        UNION ALL
        SELECT entry.number, entry.line, {seen_name}, true
        FROM dealers_feedseen AS seen,
            unnest(seen.numbers, seen.lines, seen.cars) AS entry (number, line, car)
        JOIN dealers_feedcar AS known ON known.id = entry.car
        JOIN listings_listing AS listing ON listing.id = known.listing_id
        WHERE seen.run_id = %(run)s AND NOT EXISTS (
            SELECT FROM dealers_feedrow AS earlier
            WHERE earlier.run_id = %(run)s AND earlier.number = entry.number
        )
    ), twice AS MATERIALIZED (
        SELECT name FROM here WHERE name IS NOT NULL GROUP BY name HAVING count(*) > 1
    ), ranked AS (
        SELECT here.*, max(number) OVER car AS last_number,
            first_value(line) OVER (car ORDER BY number DESC) AS last_line
        FROM here JOIN twice USING (name) WINDOW car AS (PARTITION BY name)
    ), repeated AS MATERIALIZED (
        SELECT *, jsonb_build_array(jsonb_build_object(
            'code', 'duplicate', 'field', '', 'value', '',
            'message', format('Line %%s is the same car: the last one counts.', last_line)
        )) AS reasons FROM ranked WHERE number < last_number
    ), judged AS (
        UPDATE dealers_feedrow AS row SET outcome = 'duplicate', reasons = repeated.reasons
        FROM repeated WHERE row.run_id = %(run)s AND row.number = repeated.number AND NOT is_seen
    ), told AS (
        UPDATE dealers_feedrow AS row SET warnings = warnings || jsonb_build_array(
            jsonb_build_object('code', 'repeated', 'field', '', 'value', '',
                'message', 'The car stands in the file more than once: this row counts.')
        )
        WHERE row.run_id = %(run)s AND row.number IN (SELECT last_number FROM repeated)
    )
    INSERT INTO dealers_feedrow
        (run_id, number, line, file_name, key, external_id, outcome, fields, reasons, warnings)
    SELECT %(run)s, number, line, '', '', '', 'duplicate', '{{}}', reasons, '[]'
    FROM repeated WHERE is_seen
"""

_SAME_KEY = ("row.key", "known.key")
_SAME_CAR = (
    ("row.listing_id", "listing.id"),
    ("stage.said->'values'->>'vrm'", "listing.vrm"),
    ("stage.said->'values'->>'vin'", "listing.vin"),
)

# Two rows were one car by a mark or VIN: the one that counts keeps the advert that any of them is.
_INHERIT = """
    UPDATE dealers_feedrow AS row SET listing_id = twin.listing_id, car = twin.car
    FROM dealers_feedstage AS stage, (
        SELECT DISTINCT ON (stage.said->'values'->>'{name}')
            stage.said->'values'->>'{name}' AS name, row.listing_id, row.car
        FROM dealers_feedrow AS row JOIN dealers_feedstage AS stage USING (run_id, number)
        WHERE row.run_id = %(run)s AND row.outcome = 'duplicate' AND row.listing_id IS NOT NULL
        ORDER BY stage.said->'values'->>'{name}', row.number DESC
    ) AS twin
    WHERE row.run_id = %(run)s AND row.outcome = '' AND row.listing_id IS NULL
        AND stage.run_id = row.run_id AND stage.number = row.number
        AND stage.said->'values'->>'{name}' = twin.name
"""

# A row that cannot be taken still says that its car is there, by any mark that stands in it.
_REJECTED = f"""
    UPDATE dealers_feedrow AS row SET car = found.car, listing_id = found.listing
    FROM (
        SELECT DISTINCT ON (stage.number) stage.number, known.id AS car, listing.id AS listing
        FROM dealers_feedrow AS row JOIN dealers_feedstage AS stage USING (run_id, number),
            jsonb_array_elements_text(stage.said->'marks') AS mark (vrm)
            JOIN listings_listing AS listing
                ON listing.dealer_id = %(dealer)s AND listing.vrm = mark.vrm
            JOIN dealers_feedcar AS known
                ON known.feed_id = %(feed)s AND known.listing_id = listing.id
        WHERE row.run_id = %(run)s AND row.outcome = 'rejected' AND row.car IS NULL
            AND known.gone_at IS NULL
        ORDER BY stage.number, NOT ({LIVE_SQL}), {SOLD_SQL}, listing.id DESC
    ) AS found
    WHERE row.run_id = %(run)s AND row.number = found.number
"""  # noqa: S608 - put together from constants

_INCOMPLETE = """
    UPDATE dealers_feedrow AS row SET outcome = 'rejected', reasons = (
        SELECT jsonb_agg(jsonb_build_object('code', 'missing', 'field', name, 'value', '',
            'message', 'A new car needs this.'))
        FROM jsonb_array_elements_text(stage.said->'missing') AS name
    )
    FROM dealers_feedstage AS stage
    WHERE row.run_id = %(run)s AND stage.run_id = row.run_id AND stage.number = row.number
        AND row.outcome = '' AND row.listing_id IS NULL AND stage.said->'missing' <> '[]'
"""

_SOLD = """
    UPDATE dealers_feedrow AS row SET outcome = 'rejected', reasons = jsonb_build_array(
        jsonb_build_object('code', 'sold', 'field', 'availability', 'value', '',
            'message', 'The file says that this car is sold, and it was never here.'))
    FROM dealers_feedstage AS stage
    WHERE row.run_id = %(run)s AND stage.run_id = row.run_id AND stage.number = row.number
        AND row.outcome = '' AND row.listing_id IS NULL AND stage.said->>'availability' = 'sold'
"""

_ABSENT = """
    INSERT INTO dealers_feedrow
        (run_id, number, file_name, key, external_id, car, listing_id, outcome, fields, reasons,
            warnings)
    SELECT %(run)s, %(rows)s + row_number() OVER (ORDER BY known.id), '', known.key,
        CASE WHEN known.key LIKE 'id:%%' THEN substr(known.key, 4) ELSE '' END,
        known.id, known.listing_id, '', '{}', '[]', '[]'
    FROM dealers_feedcar AS known
    WHERE known.feed_id = %(feed)s AND known.gone_at IS NULL AND known.id NOT IN (
        SELECT unnest(cars) FROM dealers_feedseen WHERE run_id = %(run)s
        UNION ALL
        SELECT car FROM dealers_feedrow WHERE run_id = %(run)s AND car IS NOT NULL
    )
"""


def match_rows(run_id: int, config: ImportConfig, row_count: int) -> None:
    """Match, judge and weigh what was read, and move the run on; raises `Superseded`."""
    _analyse(run_id)
    with transaction.atomic():
        run = runs.locked(run_id, runs.State.READING, "", row_count)
        given: dict[str, Any] = {
            "run": run.pk,
            "feed": config.feed_id,
            "dealer": config.dealer_id,
            "rows": row_count,
            "window": f"{settings.RELIST_WITHIN_DAYS} days",
        }
        for statement in _statements(config):
            _execute(statement, given)
        unknown_words.ask(run)
        tally = tally_of(run, config)
        runs.write(run, car_count=tally.cars)
        reason = reason_to_hold(tally)
        if reason and not run.approved_at:
            runs.hold(run, *reason)
            return
        runs.move(run, state=runs.State.APPLYING, step=runs.Step.KNOWN, position=0)


def _statements(config: ImportConfig) -> list[str]:
    statements = [_BY_KEY, _repeated(*_SAME_KEY)]
    statements += [_BY_NAME.format(name=name) for name in ("vrm", "vin")]
    statements += [_repeated(name, seen_name) for name, seen_name in _SAME_CAR]
    statements += [_INHERIT.format(name=name) for name in ("vrm", "vin")]
    statements += [_REJECTED, _INCOMPLETE, _SOLD]
    return [*statements, _ABSENT] if config.is_full else statements


def _repeated(name: str, seen_name: str) -> str:
    return _REPEATED.format(name=name, seen_name=seen_name)


def _analyse(run_id: int) -> None:
    """Let the planner know how many rows were just written, if any were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM dealers_feedrow WHERE run_id = %s)", [run_id])
        if cursor.fetchone()[0]:
            cursor.execute("ANALYZE dealers_feedrow, dealers_feedstage")


def _execute(statement: str, given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
