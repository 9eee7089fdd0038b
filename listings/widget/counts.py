"""Views and clicks of the block, added to the sums of a day.

What strangers send must not fill the table: a site has at most `NAMES_MAX` placements a day, a day
at most `ROWS_MAX`; what comes on top is counted under one name.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from urllib.parse import urlsplit

from django.db import connection, transaction

from listings.models import PlacementDay
from marketplace.london_time import london_today

ENTRIES_MAX = 20
NAME_MAX, ORIGIN_MAX = 64, 200
NAMES_MAX, ROWS_MAX = 50, 5_000
UNNAMED, OTHER = "default", "(other)"
COUNT_MAX = 2_000_000_000
FIELDS = ("views", "clicks", "alls")


@dataclasses.dataclass(frozen=True)
class PlacementCounts:
    placement: str
    views: int = 0
    clicks: int = 0
    alls: int = 0


@transaction.atomic
def count_placements(*, origin: str, counts: Iterable[PlacementCounts]) -> None:
    """Add counts to today's sums of a site's placements, in one statement."""
    site, today = site_of(origin), london_today()
    sums: dict[str, list[int]] = {}
    for each in counts:
        sum_ = sums.setdefault(each.placement or UNNAMED, [0, 0, 0])
        for place, name in enumerate(FIELDS):
            sum_[place] += getattr(each, name)
    rows = PlacementDay.objects.filter(day=today)
    known = set(rows.filter(origin=site, placement__in=sums).values_list("placement", flat=True))
    room = NAMES_MAX - rows.filter(origin=site).count()
    if not known and rows[ROWS_MAX - 1 : ROWS_MAX].exists():
        site, room = OTHER, 0
    for name in sorted(set(sums) - known)[max(0, room) :]:
        extra = sums.pop(name)
        sums[OTHER] = [a + b for a, b in zip(sums.get(OTHER, [0, 0, 0]), extra, strict=True)]
    _add(today, site, sums)


def site_of(origin: str) -> str:
    """Return an origin in its one form; empty for what is none."""
    try:
        parts = urlsplit(origin.strip().lower())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    site = f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")
    return site if len(site) <= ORIGIN_MAX and site.isprintable() else ""


def _add(day: date, origin: str, sums: Mapping[str, Sequence[int]]) -> None:
    """One statement adds to all rows, in the order of their names so that no two lock crosswise."""
    table = PlacementDay._meta.db_table
    names = sorted(sums)
    columns = [[sums[name][place] for name in names] for place in range(len(FIELDS))]
    added = ", ".join(
        f"{name} = least({table}.{name}::bigint + excluded.{name}, {COUNT_MAX})" for name in FIELDS
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (day, origin, placement, {', '.join(FIELDS)}) "  # noqa: S608
            "SELECT %s, %s, * FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[]) "
            f"ON CONFLICT (day, origin, placement) DO UPDATE SET {added}",
            [day, origin, names, *columns],
        )
