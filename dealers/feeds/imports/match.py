"""When a file has been read: which car each row is, which rows repeat, what the file lacks.

All of it is one transaction. It ends with the run being applied, or held for a person.
"""

from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

from dealers.feeds.cells import RowFinding
from dealers.feeds.imports import candidates, former_cars, runs, unknown_words
from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.imports.safety_check import reason_to_hold, tally_of
from listings.models.conditions import LIVE_SQL, SOLD_SQL

# What becomes of the rows that stand for a car together with others, or for an advert of ours.
_TOLD = """
    UPDATE dealers_feedrow AS row SET key = found.key, car = found.car, listing_id = found.listing,
        outcome = CASE
            WHEN found.counts IS NOT NULL THEN 'duplicate'
            WHEN found.asked <> '' THEN 'held'
            WHEN found.is_shared AND found.key LIKE 'id:%%' THEN 'rejected'
            ELSE ''
        END,
        reasons = CASE
            WHEN found.counts IS NOT NULL THEN jsonb_build_array(jsonb_build_object(
                'code', 'duplicate', 'field', '', 'value', '',
                'message', format('Line %%s is the same car: the last one counts.', last.line)))
            WHEN found.asked <> '' THEN %(asked)s::jsonb->found.asked
            WHEN found.is_shared AND found.key LIKE 'id:%%' THEN %(unknown)s::jsonb
            ELSE '[]'
        END,
        warnings = warnings
            || CASE WHEN found.is_shared THEN %(shared)s::jsonb ELSE '[]' END
            || CASE WHEN found.number IN (SELECT counts FROM feed_candidate WHERE counts > 0)
                THEN %(repeated)s::jsonb ELSE '[]' END
    FROM feed_candidate AS found LEFT JOIN feed_candidate AS last ON last.number = found.counts
    WHERE row.run_id = %(run)s AND row.number = found.number AND NOT found.is_seen AND (
        found.counts IS NOT NULL OR found.listing IS NOT NULL OR found.is_shared
        OR found.number IN (SELECT counts FROM feed_candidate WHERE counts > 0)
    )
"""
_SEEN_TOLD = """
    INSERT INTO dealers_feedrow
        (run_id, number, line, file_name, key, external_id, outcome, fields, reasons, warnings)
    SELECT %(run)s, found.number, found.line, '', '', '', 'duplicate', '{}',
        jsonb_build_array(jsonb_build_object('code', 'duplicate', 'field', '', 'value', '',
            'message', format('Line %%s is the same car: the last one counts.', last.line))), '[]'
    FROM feed_candidate AS found JOIN feed_candidate AS last ON last.number = found.counts
    WHERE found.is_seen
"""
_NO_REFERENCE = """
    UPDATE dealers_feedstage AS stage SET said = said #- '{values,stock_ref}'
    FROM feed_candidate AS found
    WHERE stage.run_id = %(run)s AND stage.number = found.number AND found.is_shared
"""
_QUESTION = (
    "The advert that this seems to be has another {}. If it is the same car, change that of the "
    "advert; if it is another, mark the advert sold or withdraw it."
)


def _finding(code: str, field: str, message: str) -> list[dict[str, str]]:
    return [RowFinding(code, field, message)._asdict()]


_FINDINGS: dict[str, Any] = {
    "asked": {
        "vrm": _finding("changed_mark", "vrm", _QUESTION.format("registration mark")),
        "vin": _finding("changed_vin", "vin", _QUESTION.format("VIN")),
    },
    "unknown": _finding(
        "no_identity",
        "",
        "Several cars have its reference, and it has no registration mark or VIN: nobody can tell "
        "which car it is.",
    ),
    "shared": _finding(
        "shared_stock_ref",
        "stock_ref",
        "Several cars in the file have this reference: it is not used.",
    ),
    "repeated": _finding(
        "repeated", "", "The car stands in the file more than once: this row counts."
    ),
}

# A row that cannot be taken still says that its car is there, by any mark that stands in it, and
# by its reference where no mark speaks against that.
_REJECTED = f"""
    UPDATE dealers_feedrow AS row SET car = found.car, listing_id = found.listing
    FROM (
        SELECT DISTINCT ON (row.number) row.number, known.id AS car, listing.id AS listing
        FROM dealers_feedrow AS row JOIN dealers_feedstage AS stage USING (run_id, number)
            JOIN dealers_feedcar AS known ON known.feed_id = %(feed)s AND known.gone_at IS NULL
            JOIN listings_listing AS listing ON listing.id = known.listing_id
            LEFT JOIN LATERAL jsonb_array_elements_text(stage.said->'marks') AS mark (vrm) ON true
        WHERE row.run_id = %(run)s AND row.outcome = 'rejected' AND {{condition}}
        ORDER BY row.number, NOT ({LIVE_SQL}), {SOLD_SQL}, listing.id DESC
    ) AS found
    WHERE row.run_id = %(run)s AND row.number = found.number
"""  # noqa: S608 - put together from constants
_BY_MARK = "listing.vrm = mark.vrm"
_BY_KEY = """row.car IS NULL AND row.key <> '' AND known.key = row.key AND (
    mark.vrm IS NULL OR mark.vrm = known.vrm OR coalesce(listing.vrm, known.vrm) = ''
)"""

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
            **{name: orjson.dumps(found).decode() for name, found in _FINDINGS.items()},
        }
        former_cars.recall_cars(run_id=run.pk, dealer_id=config.dealer_id)
        candidates.gather(given)
        for statement in [*_STATEMENTS, *([_ABSENT] if config.is_full else [])]:
            _execute(statement, given)
        unknown_words.ask(run)
        tally = tally_of(run, config)
        runs.write(run, car_count=tally.cars)
        reason = reason_to_hold(tally)
        if reason and not run.approved_at:
            runs.hold(run, *reason)
            return
        runs.move(run, state=runs.State.APPLYING, step=runs.Step.KNOWN, position=0)


_STATEMENTS = (
    _TOLD,
    _SEEN_TOLD,
    _NO_REFERENCE,
    _REJECTED.format(condition=_BY_MARK),
    _REJECTED.format(condition=_BY_KEY),
    _INCOMPLETE,
    _SOLD,
)


def _analyse(run_id: int) -> None:
    """Let the planner know how many rows were just written, if any were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM dealers_feedrow WHERE run_id = %s)", [run_id])
        if cursor.fetchone()[0]:
            cursor.execute("ANALYZE dealers_feedrow, dealers_feedstage")


def _execute(statement: str, given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
