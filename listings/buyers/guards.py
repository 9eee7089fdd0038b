"""What keeps programs from filling in buyers' forms, and what is left of a text they send."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.core.validators import validate_email
from django.utils.html import strip_tags
from django.utils.module_loading import import_string

from listings.buyers.ledger import Contact, LeftAt
from listings.exceptions import AskedTooOften, InvalidContact, NotByHand
from marketplace.rate_limits import RateLimitUse, count_named, count_request

HONEYPOT = "website"
"""A field that people do not see: whatever fills it in is a program."""

TYPED_FOR_MIN = timedelta(seconds=2)
OPENED_FOR_MAX = timedelta(hours=24)
MESSAGE_MAX = 4_000
NAME_MAX = 120
PHONE_MAX = 30
PLACE_MAX = 64
PAGE_MAX = 200
PAGE = r"^(?:https?://[^\s?#@]+|/[^\s?#]*)$"
"""A path or a whole address, without the query, which may say more than where."""
PLACE = r"^[A-Za-z0-9._-]*$"
EMAIL_MAX = 254  # RFC 5321: as long as a path may be
_LINK = re.compile(r"(?:https?://|www\.)\S++", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]++")
_GAPS = re.compile(r"\n{3,}+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{5,29}")
_signer = TimestampSigner(salt="listings.buyers.form", sep=".")


@dataclass(frozen=True)
class Sender:
    """Where a request comes from, for limits and a captcha; it is kept nowhere."""

    network: str
    address: str = ""
    captcha: str = ""


def opened(form: str) -> str:
    """Return what a page puts into a form to say when it was opened."""
    return _signer.sign(form)


def refuse_programs(form: str, *, honeypot: str, opened: str) -> None:
    """Raise `NotByHand` where no person can have filled in a page's form."""
    try:
        was_opened = _signer.unsign(opened, max_age=OPENED_FOR_MAX) == form
        too_fast = was_opened and _is_younger(opened)
    except BadSignature:
        was_opened = too_fast = False
    if honeypot or not was_opened or too_fast:
        raise NotByHand(NotByHand.words)


def passes_captcha(answer: str, address: str) -> bool:
    """Ask the service that BUYER_CAPTCHA names, a callable of answer and address; without, pass."""
    if not settings.BUYER_CAPTCHA:
        return True
    return bool(import_string(settings.BUYER_CAPTCHA)(answer, address))


def refuse_too_many(sender: Sender, contact: Contact) -> None:
    """Count what is left from a network, and with an address and a number.

    Raises `AskedTooOften`.
    """
    _refuse(count_request("buyer", sender.network))
    for name in (contact.email, phone_digits(contact.phone)):
        if name:
            _refuse(count_named("buyer-address", name))


def phone_digits(phone: str) -> str:
    """Return what tells one number from another, as +44 (0)113 496 and 0113 496 are one."""
    digits = "".join(each for each in phone if each.isdigit())
    national = digits.removeprefix("00" if digits.startswith("00") else "")
    return national.removeprefix("44").lstrip("0")


def plain_text(text: str, longest: int = MESSAGE_MAX) -> str:
    """Return a text without markup, links and characters that nobody types."""
    bare = _LINK.sub("", strip_tags(unicodedata.normalize("NFC", text[: 2 * longest])))
    lines = "\n".join(_BLANKS.sub(" ", line).strip() for line in without_controls(bare).split("\n"))
    return _GAPS.sub("\n\n", lines).strip()[:longest].rstrip()


def without_controls(text: str) -> str:
    """Return a text with line ends as `\\n` and without what nobody types."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each == "\n" or unicodedata.category(each)[0] != "C")


def contact_of(*, name: str, email: str, phone: str) -> Contact:
    """Return a contact as it is kept. Raises `InvalidContact` by field."""
    person = Contact(
        name=plain_text(name, NAME_MAX).replace("\n", " "),
        email=email.strip(),
        phone=" ".join(phone.split()),
    )
    faults: dict[str, list[str]] = {}
    if not person.email and not person.phone:
        faults["email"] = ["Give an e-mail address or a telephone number."]
    if person.email and not _is_email(person.email):
        faults["email"] = ["This is not an e-mail address."]
    if person.phone and not _PHONE.fullmatch(person.phone):
        faults["phone"] = ["This is not a telephone number."]
    if faults:
        raise InvalidContact("The contact cannot be accepted.", fields=faults)
    return person


def left_at_of(*, page: str, placement: str, campaign: str) -> LeftAt:
    """Return where a form was, as far as what a page's address says of it can be kept."""
    path = re.split(r"[?#]", page[: 4 * PAGE_MAX], maxsplit=1)[0]
    is_page = len(path) <= PAGE_MAX and re.fullmatch(PAGE, path)
    names = (re.sub(r"[^A-Za-z0-9._-]", "-", each[:PLACE_MAX]) for each in (placement, campaign))
    return LeftAt(path if is_page else "", *names)


def _refuse(use: RateLimitUse | None) -> None:
    if use is not None and use.is_exceeded:
        raise AskedTooOften(use.reset_seconds)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= EMAIL_MAX


def _is_younger(token: str) -> bool:
    try:
        _signer.unsign(token, max_age=TYPED_FOR_MIN)
    except BadSignature:
        return False
    return True
