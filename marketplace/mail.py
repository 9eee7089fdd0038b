"""Mails from templates, and the addresses that nothing is sent to.

No error here carries an address: errors are logged.
"""

import re
import smtplib
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from marketplace.digests import digest, digests
from marketplace.errors import ServiceAway
from marketplace.london_time import LONDON
from marketplace.models import SuppressedAddress
from marketplace.outcome_counts import count_attempt

DIGESTED = "suppressed address"
SuppressionReason = SuppressedAddress.SuppressionReason
_NO_SUCH_ADDRESS = re.compile(rb"\b5\.1\.(1|2|3|6|10)\b")  # RFC 3463: it will never be one


class MailServerAway(ServiceAway):
    """The mail cannot be handed over now; later it may."""


class AddressRefused(Exception):
    """The mail server will never take mail for this address, or nothing may be sent to it."""


class MailRefused(Exception):
    """The mail server refuses the mail, whoever it is for."""


_OUTCOMES: Mapping[type[Exception], str] = {
    AddressRefused: "address_refused",
    MailRefused: "mail_refused",
    MailServerAway: "server_away",
}


def send_mail(
    *,
    to: str,
    subject: str,
    template: str,
    context: Mapping[str, object],
    has_html: bool = True,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Hand over one mail of `template`.txt and `template`.html, on London's clock.

    A new mail is two templates and one call of this:

    - `<name>.txt` extends `mail/base.txt` and fills the block `body`: the whole mail, for who
      reads no HTML, each address on its own or after a colon;
    - `<name>.html` extends `mail/base.html` and fills `title`, `preheader` (the sentence that an
      inbox shows beside the subject), `content` and `foot` (why it came, and how it ends). What is
      to be done is `{% include "mail/button.html" with url=… words="…" %}`, which shows the address
      as text too; with `is_one_of_many=1` it does not. Lesser text has the class `quiet`, a rule
      the class `line`: these and the base follow a dark screen. Paragraphs set their own margin.

    The text is plain, the HTML escaped. Both know `marketplace`, its name, and `marketplace_url`.
    `headers` are further ones, such as Reply-To. Only what a machine reads has no HTML.

    Raises `MailServerAway`, `AddressRefused` and `MailRefused`.
    """
    if suppressed([to]):
        count_attempt("mail_attempts", "address_refused")
        raise AddressRefused
    values = {
        "subject": subject,
        "marketplace": settings.UNFOLD["SITE_TITLE"],
        "marketplace_url": f"{settings.PUBLIC_URL}/",
        **context,
    }
    with timezone.override(LONDON):
        body = render_to_string(f"{template}.txt", values)
        html = render_to_string(f"{template}.html", values) if has_html else ""
    mail = EmailMultiAlternatives(
        subject=subject,
        body=body,
        to=[to],
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
    )
    if html:
        mail.attach_alternative(html, "text/html")
    try:
        _hand_over(mail, to)
    except (AddressRefused, MailRefused, MailServerAway) as refusal:
        count_attempt("mail_attempts", _OUTCOMES[type(refusal)])
        raise
    count_attempt("mail_attempts", "sent")


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
    hashed = {hashed: key for key in keys for hashed in digests(DIGESTED, key)}
    rows = SuppressedAddress.objects.filter(Q(email__in=keys) | Q(digest__in=hashed))
    found = rows.values_list("email", "digest")
    return {keys[email or hashed[digested]] for email, digested in found}


def forget_suppressed(rows: QuerySet[SuppressedAddress]) -> int:
    """Keep digests in the place of addresses, which stay suppressed; return how many."""
    known = list(rows.filter(email__isnull=False))
    for row in known:
        row.digest, row.email = digest(DIGESTED, row.email or ""), None
    SuppressedAddress.objects.bulk_update(known, ["digest", "email"])
    return len(known)


def suppressed_rows(address: str) -> QuerySet[SuppressedAddress]:
    """Return the rows by which an address is suppressed."""
    key = _key(address)
    return SuppressedAddress.objects.filter(Q(email=key) | Q(digest__in=digests(DIGESTED, key)))


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
