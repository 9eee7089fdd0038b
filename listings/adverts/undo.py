"""Taking back what change sets wrote, advert by advert, where nobody has written since."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from listings.adverts.context import WriteContext
from listings.adverts.edits import CURRENT, change_listings
from listings.adverts.events import OPEN_CHANGE_SET, signature
from listings.adverts.passed_references import held, holders_of
from listings.adverts.plan_restoration import put_back_on_plans
from listings.adverts.refusals import in_parts, obstacle
from listings.adverts.states import ListingState, lock_listings
from listings.choices import Source, Status
from listings.models import ListingEvent
from listings.models.event import FOLLOWS_STATUS, PRICE_PLAN
from listings.pricing import plans_of, resume_clocks, stop_plan
from marketplace.errors import DomainError

STATE = "status"
"""What the status, its clocks and the reservation are called together."""

_TOGETHER = ("make", "model")
Kind = ListingEvent.Kind

# The events of the sets, and all that came after the first of them; photos are restored by others.
_EVENTS = """
    SELECT event.listing_id, event.kind, event.from_status, event.to_status, changes - 'photo_urls',
        event.locked, event.source, coalesce(event.change_set_id = ANY(%(sets)s), false)
    FROM listings_listingevent AS event JOIN (
        SELECT listing_id, min(id) AS first FROM listings_listingevent
        WHERE listing_id = ANY(%(ids)s) AND change_set_id = ANY(%(sets)s) GROUP BY listing_id
    ) AS told USING (listing_id)
    WHERE event.id >= told.first ORDER BY event.listing_id, event.id
"""
_CURRENT = f"""
    SELECT listing.id, now.car FROM listings_listing AS listing, LATERAL ({CURRENT}) AS now
    WHERE listing.id = ANY(%s)
"""  # noqa: S608 - put together from constants
_COLUMNS = sorted(FOLLOWS_STATUS)
_CHANGES = ", ".join(
    f"('{column}', to_jsonb(chosen.{column}), to_jsonb(written.{column}))" for column in _COLUMNS
)
_RESTORE = f"""
    WITH given AS (
        SELECT (row->>'id')::bigint AS id, row->'state' AS state, row->'unlocked' AS unlocked
        FROM jsonb_array_elements(%(rows)s::jsonb) AS row
    ), chosen AS MATERIALIZED (
        SELECT listing.*, given.state, given.unlocked
        FROM listings_listing AS listing JOIN given ON given.id = listing.id
    ), written AS (
        UPDATE listings_listing AS listing SET status = filled.status,
            {", ".join(f"{column} = filled.{column}" for column in _COLUMNS)},
            locked_fields = ARRAY(
                SELECT name FROM unnest(listing.locked_fields) AS name
                WHERE NOT chosen.unlocked ? name
            )
        FROM chosen JOIN listings_listing AS before ON before.id = chosen.id,
            jsonb_populate_record(before, chosen.state) AS filled
        WHERE listing.id = chosen.id RETURNING listing.*
    ), change_set AS (
        {OPEN_CHANGE_SET} WHERE EXISTS (SELECT FROM chosen WHERE state <> '{{}}') RETURNING id
    )
    INSERT INTO listings_listingevent (
        listing_id, kind, from_status, to_status, actor_id, reason, source, changes, change_set_id
    )
    SELECT chosen.id, '{Kind.UNDONE}', chosen.status, written.status, %(actor)s::bigint,
        %(reason)s, %(source)s, (
            SELECT jsonb_object_agg(field, jsonb_build_array(was, became))
            FROM (VALUES {_CHANGES}) AS pair (field, was, became)
            WHERE was IS DISTINCT FROM became
        ), change_set.id
    FROM change_set, chosen JOIN written ON written.id = chosen.id
    WHERE chosen.state <> '{{}}' ORDER BY chosen.id
"""  # noqa: S608 - put together from constants


class Undone(NamedTuple):
    """What became of one advert: fields restored, fields written since, or why nothing was done.

    `STATE` among the fields stands for the status with its clocks and the reservation.
    """

    restored: list[str]
    kept: list[str]
    refusal: str = ""


@dataclass
class Reversal:
    """What undoing would write to one advert; `fields` and `state` hold pairs: now, then.

    `giver_id` is an advert that the change sets created, and that has its reference.
    """

    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    state: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    unlocked: set[str] = field(default_factory=set)
    is_created: bool = False
    took_plan: bool = False
    giver_id: int | None = None
    plan: tuple[Any, Any] | None = None

    @property
    def names(self) -> list[str]:
        beside = [STATE] * bool(self.state) + [PRICE_PLAN] * bool(self.plan)
        return [*sorted(self.fields), *beside]


def plan_undo(
    *, change_set_ids: Collection[int], listing_ids: Collection[int]
) -> dict[int, Reversal]:
    """Return what undoing these change sets would write to adverts, by their ids."""
    given = {"sets": list(change_set_ids), "ids": list(listing_ids)}
    logs: dict[int, _Log] = {}
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, given)
        for listing_id, *event in cursor.fetchall():
            logs.setdefault(listing_id, _Log()).add(_Event(*event))
        cursor.execute(_CURRENT, [list(logs)])
        cars: dict[int, dict[str, Any]] = {pk: orjson.loads(car) for pk, car in cursor.fetchall()}
    plans = plans_of(listing_ids=logs)
    for pk, car in cars.items():
        car[PRICE_PLAN] = plans.get(pk)
    return {pk: logs[pk].reversal(car) for pk, car in sorted(cars.items())}


@transaction.atomic
def undo_listings(
    *, change_set_ids: Collection[int], listing_ids: Collection[int], by: WriteContext
) -> dict[int, Undone]:
    """Bring adverts back to what they were before change sets; return what became of each.

    What anybody wrote since stays, field by field. An advert that was created is withdrawn. Locks
    that the change sets brought go with them. A second time does nothing.
    """
    states = lock_listings(listing_ids={*listing_ids, *holders_of(change_set_ids, listing_ids)})
    found = plan_undo(change_set_ids=change_set_ids, listing_ids=listing_ids)
    _pass_references_back(found, change_set_ids, states.keys())
    said: dict[int, Undone] = {}
    for pk, reversal in found.items():
        refusal = _refusal_of(reversal, states[pk])
        if refusal or not reversal.names:
            said[pk] = Undone([], sorted(reversal.kept), refusal)
    open_ids = [pk for pk in found if pk not in said]

    def write(ids: Sequence[int]) -> list[Undone]:
        part = {pk: found[pk] for pk in ids}
        _write(part, by)
        return [Undone(each.names, sorted(each.kept)) for each in part.values()]

    for pk, done in zip(open_ids, in_parts(open_ids, write), strict=True):
        said[pk] = Undone([], [], done.message) if isinstance(done, DomainError) else done
    return said


class _Event(NamedTuple):
    kind: str
    was: str | None
    became: str
    changes: str | None
    locked: list[str] | None
    source: str | None
    is_told: bool

    def pairs(self) -> dict[str, list[Any]]:
        pairs: dict[str, list[Any]] = (orjson.loads(self.changes) if self.changes else None) or {}
        if self.was != self.became and self.kind != Kind.CREATED:
            pairs[STATE] = [self.was, self.became]
        return pairs


class _Log:
    """The events of one advert from the first that is to be undone on, in their order."""

    def __init__(self) -> None:
        self._pairs: dict[str, list[Any]] = {}
        self._others: set[str] = set()
        self._locked: set[str] = set()
        self._is_created = self._is_published = self._took_plan = False

    def add(self, event: _Event) -> None:
        pairs = event.pairs()
        if not event.is_told:
            self._others |= set(pairs)
            if event.kind == Kind.PLANNED:  # the default plan comes by itself, others by hand
                self._took_plan = self._is_published and event.source == Source.SYSTEM
            return
        self._is_created |= event.kind == Kind.CREATED
        self._is_published |= event.kind == Kind.PUBLISHED
        self._locked |= set(event.locked or ())
        for name, (before, after) in pairs.items():
            is_first = name not in self._pairs or name in self._others
            self._pairs[name] = [before if is_first else self._pairs[name][0], after]
        self._others -= set(pairs)

    def reversal(self, car: Mapping[str, Any]) -> Reversal:
        """Compare what was written with the advert as it is."""
        of_state = FOLLOWS_STATUS | {STATE}
        kept = {
            name
            for name, (_, after) in self._pairs.items()
            if name in self._others or car[name] != after
        }
        is_of_state = self._is_created or not of_state.isdisjoint(self._pairs)
        if is_of_state and (self._others | kept) & of_state:
            kept = (kept - of_state) | {STATE}
        if kept & set(_TOGETHER):
            kept |= set(_TOGETHER) & self._pairs.keys()
        made = Reversal(kept=kept, is_created=self._is_created, took_plan=self._took_plan)
        for name, (before, after) in self._pairs.items():
            if name in of_state and STATE not in kept:
                made.state[name] = (after, before)
            elif name == PRICE_PLAN:
                self._restore_plan(made, (after, before), car)
            elif name not in of_state and name not in kept and before != after:
                made.fields[name] = (after, before)
        made.unlocked = self._locked & made.fields.keys()
        if self._is_created:
            made.state = _withdrawal(car) if STATE not in kept else {}
        return made

    def _restore_plan(self, made: Reversal, pair: tuple[Any, Any], car: Mapping[str, Any]) -> None:
        if pair[1] and car[STATE] == Status.SOLD:
            made.kept.add(PRICE_PLAN)  # a sold advert goes on no plan
        elif PRICE_PLAN not in made.kept:
            made.plan = pair


def _withdrawal(car: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    if car[STATE] not in (Status.LIVE, Status.DRAFT):
        return {}
    return {STATE: (car[STATE], Status.WITHDRAWN.value)}


def _refusal_of(reversal: Reversal, state: ListingState) -> str:
    _, then = reversal.state.get(STATE, (None, None))
    if then == Status.LIVE != state.status and state.obstacle:
        return obstacle(state.obstacle, state.twin_id).message
    return ""


def _pass_references_back(
    found: Mapping[int, Reversal], change_set_ids: Collection[int], locked: Collection[int]
) -> None:
    """Take references from adverts that are undone; those that others have by now stay theirs."""
    then = {pk: each.fields.get("stock_ref", (None, None))[1] for pk, each in found.items()}
    wanted = {pk: str(ref) for pk, ref in then.items() if ref}
    for pk, (holder_id, is_created) in held(wanted, change_set_ids).items():
        holder = found.get(holder_id)
        if holder is not None and "stock_ref" in holder.fields:
            continue  # it passes on what it has
        if is_created and holder_id in locked:
            found[pk].giver_id = holder_id
        else:
            del found[pk].fields["stock_ref"]
            found[pk].kept.add("stock_ref")


def _write(reversals: Mapping[int, Reversal], by: WriteContext) -> None:
    values = {
        pk: {name: then for name, (_, then) in each.fields.items()}
        for pk, each in reversals.items()
        if each.fields
    }
    for giver_id in filter(None, (each.giver_id for each in reversals.values())):
        values.setdefault(giver_id, {})["stock_ref"] = None
    change_listings(values=values, by=by, locks=False)
    rows = [
        {
            "id": pk,
            "state": {name: then for name, (_, then) in each.state.items()},
            "unlocked": sorted(each.unlocked),
        }
        for pk, each in reversals.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RESTORE, {"rows": orjson.dumps(rows).decode(), **signature(by)})
    _keep_plans(reversals.items(), by)
    put_back_on_plans({pk: each.plan for pk, each in reversals.items() if each.plan}, by)


def _keep_plans(reversals: Iterable[tuple[int, Reversal]], by: WriteContext) -> None:
    """Take adverts off the plan that publishing put them on; set going the clocks that stopped."""
    planned, back = [], []
    for pk, each in reversals:
        _, then = each.state.get(STATE, (None, None))
        if then == Status.LIVE:
            back.append(pk)
        elif then and each.took_plan:
            planned.append(pk)
    if planned:
        stop_plan(listing_ids=planned, actor_id=by.actor_id)
    if back:
        resume_clocks(listing_ids=back)
