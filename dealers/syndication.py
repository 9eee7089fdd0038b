"""A dealer's stock for others to read: an address for each format, given, made anew, ended."""

from django.db import transaction

from dealers import audit
from dealers.models import AuditEvent
from dealers.permissions import Actor, Permission, require
from listings.exceptions import LinkNotKnown
from listings.models import SyndicationLink
from listings.syndication import FORMATS, end_link, renew_link, stock_link


@transaction.atomic
def offer_stock(*, dealer_id: int, form: str, actor: Actor) -> SyndicationLink:
    """Give the stock an address in a format of `FORMATS`; the one it has where it has one.

    Raises `LinkNotKnown` for another format, and what refuses the actor.
    """
    require(Permission.EDIT_FEEDS, dealer_id=dealer_id, actor=actor)
    if form not in FORMATS:
        raise LinkNotKnown("There is no such format.")
    link = stock_link(dealer_id=dealer_id, form=form)
    _record(link, ["", "given out"], actor)
    return link


@transaction.atomic
def renew_offer(*, link_id: int, actor: Actor) -> SyndicationLink:
    """Make the address anew, so that the old one is void; raises as `offer_stock`."""
    link = _own(link_id, actor)
    _record(link, ["given out", "another address"], actor)
    return renew_link(link_id=link.pk)


@transaction.atomic
def end_offer(*, link_id: int, actor: Actor) -> None:
    """Give the stock out in this format no more; raises as `offer_stock`."""
    link = _own(link_id, actor)
    _record(link, ["given out", ""], actor)
    end_link(link_id=link.pk)


def _own(link_id: int, actor: Actor) -> SyndicationLink:
    link = SyndicationLink.objects.filter(pk=link_id, dealer__isnull=False).first()
    if link is None or link.dealer_id is None:
        raise LinkNotKnown("There is no such address.")
    require(Permission.EDIT_FEEDS, dealer_id=link.dealer_id, actor=actor)
    return link


def _record(link: SyndicationLink, change: list[object], actor: Actor) -> None:
    audit.record(
        AuditEvent.AuditKind.DEALER_CHANGED,
        actor=actor,
        dealer_id=link.dealer_id,
        subject=FORMATS[link.form].label,
        changes={"stock file": change},
    )
