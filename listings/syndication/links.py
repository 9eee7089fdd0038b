"""The addresses that files are read at: signed, so that nobody guesses one."""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from listings.exceptions import LinkNotKnown
from listings.models import SyndicationLink
from listings.syndication.formats import FORMATS

READ_NOTED_EVERY = timedelta(minutes=1)
_signer = Signer(salt="listings.syndication", sep=".")


def stock_link(*, dealer_id: int | None, form: str) -> SyndicationLink:
    """Return the link to a dealer's stock, or to all, in a format; make it if it is new."""
    mine = SyndicationLink.objects.filter(form=FORMATS[form].name)
    mine = mine.filter(dealer__isnull=True) if dealer_id is None else mine.for_dealer(dealer_id)
    return mine.first() or SyndicationLink.objects.create(dealer_id=dealer_id, form=form)


@transaction.atomic
def renew_link(*, link_id: int) -> SyndicationLink:
    """Make earlier addresses void, and return the link with its new one."""
    link = SyndicationLink.objects.select_for_update().filter(pk=link_id).first()
    if link is None:
        raise LinkNotKnown("There is no such link.")
    link.rotation += 1
    link.save(update_fields=("rotation",))
    return link


def end_link(*, link_id: int) -> None:
    """Make every address of a link void."""
    SyndicationLink.objects.filter(pk=link_id).delete()


def link_address(link: SyndicationLink) -> str:
    """Return the address to give to whoever reads the file."""
    token = _signer.sign(f"{link.pk}-{link.rotation}")
    path = reverse("stock-file", args=(token, FORMATS[link.form].file_name))
    return f"{settings.PUBLIC_URL}{path}"


def read_link(token: str, file_name: str) -> SyndicationLink:
    """Return the link of an address, and note that it was read. Raises `LinkNotKnown`."""
    try:
        pk, _, rotation = _signer.unsign(token).partition("-")
    except BadSignature:
        raise LinkNotKnown("This address is not one that we gave.") from None
    link = SyndicationLink.objects.filter(pk=int(pk), rotation=int(rotation)).first()
    if link is None or FORMATS[link.form].file_name != file_name:
        raise LinkNotKnown("This address was ended or made anew.")
    now = timezone.now()
    if link.read_at is None or now - link.read_at > READ_NOTED_EVERY:
        SyndicationLink.objects.filter(pk=link.pk).update(read_at=now)
    return link
