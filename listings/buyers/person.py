"""Everything that one e-mail address left: asked for, taken along, erased.

A signed link proves the address, so it is mailed there; whoever asks is told the same whether
anything was left or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from listings.buyers import guards, ledger
from listings.buyers.guards import Sender
from listings.buyers.ledger import Contact
from listings.buyers.named_texts import note_texts_naming
from listings.buyers.tasks import erase_mentions, send_privacy_link
from listings.exceptions import BuyerLinkSpent
from listings.models import BuyerRecord, PrivacyRequest
from marketplace.mail import forget_suppressed, suppressed_rows
from marketplace.outbox import enqueue

ERASING_MAX = timedelta(days=30)
"""The law's month: the address is kept so long at most while texts of others are searched for it.
"""


@dataclass(frozen=True)
class Erasure:
    """How many records were erased, and those that stay, each with its reason."""

    erased: int
    kept: tuple[BuyerRecord, ...]


@transaction.atomic
def ask_for_link(*, email: str, sender: Sender) -> None:
    """Have the link mailed to an address, if anything was left with it.

    Raises `InvalidContact` and `AskedTooOften`.
    """
    person = guards.contact_of(name="", email=email, phone="")
    guards.refuse_too_many(sender, person)
    enqueue(send_privacy_link, begin(email=person.email).record_id)


def begin(*, email: str) -> PrivacyRequest:
    """Write down that something is asked about an address, in the caller's transaction."""
    record = ledger.leave(
        kind=BuyerRecord.RecordKind.PRIVACY, contact=Contact(email=email), consent=None
    )
    return PrivacyRequest.objects.create(record=record)


def asked(record_id: int) -> PrivacyRequest:
    """Return what a link was made for; raises `BuyerLinkSpent` once it is over."""
    rows = PrivacyRequest.objects.select_related("record").filter(record=record_id)
    request = rows.filter(record__erased_at=None, record__kept_until__gt=timezone.now()).first()
    if request is None:
        raise BuyerLinkSpent("This link is used or too old. You can ask for another.")
    return request


@transaction.atomic
def erase_everything(*, record_id: int) -> Erasure:
    """Erase all that the address of a request left, but for what has to be kept; twice is once.

    What others wrote about it, in feeds and logs, is looked for by a task. Raises `BuyerLinkSpent`.
    """
    request = asked(PrivacyRequest.objects.select_for_update().get(record=record_id).record_id)
    email = request.record.email
    mine = ledger.left_by(email)
    kept = tuple(mine.exclude(kept_because="").select_related("dealer"))
    erasable = list(mine.filter(kept_because="").values_list("pk", "phone", "name"))
    ids = [pk for pk, *_ in erasable]
    note_texts_naming({name for *_, name in erasable}, besides=ids)
    ledger.erase_all(BuyerRecord.objects.filter(pk__in=ids))
    forget_suppressed(suppressed_rows(email))
    request.sought = sorted({email, *request.sought, *(phone for _, phone, _ in erasable if phone)})
    if request.erasing_since is None:
        request.erasing_since = timezone.now()
        enqueue(erase_mentions, record_id)
    request.save(update_fields=["sought", "erasing_since"])
    BuyerRecord.objects.filter(pk=record_id).update(kept_until=timezone.now() + ERASING_MAX)
    return Erasure(len(erasable), kept)


def export(*, record_id: int) -> dict[str, Any]:
    """Return all that the address of a request left, as JSON holds it. Raises `BuyerLinkSpent`."""
    email = asked(record_id).record.email
    records = ledger.left_by(email).select_related("consent", "dealer")
    return {
        "address": email,
        "made_at": timezone.now(),
        "marketplace": settings.PUBLIC_URL,
        "nothing_is_mailed_to_it": suppressed_rows(email).exists(),
        "left": [_exported(record) for record in records],
    }


def _exported(record: BuyerRecord) -> dict[str, Any]:
    things: dict[str, Any] = {
        str(model._meta.verbose_name_plural): _rows(QuerySet(model).filter(record=record))
        for model in ledger.hanging_models()
    }
    consent = record.consent
    return {
        **_values(record, skip=("consent", "dealer")),
        "dealer": record.dealer.name if record.dealer else None,
        "consent": consent and {"words": consent.words, "version": consent.version},
        **{name: rows for name, rows in things.items() if rows},
    }


def _rows(rows: Iterable[models.Model]) -> list[dict[str, Any]]:
    return [_values(row, skip=("record", "revision")) for row in rows]


def _values(row: models.Model, *, skip: tuple[str, ...]) -> dict[str, Any]:
    """Return a row's columns; of the dealer's people, who are others, nothing but a number."""
    fields = [each for each in row._meta.concrete_fields if each.name not in skip]
    return {field.name: getattr(row, field.attname) for field in fields}
