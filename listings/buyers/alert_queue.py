"""What was found for saved searches and waits to be told, and its way into mails."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from celery import Task
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from listings.buyers.digest_times import had_digest_today, is_due, last_morning
from listings.buyers.finds import QUEUED_MAX, Queued
from listings.models import AlertMail, AlertQueue, BuyerRecord, SavedSearch
from listings.models.conditions import LIVE_SQL
from marketplace.outbox import enqueue_each

OVERDUE = timedelta(minutes=2)
"""After so long the clock looks after what an instant alert's task should have told."""
ADDRESSES_AT_ONCE = 1_000
ADDRESSES_MAX = 20_000

_FORGET_TOLD = f"""
    DELETE FROM listings_alertledgerentry WHERE id IN (
        SELECT entry.id FROM listings_alertledgerentry AS entry
        WHERE entry.told_at < now() - interval '90 days' AND NOT EXISTS (
            SELECT FROM listings_listing AS listing
            WHERE listing.id = entry.listing_id AND {LIVE_SQL}
        )
        LIMIT %s
    )
"""  # noqa: S608 - a condition of ours
_FULL = f"""
    SELECT saved.id FROM listings_alertqueue AS queue
    JOIN listings_savedsearch AS saved USING (record_id)
    WHERE queue.count > {QUEUED_MAX} ORDER BY queue.record_id FOR KEY SHARE OF queue
"""  # noqa: S608 - a number of ours
# In the order of the records, in which mails lock them too.
_QUEUE = f"""
    INSERT INTO listings_alertqueue AS queue (record_id, listing_ids, count, queued_at)
    SELECT saved.record_id, (array_agg(pair.listing ORDER BY pair.place))[1:{QUEUED_MAX}],
        count(*), statement_timestamp()
    FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS pair (search, listing, place)
    JOIN listings_savedsearch AS saved ON saved.id = pair.search AND saved.state = 'active'
    GROUP BY saved.record_id ORDER BY saved.record_id
    ON CONFLICT (record_id) DO UPDATE SET
        count = queue.count + excluded.count,
        listing_ids = (queue.listing_ids || excluded.listing_ids)[1:{QUEUED_MAX}]
    RETURNING record_id
"""  # noqa: S608 - a number of ours


def queue(searches: Sequence[int], listings: Sequence[int]) -> list[int]:
    """Queue pairs of a search and an advert, in the caller's transaction.

    Returns the records of those that are to be told at once.
    """
    if not searches:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, [list(searches), list(listings)])
        records = [record for (record,) in cursor.fetchall()]
    instant = SavedSearch.objects.filter(frequency=SavedSearch.Frequency.INSTANT)
    return list(instant.filter(record__in=records).values_list("record_id", flat=True))


def lock_full() -> list[int]:
    """Return the searches that are asked again in any case, as more was found than is kept.

    They stay so until this transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FULL)
        return [search for (search,) in cursor.fetchall()]


@transaction.atomic
def collect(*, record_id: int, now: datetime | None = None) -> int | None:
    """Make one mail of all that is due for the address of a record; return its number, if any.

    One that has yet to go takes up what is new: a backlog becomes one mail.
    """
    now = now or timezone.now()
    email = BuyerRecord.objects.filter(pk=record_id).values_list("email", flat=True).first() or ""
    searches = {each.record_id: each for each in SavedSearch.objects.active().of_address(email)}
    waiting = AlertQueue.objects.filter(pk__in=searches).order_by("pk").select_for_update()
    rows = {row.pk: row for row in waiting if is_due(searches[row.pk], row.queued_at, now)}
    if had_digest_today(SavedSearch.objects.of_address(email), now):
        instant = SavedSearch.Frequency.INSTANT
        rows = {pk: row for pk, row in rows.items() if searches[pk].frequency == instant}
    if not rows:
        return None
    found = {
        pk: Queued(tuple(row.listing_ids), row.count, row.queued_at) for pk, row in rows.items()
    }
    mail = _unsent(email) or AlertMail(record_id=min(rows))
    _add(mail, found)
    AlertQueue.objects.filter(pk__in=rows).delete()
    SavedSearch.objects.filter(record__in=rows).update(mailed_at=now)
    return mail.pk


def enqueue_due(task: Task, *, now: datetime | None = None) -> int:
    """Enqueue a task for each address that may be told of something by now; return how many."""
    now = now or timezone.now()
    addresses = _due(now).values_list("record__email", "pk").order_by("pk")
    firsts = {email.lower(): record_id for email, record_id in addresses[:ADDRESSES_MAX]}
    records = [(record_id,) for record_id in firsts.values()]
    for start in range(0, len(records), ADDRESSES_AT_ONCE):
        enqueue_each(task, records[start : start + ADDRESSES_AT_ONCE], unless_waiting=True)
    return len(records)


def forget_old(*, days: int = 35, limit: int = 10_000) -> int:
    """Delete mails of long ago, who was told of what is off sale, and what waits for nobody."""
    old = AlertMail.objects.filter(created_at__lt=timezone.now() - timedelta(days=days))
    mails = AlertMail.objects.filter(pk__in=old.order_by("created_at").values("pk")[:limit])
    count, _ = mails.delete()
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_TOLD, [limit])
        count += int(cursor.rowcount)
    idle = AlertQueue.objects.exclude(record__saved_search__state="active")
    idle_count, _ = idle.delete()
    return int(count + idle_count)


def _due(now: datetime) -> QuerySet[AlertQueue]:
    """Return what may be due: of whom it is looked at when it is collected."""
    frequency = SavedSearch.Frequency
    rows = AlertQueue.objects.filter(record__saved_search__state="active")
    saved = "record__saved_search__frequency"
    return (
        rows.filter(**{saved: frequency.INSTANT}, queued_at__lt=now - OVERDUE)
        | rows.filter(**{saved: frequency.DAILY}, queued_at__lt=last_morning(now))
        | rows.filter(**{saved: frequency.WEEKLY}, queued_at__lt=last_morning(now, weekly=True))
    )


def _unsent(email: str) -> AlertMail | None:
    """Return a mail to an address that waits, unless it is just being sent."""
    records = SavedSearch.objects.of_address(email).values("record")
    rows = AlertMail.objects.filter(record__in=records, sent_at=None).order_by("pk")
    return rows.select_for_update(skip_locked=True).first()


def _add(mail: AlertMail, found: dict[int, Queued]) -> None:
    for record_id, queued in found.items():
        before = mail.finds.get(str(record_id))
        whole = Queued.from_json(before).with_more(queued) if before else queued
        mail.finds[str(record_id)] = whole.to_json()
    mail.save()
