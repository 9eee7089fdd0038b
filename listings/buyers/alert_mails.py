"""Mails about saved searches: the one that asks for a confirmation, and alerts."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from listings.buyers import ledger
from listings.buyers.finds import (
    LISTED_MAX,
    FoundCars,
    Queued,
    found_by_search,
    found_of_cars,
    mark_cars,
    results_url,
)
from listings.buyers.links import BuyerLink, link_to
from listings.models import AlertMail, BuyerRecord, Listing, SavedSearch
from marketplace.mail import AddressRefused, send_mail

log = structlog.get_logger(__name__)
LATELY = timedelta(days=8)
State = SavedSearch.SearchState


@transaction.atomic
def send_confirmation(*, record_id: int) -> None:
    """Ask whoever reads this address whether they want to be told; or say that they are already."""
    rows = SavedSearch.objects.open().filter(record=record_id, confirmation_mailed_at=None)
    saved = rows.select_related("record").select_for_update(of=("self",)).first()
    if saved is None or not saved.record.is_in_force:
        return
    is_new = saved.state == State.UNCONFIRMED
    link = BuyerLink.CONFIRM_SEARCH if is_new else BuyerLink.SEARCH
    what = "Confirm your alert" if is_new else "You have this alert already"
    context = {
        "saved": saved,
        "is_new": is_new,
        "url": link_to(link, record_id),
        "record_url": link_to(BuyerLink.RECORD, record_id),
        "results_url": results_url(saved),
    }
    template = "buyers/mail/search_confirmation"
    _send([saved], subject=f"{what}: {saved.name}", template=template, context=context)
    saved.confirmation_mailed_at = timezone.now()
    saved.save(update_fields=["confirmation_mailed_at"])


@transaction.atomic
def send_alerts(*, mail_id: int) -> None:
    """Send a mail of what is there now of its finds, once; nothing where nothing is left.

    It is marked in the same transaction, after it is handed over: a process that is killed in
    between sends the same mail again, by its key, rather than never. Raises `MailServerAway`.
    """
    mail = AlertMail.objects.select_for_update().filter(pk=mail_id, sent_at=None).first()
    if mail is None:
        return
    parts = list(_parts(mail))
    if parts:
        _send_alerts(mail, parts)
    now = timezone.now()
    for part in parts:
        mark_cars(part.saved, part)
        kept_until = now + ledger.kept(BuyerRecord.RecordKind.SAVED_SEARCH)
        BuyerRecord.objects.filter(pk=part.saved.record_id).update(kept_until=kept_until)
    mail.finds = {
        str(part.saved.record_id): [[car.id, car.price] for car in part.cars] for part in parts
    }
    mail.sent_at = now
    mail.save(update_fields=["finds", "sent_at"])


def _parts(mail: AlertMail) -> Iterator[FoundCars]:
    """Yield what there is to tell of each search; no car twice, and no more than fit."""
    rows = SavedSearch.objects.active().filter(record__in=list(mail.finds))
    searches = list(rows.select_related("record").order_by("pk"))
    share = max(1, LISTED_MAX // max(1, len(searches)))
    told = _told_lately(searches)
    shown = 0
    for saved in searches:
        queued = Queued.from_json(mail.finds[str(saved.record_id)])
        most = min(share, LISTED_MAX - shown)
        if saved.criteria:
            part = found_by_search(saved, queued, most=most, told=told)
        else:
            part = found_of_cars(saved, queued)
        if part.cars or part.more:
            told = [*told, *(car.id for car in part.cars)]
            shown += len(part.cars)
            yield part


def _told_lately(searches: Sequence[SavedSearch]) -> list[int]:
    """Return the cars that mails to this address told of lately, and that cost what they did.

    Another of its searches may have found them, and one that is asked again looks further back.
    """
    if not searches:
        return []
    records = SavedSearch.objects.of_address(searches[0].record.email).values("record")
    sent = AlertMail.objects.filter(record__in=records, sent_at__gt=timezone.now() - LATELY)
    told: dict[int, int | None] = {
        pk: price
        for finds in sent.order_by("sent_at").values_list("finds", flat=True)
        for pairs in finds.values()
        for pk, price in pairs
    }
    now = Listing.objects.filter(pk__in=told).values_list("pk", "price")
    return [pk for pk, price in now if price == told[pk]]


def _send_alerts(mail: AlertMail, parts: Sequence[FoundCars]) -> None:
    searches = [part.saved for part in parts]
    stop = link_to(BuyerLink.STOP_ALERTS, *(each.record_id for each in searches))
    headers = {
        "Message-ID": f"<alert-{mail.key.hex}@{urlsplit(settings.PUBLIC_URL).hostname}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }
    context = {
        "parts": parts,
        "stop_url": stop,
        "record_url": link_to(BuyerLink.RECORD, searches[0].record_id),
    }
    template, subject = "buyers/mail/alert", _subject(parts)
    _send(searches, subject=subject, template=template, context=context, headers=headers)


def _subject(parts: Sequence[FoundCars]) -> str:
    first = parts[0]
    total = sum(len(part.cars) + part.more for part in parts)
    if total == 1 and first.cars:
        car = first.cars[0]
        price = "" if car.price is None else f", £{car.price:,}"
        return f"{car.what or 'New'}: {car.title}{price}"
    if len(parts) > 1:
        return f"{total} cars for your {len(parts)} alerts"
    return f"{total} cars: {first.saved.name}"


def _send(searches: Sequence[SavedSearch], **mail: Any) -> None:
    """Hand a mail over; an address that takes none is told nothing any more."""
    try:
        send_mail(to=searches[0].record.email, **mail)
    except AddressRefused:
        log.warning("alert_address_refused", records=[each.record_id for each in searches])
        for each in searches:
            ledger.withdraw_consent(record_id=each.record_id)
