"""A page of what changed: of the whole stock by id at first, then of the rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import QuerySet

from listings.changes.position import ChangesPosition
from listings.exceptions import CursorExpired
from listings.models import Listing
from listings.revisions import ReadMoment, TransactionSnapshot, one_moment
from marketplace.databases.read_routes import read_connection
from marketplace.databases.standbys import standbys

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Change:
    """An advert as buyers see it now; None once they do not."""

    id: int
    listing: Listing | None


@dataclass(frozen=True)
class Changes:
    """A page, and the position where the next one begins, were it to come only tomorrow."""

    changes: tuple[Change, ...]
    following: ChangesPosition
    has_more: bool


@dataclass(frozen=True)
class ChangeSource(Generic[Row]):
    """Rows whose changes are told.

    `shown` are those to tell of, with what the reader needs of them. `unseen` is the statement
    that finds the revisions and ids of a round, between `lows` and `highs`, with `values` of its
    own. Without tombstones nothing is ever forgotten: such rows are never deleted.
    """

    shown: QuerySet[Row]
    unseen: str
    values: Mapping[str, Any] = field(default_factory=dict)
    has_tombstones: bool = False


@dataclass(frozen=True)
class ChangedRows(Generic[Row]):
    """A page of ids and rows, None where one is not shown, and where the next page begins."""

    rows: tuple[tuple[int, Row | None], ...]
    following: ChangesPosition
    has_more: bool


def read_changes(
    position: ChangesPosition | None,
    size: int,
    shown: QuerySet[Listing] | None = None,
    *,
    with_ratings: bool = False,
) -> Changes:
    """Return a page of at most `size` changes from a position, or from the start.

    `shown` are the public adverts with what the reader needs of them; with all that a page shows,
    unless told otherwise. A changed rating changes an advert only `with_ratings`, and then an
    advert can be on a page twice. Raises `CursorExpired`.
    """
    source = _adverts(_shown() if shown is None else shown, with_ratings=with_ratings)
    page = read_changed_rows(position, size, source)
    changes = tuple(Change(id_, row) for id_, row in page.rows)
    return Changes(changes, page.following, page.has_more)


def read_changed_rows(
    position: ChangesPosition | None, size: int, source: ChangeSource[Row]
) -> ChangedRows[Row]:
    """Return a page of at most `size` changes, as `read_changes` does of adverts."""
    with one_moment(after=0 if position is None else position.log_position) as now:
        moment = now if source.has_tombstones else replace(now, pruned_to=None)
        if position is None:
            position = ChangesPosition(moment.incarnation, before=None, until=moment.snapshot)
        _refuse_expired(position, moment)
        if position.before is None:
            page = _page_of_stock(position, source.shown, size)
        else:
            until = position.until or moment.snapshot
            page = _page_of_round(position, position.before, until, source, size)
    if not standbys():
        return page
    return replace(page, following=replace(page.following, log_position=now.log_position))


def position_now() -> ChangesPosition:
    """Return the position of a reader who wants to know only what changes from now on."""
    with one_moment() as moment:
        return ChangesPosition(moment.incarnation, before=moment.snapshot)


_OF_ADVERTS = """
    (
        SELECT revision, id FROM listings_listing
        WHERE (revision, id) > (span.low, span.low_id) AND revision < span.high
            AND published_at IS NOT NULL
        ORDER BY revision, id LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT revision, listing_id FROM listings_listingtombstone
        WHERE (revision, listing_id) > (span.low, span.low_id) AND revision < span.high
        ORDER BY revision, listing_id LIMIT %(limit)s
    )
"""
_OF_RATINGS = """
    UNION ALL
    (
        SELECT revision, listing_id FROM listings_listingvalue
        WHERE (revision, listing_id) > (span.low, span.low_id) AND revision < span.high
        ORDER BY revision, listing_id LIMIT %(limit)s
    )
"""


def _unseen_of(rows: str) -> str:
    return f"""
        SELECT DISTINCT change.revision, change.id
        FROM unnest(%(lows)s::xid8[], %(low_ids)s::bigint[], %(highs)s::xid8[])
            AS span (low, low_id, high)
        CROSS JOIN LATERAL ({rows}) AS change
        ORDER BY revision, id LIMIT %(limit)s
    """  # noqa: S608 - texts of ours


_UNSEEN = _unseen_of(_OF_ADVERTS)
_UNSEEN_RATED = _unseen_of(_OF_ADVERTS + _OF_RATINGS)


def _refuse_expired(position: ChangesPosition, moment: ReadMoment) -> None:
    seen = position.before or position.until
    if seen is None or not moment.remembers(seen, position.incarnation):
        raise CursorExpired(
            "What changed since this cursor is no longer known. Start over without `after`, "
            "and drop what the whole stock then does not hold."
        )


def _adverts(shown: QuerySet[Listing], *, with_ratings: bool = False) -> ChangeSource[Listing]:
    unseen = _UNSEEN_RATED if with_ratings else _UNSEEN
    return ChangeSource(shown, unseen, has_tombstones=True)


def _page_of_stock(position: ChangesPosition, shown: QuerySet[Row], size: int) -> ChangedRows[Row]:
    rows = list(shown.filter(pk__gt=position.id).order_by("pk")[: size + 1])
    page = rows[:size]
    changes = tuple((row.pk, row) for row in page)
    if len(rows) > size:
        following = ChangesPosition(position.incarnation, None, position.until, id=page[-1].pk)
        return ChangedRows(changes, following, has_more=True)
    return ChangedRows(
        changes, ChangesPosition(position.incarnation, before=position.until), has_more=False
    )


def _page_of_round(
    position: ChangesPosition,
    before: TransactionSnapshot,
    until: TransactionSnapshot,
    source: ChangeSource[Row],
    size: int,
) -> ChangedRows[Row]:
    keys = _unseen(position, before, until, size + 1, source)
    page = keys[:size]
    rows = source.shown.in_bulk([id_ for _, id_ in page])
    changes = tuple((id_, rows.get(id_)) for _, id_ in page)
    if len(keys) > size:
        following = ChangesPosition(position.incarnation, before, until, *page[-1])
        return ChangedRows(changes, following, has_more=True)
    return ChangedRows(changes, ChangesPosition(position.incarnation, before=until), has_more=False)


def _unseen(
    position: ChangesPosition,
    before: TransactionSnapshot,
    until: TransactionSnapshot,
    limit: int,
    source: ChangeSource[Any] | None = None,
) -> Sequence[tuple[int, int]]:
    """Return the revisions and ids that a round has after a position: of adverts, unless told."""
    source = source or _adverts(_shown())
    at = (position.revision, position.id)
    spans = [
        (*max((low, 0), at), high)
        for low, high in before.unseen_until(until)
        if high > position.revision
    ]
    lows, low_ids, highs = zip(*spans, strict=True) if spans else ((), (), ())
    arguments: dict[str, Any] = {
        **source.values,
        "lows": [str(low) for low in lows],
        "low_ids": list(low_ids),
        "highs": [str(high) for high in highs],
        "limit": limit,
    }
    with read_connection().cursor() as cursor:
        cursor.execute(source.unseen, arguments)
        return [(int(revision), id_) for revision, id_ in cursor.fetchall()]


def _shown() -> QuerySet[Listing]:
    return Listing.objects.public().with_card().prefetch_related("photos", "price_changes")
