"""Mails from templates, and the addresses that nothing is sent to.

No error here carries an address: errors are logged.
"""

import re
import smtplib
from collections.abc import Iterable, Mapping

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from marketplace.errors import ServiceAway
from marketplace.models import SuppressedAddress

SuppressionReason = SuppressedAddress.SuppressionReason
_NO_SUCH_ADDRESS = re.compile(rb"\b5\.1\.(1|2|3|6|10)\b")  # RFC 3463: it will never be one


class MailServerAway(ServiceAway):
    """The mail cannot be handed over now; later it may."""


class AddressRefused(Exception):
    """The mail server will never take mail for this address, or nothing may be sent to it."""


class MailRefused(Exception):
    """The mail server refuses the mail, whoever it is for."""


def send_mail(
    *, to: str, subject: str, template: str, context: Mapping[str, object], has_html: bool = True
) -> None:
    """Hand over one mail of `template`.txt and, if it has that, `template`.html.

    Raises `MailServerAway`, `AddressRefused` and `MailRefused`.
    """
    if suppressed([to]):
        raise AddressRefused
    values = dict(context)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"{template}.txt", values),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    if has_html:
        mail.attach_alternative(render_to_string(f"{template}.html", values), "text/html")
    _hand_over(mail, to)


def suppress(addresses: Iterable[str], *, reason: SuppressionReason) -> None:
    """Send nothing to these from now on.

    This is what tells of bounces and complaints: the webhook calls it, and so may a receiver of
    django-anymail's `tracking` signal.
    """
    rows = [SuppressedAddress(email=_key(address), reason=reason) for address in addresses]
    SuppressedAddress.objects.bulk_create(rows, ignore_conflicts=True)


def suppressed(addresses: Iterable[str]) -> set[str]:
    """Return those of the addresses that nothing is sent to."""
    keys = {_key(address): address for address in addresses}
    found = SuppressedAddress.objects.filter(email__in=keys).values_list("email", flat=True)
    return {keys[email] for email in found}


def _hand_over(mail: EmailMultiAlternatives, to: str) -> None:
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        answers = refusal.recipients.values()
        if any(code < 500 for code, _ in answers):
            raise MailServerAway from None
        if any(_NO_SUCH_ADDRESS.search(text) for _, text in answers):
            suppress([to], reason=SuppressionReason.BOUNCE)
        raise AddressRefused from None
    except smtplib.SMTPResponseException as refusal:
        if refusal.smtp_code < 500:
            raise MailServerAway from None
        raise MailRefused(refusal.smtp_code) from None
    except OSError:
        raise MailServerAway from None


def _key(address: str) -> str:
    return address.strip().lower()
