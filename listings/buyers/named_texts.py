"""Texts of others that name somebody who erased all: found then, and shown to staff.

A name alone proves nothing, as others have it too. So nothing is taken out by itself.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from listings.buyers.mentions import ERASED
from listings.exceptions import InvalidContact, RecordNotFound
from listings.models import AdvertReport, Enquiry, EnquiryMessage, NamedText, Reservation

Place, Decision = NamedText.TextPlace, NamedText.TextDecision
TEXTS: Mapping[str, tuple[type, str]] = {
    Place.MESSAGE: (EnquiryMessage, "body"),
    Place.ENQUIRY: (Enquiry, "message"),
    Place.RESERVATION_NOTE: (Reservation, "note"),
    Place.RESERVATION_REASON: (Reservation, "reason"),
    Place.REPORT: (AdvertReport, "text"),
}
FOUND_MAX = 200
WORDS_MAX = 120


def note_texts_naming(names: Iterable[str], *, besides: Collection[int]) -> None:
    """Note where others name one of these, in the caller's transaction; `besides` are own records.

    What has to be kept stays as it is. Only names of two words or more are looked for: a first
    name alone is everybody's.
    """
    whole = {" ".join(name.split()) for name in names}
    if not (wanted := sorted(name for name in whole if " " in name)):
        return
    found = [
        NamedText(place=place, row_id=pk)
        for place, (model, column) in TEXTS.items()
        for pk in _naming(QuerySet(model), column, wanted)
        .filter(record__kept_because="")
        .exclude(record__in=besides)
        .values_list("pk", flat=True)[:FOUND_MAX]
    ]
    NamedText.objects.bulk_create(found, ignore_conflicts=True)


def text_of(named: NamedText) -> str:
    """Return the text as it is now; empty where it is gone."""
    model, column = TEXTS[named.place]
    found = QuerySet(model).filter(pk=named.row_id).values_list(column, flat=True).first()
    return str(found or "")


@transaction.atomic
def leave_text(*, named_id: int, actor_id: int) -> NamedText:
    """Say that a text names somebody else; raises `RecordNotFound` once it is decided."""
    return _decided(_open(named_id), Decision.LEFT, actor_id)


@transaction.atomic
def take_words_out(*, named_id: int, words: str, actor_id: int) -> NamedText:
    """Take a name out of a text; raises `RecordNotFound`, and `InvalidContact` for other words."""
    named, name = _open(named_id), " ".join(words.split())[:WORDS_MAX]
    model, column = TEXTS[named.place]
    row = QuerySet(model).select_for_update().filter(pk=named.row_id).first()
    text = str(getattr(row, column, ""))
    bare = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", ERASED, text, flags=re.IGNORECASE)
    if not name or bare == text:
        fault = "These words do not stand in the text."
        raise InvalidContact(fault, fields={"words": [fault]})
    QuerySet(model).filter(pk=named.row_id).update(**{column: bare})
    return _decided(named, Decision.ERASED, actor_id)


def _naming(rows: QuerySet, column: str, names: list[str]) -> QuerySet:
    wanted = Q()
    for name in names:
        wanted |= Q(**{f"{column}__icontains": name})
    return rows.filter(wanted).order_by("pk")


def _open(named_id: int) -> NamedText:
    rows = NamedText.objects.select_for_update().filter(decision=Decision.OPEN)
    named = rows.filter(pk=named_id).first()
    if named is None:
        raise RecordNotFound("There is no such text to decide on.")
    return named


def _decided(named: NamedText, decision: NamedText.TextDecision, actor_id: int) -> NamedText:
    named.decision, named.decided_at = decision, timezone.now()
    named.decided_by_id = actor_id
    named.save(update_fields=["decision", "decided_at", "decided_by"])
    return named
