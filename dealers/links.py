"""Signed links in mails: whoever holds one may do the one thing it names."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, Signer, TimestampSigner
from django.urls import reverse

from dealers.exceptions import (
    EmailChangeEnded,
    RenewalLinkInvalid,
    RenewalLinkSpent,
    WeeklyLinkInvalid,
)

MAX_AGE = timedelta(days=14)
EMAIL_CHANGE_AGE_MAX = timedelta(hours=24)

_signer = TimestampSigner(salt="dealers.renewal", sep=".")
_email_signer = TimestampSigner(salt="dealers.email_change", sep=".")
_weekly_signer = Signer(salt="dealers.weekly_mail", sep=".")


@dataclass(frozen=True)
class Renewal:
    """Leave to renew an advert that still has this end: after any renewal it is spent."""

    listing_id: int
    expires_at: datetime


def renewal_url(renewal: Renewal) -> str:
    """Return the address of the page that renews an advert; it holds nothing about the car."""
    token = _signer.sign_object([renewal.listing_id, renewal.expires_at.isoformat()])
    return f"{settings.PUBLIC_URL}{reverse('renew-listing', args=[token])}"


def read_renewal(token: str) -> Renewal:
    """Raises `RenewalLinkInvalid`, and `RenewalLinkSpent` for a link over `MAX_AGE` old."""
    try:
        listing_id, expires_at = _signer.unsign_object(token, max_age=MAX_AGE)
    except SignatureExpired:
        raise RenewalLinkSpent("This link is too old.") from None
    except BadSignature:
        raise RenewalLinkInvalid("This link is not one that we sent.") from None
    return Renewal(listing_id, datetime.fromisoformat(expires_at))


def email_change_url(change_id: int) -> str:
    """Return the address of the page that confirms a new e-mail address."""
    token = _email_signer.sign_object(change_id)
    return f"{settings.PUBLIC_URL}{reverse('confirm-email', args=[token])}"


def read_email_change(token: str) -> int:
    """Return the key of the change that a link confirms; raises `EmailChangeEnded`."""
    try:
        return int(_email_signer.unsign_object(token, max_age=EMAIL_CHANGE_AGE_MAX))
    except BadSignature:  # one that is too old too
        raise EmailChangeEnded("This link is too old, or not one that we sent.") from None


def weekly_mail_url(membership_id: int) -> str:
    """Return the address of the page that ends somebody's weekly mails, however old it is."""
    token = _weekly_signer.sign_object(membership_id)
    return f"{settings.PUBLIC_URL}{reverse('end-weekly-mail', args=[token])}"


def read_weekly_mail(token: str) -> int:
    """Return whose mails a link ends, as the key of a membership; raises `WeeklyLinkInvalid`."""
    try:
        return int(_weekly_signer.unsign_object(token))
    except BadSignature:
        raise WeeklyLinkInvalid("This link is not one that we sent.") from None
