"""A run's report on its page: rows by outcome, some at a time."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from dealers.feeds.imports.report import WAITING, ReportRow, report_rows
from dealers.models import FeedRow, FeedRun
from dealers.panel.context import DealerContext
from dealers.panel.feeds.labels import OUTCOMES, label_of
from dealers.panel.scope import scoped
from listings.models import Listing
from listings.vehicle_records import noted_mismatches

ROWS_SHOWN = 100
NUMBER_MAX = 2**63 - 1


@dataclass(frozen=True)
class ReportTab:
    """The rows of one outcome, or all of them; `count` is empty where nobody has counted."""

    outcome: str
    label: str
    count: int | None
    is_current: bool


@dataclass(frozen=True)
class ReportLine:
    """A row as it is shown: `said` are reasons and warnings, each with whether it is a reason."""

    row: ReportRow
    outcome: str
    listing: Listing | None
    fields: list[str]
    said: list[tuple[str, bool]]


def tabs_of(run: FeedRun, chosen: str) -> list[ReportTab]:
    counts = {name.value: getattr(run, f"{name.value}_count") for name in FeedRow.Outcome}
    tabs = [ReportTab("", "All rows", None, chosen not in OUTCOMES)]
    tabs += [
        ReportTab(name, OUTCOMES[name], count, name == chosen)
        for name, count in counts.items()
        if count or name == chosen
    ]
    is_open = run.state in (*FeedRun.UNFINISHED, FeedRun.State.HELD)
    if is_open or chosen == WAITING:
        tabs.append(ReportTab(WAITING, OUTCOMES[WAITING], None, chosen == WAITING))
    return tabs


def page_of_report(run: FeedRun, current: DealerContext, query: QueryDict) -> dict[str, Any]:
    """Return the rows behind `after`, and where the next page begins; None on the last."""
    chosen = query.get("outcome", "")
    outcomes = [chosen] if chosen in OUTCOMES else []
    typed = query.get("after", "")
    after = min(int(typed), NUMBER_MAX) if typed.isascii() and typed.isdecimal() else 0
    rows = report_rows(run_id=run.pk, after=after, limit=ROWS_SHOWN + 1, outcomes=outcomes)
    shown = rows[:ROWS_SHOWN]
    adverts = scoped(Listing.objects.select_related("vehicle_mismatch"), current).in_bulk(
        [row.listing_id for row in shown if row.listing_id]
    )
    return {
        "lines": [_line(row, adverts) for row in shown],
        "after": after,
        "following": shown[-1].number if len(rows) > ROWS_SHOWN else None,
        "outcome": chosen if outcomes else "",
    }


def _line(row: ReportRow, adverts: dict[int, Listing]) -> ReportLine:
    said = [(_words(found), True) for found in row.reasons]
    said += [(_words(found), False) for found in row.warnings]
    listing = adverts.get(row.listing_id) if row.listing_id else None
    found = noted_mismatches(listing) if listing else []
    said += [(f"{label_of(each.field)}: {each.message}", False) for each in found]
    fields = [label_of(name) for name in row.fields]
    return ReportLine(row, OUTCOMES.get(row.outcome, row.outcome), listing, fields, said)


def _words(found: dict[str, str]) -> str:
    where = f"{label_of(found['field'])}: " if found.get("field") else ""
    value = f" (“{found['value']}”)" if found.get("value") else ""
    return f"{where}{found['message']}{value}"
