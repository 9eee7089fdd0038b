"""Runs are begun, told what they need to know, stopped, and taken back by others."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from dealers import audit
from dealers.bulk.acts import Act
from dealers.bulk.origins import BULK_RUN, FEED_RUN, change_sets_of, undo_ends_at, undo_of
from dealers.bulk.steps import locked
from dealers.bulk.tasks import go_on
from dealers.exceptions import NotPermitted, NotUndoable
from dealers.models import BulkRun, FeedCar, FeedRun
from dealers.permissions import Actor, Permission, require
from marketplace import quotas
from marketplace.outbox import enqueue

KEPT_DAYS = 30
NEED_TERMS = frozenset({Act.PRICE, Act.PLAN, Act.MOVE, Act.PUBLISH, Act.SELL, Act.WITHDRAW})
"""What is asked about first: how, or only whether, with how many adverts of what value."""

_BEGIN = """
    INSERT INTO dealers_bulkrow (run_id, listing_id, said)
    SELECT %s, id, '' FROM listings_listing WHERE dealer_id = %s AND id = ANY(%s) ORDER BY id
"""


_BEGIN_UNDO = """
    INSERT INTO dealers_bulkrow (run_id, listing_id, said)
    SELECT DISTINCT %s::bigint, listing.id, ''
    FROM listings_listingevent AS event JOIN listings_listing AS listing
        ON listing.id = event.listing_id
    WHERE event.change_set_id = ANY(%s) AND listing.dealer_id = %s ORDER BY listing.id
"""


@transaction.atomic
def begin_run(
    *,
    dealer_id: int,
    actor: Actor,
    act: BulkRun.Act,
    listing_ids: Sequence[int],
    terms: dict[str, Any] | None = None,
) -> BulkRun:
    """Write down what is to be done to which of the dealer's adverts; nothing is done yet.

    A worker goes on with it once its terms are stated. Raises `QuotaReached`.
    """
    require(Permission.EDIT_STOCK, dealer_id=dealer_id, actor=actor)
    if actor.user_id is None:
        raise NotPermitted("A run is begun by a person.")
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    mine = BulkRun.objects.for_dealer(dealer_id)
    mine.filter(created_at__lt=old).delete()
    quotas.require("bulk_runs", dealer_id=dealer_id, count=mine.count)
    stated = terms if act in NEED_TERMS else {}
    run = BulkRun.objects.create(dealer_id=dealer_id, actor_id=actor.user_id, act=act, terms=stated)
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [run.pk, dealer_id, list(listing_ids)])
    run.refresh_from_db()
    if run.terms is not None:
        _start(run, actor)
    return run


@transaction.atomic
def begin_undo(*, dealer_id: int, actor: Actor, origin: str, what: str) -> BulkRun:
    """Begin a run that takes back what has an origin, with `what` as its name; nothing is done yet.

    What goes on of it is stopped. Raises `NotUndoable` when it is too late or was undone already.
    """
    is_feed = origin.startswith(FEED_RUN)
    permission = Permission.DELIVER_FEEDS if is_feed else Permission.EDIT_STOCK
    require(permission, dealer_id=dealer_id, actor=actor)
    if actor.user_id is None:
        raise NotPermitted("A run is begun by a person.")
    begun = BulkRun.objects.for_dealer(dealer_id).filter(pk=_number(origin, BULK_RUN)).first()
    if begun is not None:
        stop_run(run_id=begun.pk, actor=actor)
    if undo_of(dealer_id, origin) is not None:
        raise NotUndoable("It has been undone already.")
    if undo_ends_at(origin) is None:
        raise NotUndoable("It is too late to undo this, or there is nothing to undo.")
    terms = {"origin": origin, "what": what}
    run = BulkRun.objects.create(
        dealer_id=dealer_id, actor_id=actor.user_id, act=Act.UNDO, terms=terms
    )
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN_UNDO, [run.pk, change_sets_of(origin), dealer_id])
    if is_feed:
        _forget_absences(dealer_id, _number(origin, FEED_RUN))
    run.refresh_from_db()
    _start(run, actor)
    return run


@transaction.atomic
def state_terms(*, run_id: int, terms: dict[str, Any], actor: Actor) -> BulkRun:
    """Say what the act of a run needs to know, once; a second time changes nothing."""
    run = locked(run_id=run_id, actor=actor)
    if run.terms is None:
        run.terms = terms
        run.save(update_fields=["terms"])
        _start(run, actor)
    return run


@transaction.atomic
def stop_run(*, run_id: int, actor: Actor) -> BulkRun:
    """Leave the adverts that wait as they are; those that are done stay done."""
    run = locked(run_id=run_id, actor=actor)
    if run.stopped_at is None:
        run.stopped_at = timezone.now()
        run.save(update_fields=["stopped_at"])
    return run


def _start(run: BulkRun, actor: Actor) -> None:
    """Note a run in the audit log as one action, and have a worker go on with it."""
    found = run.rows.aggregate(count=Count("pk"), value=Sum("listing__price", default=0))
    what = run.get_act_display()
    if run.act == Act.UNDO:
        what = f"{what}: {(run.terms or {})['what']}"
    count = found["count"]
    adverts = "1 advert" if count == 1 else f"{count:,} adverts"
    audit.record(
        audit.Kind.BULK_CHANGED,
        actor=actor,
        dealer_id=run.dealer_id,
        subject=f"{what}, {adverts} worth £{found['value']:,}",
    )
    enqueue(go_on, run.pk, actor.kind.value)


def _forget_absences(dealer_id: int, run_id: int) -> None:
    """Forget which cars a file lacked for the first time: the next file says it anew, or not."""
    run = FeedRun.objects.for_dealer(dealer_id).filter(pk=run_id).first()
    if run is not None and run.started_at:
        noted = FeedCar.objects.filter(feed=run.feed_id, gone_at=None)
        ended = run.finished_at or timezone.now()
        noted.filter(absent_since__range=(run.started_at, ended)).update(absent_since=None)


def _number(origin: str, kind: str) -> int:
    return int(origin.removeprefix(kind)) if origin.startswith(kind) else 0
