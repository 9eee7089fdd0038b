"""Mails in text and HTML, from two templates of one name."""

import smtplib
from collections.abc import Mapping

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


class MailServerAway(Exception):
    """The mail cannot be handed over now; later it may."""


class AddressRefused(Exception):
    """The mail server will never take mail for this address."""


def send_mail(*, to: str, subject: str, template: str, context: Mapping[str, object]) -> None:
    """Hand over one mail of `template`.txt and `template`.html.

    Raises `MailServerAway` and `AddressRefused`; other refusals of the server as they are.
    """
    values = dict(context)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"{template}.txt", values),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"{template}.html", values), "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        if any(code < 500 for code, _ in refusal.recipients.values()):
            raise MailServerAway from refusal
        raise AddressRefused from refusal
    except smtplib.SMTPResponseException as refusal:
        if refusal.smtp_code < 500:
            raise MailServerAway from refusal
        raise
    except OSError as error:
        raise MailServerAway from error
