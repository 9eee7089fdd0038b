"""The mails about accounts: what happened, and what to do where it was not oneself."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from dealers.models import AccountNotice
from marketplace.mail import AddressRefused, send_mail

Kind = AccountNotice.NoticeKind
RESET_ADVICE = "set a new password at once; that signs out every device"
TELL_STAFF = "tell those who run the marketplace at once"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class NoticeWords:
    """What a mail says: `happened` is a sentence, `otherwise` what to do if it was not oneself."""

    subject: str
    happened: str
    otherwise: str = RESET_ADVICE
    has_reset: bool = True


_WORDS: Mapping[str, NoticeWords] = {
    Kind.PASSWORD_CHANGED: NoticeWords(
        "Your password was changed",
        "The password of your account was changed, and other devices were signed out.",
    ),
    Kind.EMAIL_CHANGED: NoticeWords(
        "Your e-mail address was changed",
        "The e-mail address of your account was changed. You sign in by the new one from now on.",
        TELL_STAFF,
        has_reset=False,
    ),
    Kind.FACTOR_OFF: NoticeWords(
        "Your second factor was switched off",
        "Your account asks for the password alone now.",
        f"{RESET_ADVICE}. Then set up the second factor again",
    ),
    Kind.FACTOR_ADDED: NoticeWords(
        "A second factor was added to your account",
        "An authenticator app or a passkey was added to your account.",
        f"{RESET_ADVICE}. Then remove what you do not know at Your account",
    ),
    Kind.FACTOR_REMOVED: NoticeWords(
        "A second factor was removed from your account",
        "One of the ways to take the second step of your sign-in was removed.",
    ),
    Kind.CODES_MADE: NoticeWords(
        "Your recovery codes were replaced",
        "New recovery codes were made for your account. The ones before are void.",
        f"{RESET_ADVICE}. Then make new codes",
    ),
    Kind.KEY_MADE: NoticeWords(
        "An API key was made in your name",
        "A key to the API was made by your account.",
        f"revoke the key in the panel, and {RESET_ADVICE}",
    ),
    Kind.MANY_FAILURES: NoticeWords(
        "Many failed sign-ins to your account",
        "Wrong passwords or codes were given for your account many times. Further tries have to "
        "wait now; where you have signed in lately, you can still do so.",
        "your password holds as long as nobody can guess it. Set a new one if you use it "
        "elsewhere too, and switch the second factor on",
    ),
    Kind.NEW_PLACE: NoticeWords(
        "A sign-in from a new place",
        "Somebody signed in to your account from a network or browser that is new to it.",
    ),
}


def send_account_notice(*, notice_id: int) -> bool:
    """Mail a notice and forget it; return whether a mail went out. Raises `MailServerAway`."""
    with transaction.atomic():
        rows = AccountNotice.objects.select_for_update(of=("self",)).select_related("user")
        notice = rows.filter(pk=notice_id).first()
        if notice is None:
            return False
        AccountNotice.objects.filter(pk=notice_id).delete()
        words = _WORDS[notice.kind]
        reset = f"{settings.PUBLIC_URL}{reverse('admin_password_reset')}"
        context = {"notice": notice, "words": words, "url": reset if words.has_reset else ""}
        try:
            send_mail(
                to=notice.email,
                subject=words.subject,
                template="dealers/accounts/notice",
                context=context,
            )
        except AddressRefused:
            log.warning("mail_address_refused", template="dealers/accounts/notice")
            return False
    return True
