"""Signed links in mails to buyers: whoever holds one may do the one thing it names.

A link holds the number of a record and nothing about the person. Mail scanners open links, so that
a page that a link opens only asks, and a button acts.
"""

from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.urls import reverse

from listings.exceptions import BuyerLinkInvalid, BuyerLinkSpent

_signer = TimestampSigner(salt="listings.buyers", sep=".")


class BuyerLink(StrEnum):
    """What a link lets its holder do: the name of the page that it opens."""

    RECORD = "buyer-record"  # see what was left, withdraw and erase it
    CONFIRM_SEARCH = "confirm-saved-search"
    SEARCH = "saved-search"  # pause it, change how often it tells, end it
    STOP_ALERTS = "stop-alerts"  # end the searches that a mail was about
    PERSON = "buyer-person"  # see all that an address left, take it along and erase it


def link_to(link: BuyerLink, *record_ids: int) -> str:
    """Return the whole address of the page."""
    token = _signer.sign_object([link.value, *record_ids])
    return f"{settings.PUBLIC_URL}{reverse(link.value, args=[token])}"


def read_link(link: BuyerLink, token: str, *, max_age: timedelta | None = None) -> int:
    """Return the number of the record that a link was made for, as `read_links` does."""
    return read_links(link, token, max_age=max_age)[0]


def read_links(link: BuyerLink, token: str, *, max_age: timedelta | None = None) -> tuple[int, ...]:
    """Return the numbers of the records that a link was made for.

    Raises `BuyerLinkInvalid`, and `BuyerLinkSpent` for one that is older than `max_age`.
    """
    try:
        purpose, *record_ids = _signer.unsign_object(token, max_age=max_age)
    except SignatureExpired:
        raise BuyerLinkSpent("This link is too old.") from None
    except (BadSignature, ValueError):
        raise BuyerLinkInvalid(BuyerLinkInvalid.words) from None
    if purpose != link.value or not record_ids:
        raise BuyerLinkInvalid(BuyerLinkInvalid.words)
    return tuple(map(int, record_ids))
