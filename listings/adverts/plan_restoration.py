"""Price plans that undoing brings back, and the log of it."""

from collections.abc import Mapping
from typing import Any

from listings.adverts.context import WriteContext
from listings.adverts.events import LogEntry, record
from listings.models import Listing, ListingEvent
from listings.models.event import PRICE_PLAN
from listings.pricing import restore_plans


def put_back_on_plans(plans: Mapping[int, tuple[Any, Any]], by: WriteContext) -> None:
    """Put locked adverts back on the plans of pairs: now, then; on none where there was none."""
    if not plans:
        return
    restore_plans(before={pk: then for pk, (_, then) in plans.items()})
    stock = dict(Listing.objects.filter(pk__in=plans).values_list("pk", "status"))
    kind = ListingEvent.Kind.UNDONE
    entries = [
        LogEntry(pk, kind, stock[pk], stock[pk], {PRICE_PLAN: list(pair)})
        for pk, pair in plans.items()
    ]
    record(entries=entries, by=by)
