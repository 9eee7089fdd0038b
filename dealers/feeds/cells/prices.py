"""What a car costs, in whole pounds that the buyer pays."""

import re
from decimal import Decimal
from functools import lru_cache

from dealers.feeds.cells.cell import (
    BLANK,
    Read,
    bare,
    impossible,
    odd,
    says_nothing,
    unreadable,
)
from dealers.feeds.cells.numbers import NUMBER, amount, only_words, rounded
from listings.models.rules import PRICE_MAX

_ON_APPLICATION = re.compile(
    r"p\.?\s?o\.?\s?a\b|applic|\bcall\b|phone|\bask\b|enquir|inquir|contact|\bt\.?b\.?[acd]\b"
    r"|confirmed|advised|on request|\boffers?\b|coming soon|arriving"
)
_ON_APPLICATION_CODES = frozenset(["tbc", "tba", "tbd", "poa", "0", "0.00"])
_FOREIGN = re.compile(r"€|\$|\beur(?:os?)?\b|\busd\b|\bchf\b|\baed\b")
_MONTHLY = re.compile(r"per month|\bp/?c?m\b|p\.m\.|monthly|/\s?month|per week|\bp/?w\b")
_BEFORE = re.compile(r"(?:\bwas\b|\brrp\b|\breduced from\b|\bsave\b)[^\d]{0,12}\d[\d.,]*")
_PERCENTAGE = re.compile(r"(?<!\d)\d++(?:\.\d++)?\s*+%")
_PLUS_VAT = re.compile(
    r"\+\s*vat|plus vat|(?:ex|excl|exc|excluding|excludes|exclusive)\.?\s*(?:of\s*)?vat|vat\s*extra"
)
_NEGATIVE = re.compile(r"-\s*+£?\s*+\d")
_THOUSANDS = re.compile(r"\d\s*+k\b")
_BESIDE_A_PRICE = """
k p gbp pounds pound sterling price retail cash now only just from at ono ovno or nearest offer
offers inc incl including included plus ex exc excl excluding exclusive of vat no qualifying q
margin fee fees admin each otr a save reduced to sale special
"""
_OF_A_PRICE = frozenset([*_BESIDE_A_PRICE.split(), "\u00e2"])
_VAT_FACTOR = Decimal("1.2")
_ODD_BELOW = 200
_PLACEHOLDERS = frozenset([99_999, 999_999, 9_999_999, 123_456, 1_234_567, 111_111])


@lru_cache(maxsize=32_768)
def read_price(text: str) -> Read:
    """Return whole pounds, or None for a price on application: "POA", "TBC", "0".

    VAT that is still to be added is added, with a warning.
    """
    said = bare(text).lower()
    if said in _ON_APPLICATION_CODES:
        return Read(None)
    if says_nothing(said):
        return BLANK
    if _FOREIGN.search(said):
        return impossible("price", "Prices are in pounds.")
    said = _BEFORE.sub("", _PERCENTAGE.sub("", said))
    found = NUMBER.findall(said)
    if not found and _ON_APPLICATION.search(said):
        return Read(None)
    number = amount(found[0]) if len(found) == 1 else None
    if number is None or _MONTHLY.search(said) or not _is_of_money(said):
        return unreadable("price", "one price")
    return _pounds(number, said)


@lru_cache(maxsize=1_024)
def read_fee(text: str) -> Read:
    """Return whole pounds of a fee; no fee is said by 0 as by nothing."""
    said = bare(text).lower()
    found = NUMBER.findall(said)
    if not found:
        return BLANK if says_nothing(said) or said == "no" else unreadable("fee", "a fee")
    number = amount(found[0])
    if number is None or len(found) > 1 or number > 5_000:
        return unreadable("fee", "a fee")
    return Read(rounded(number) or None)


def _is_of_money(said: str) -> bool:
    return "£" in said or "gbp" in said or only_words(said, _OF_A_PRICE)


def _pounds(number: Decimal, said: str) -> Read:
    if _NEGATIVE.search(said):
        return impossible("price", "A price is not negative.")
    if _THOUSANDS.search(said):
        number *= 1000
    pounds = rounded(number)
    if _PLUS_VAT.search(said) and pounds:
        pounds = rounded(number * _VAT_FACTOR)
        if pounds <= PRICE_MAX:
            return Read(pounds, "vat_added", f"VAT is added: buyers pay £{pounds:,}.")
    if pounds > PRICE_MAX:
        return impossible("price", f"No car here costs more than £{PRICE_MAX:,}.")
    if pounds == 1:
        return odd(None, "price", "£1 is taken for a price on application.")
    if 0 < pounds < _ODD_BELOW or pounds in _PLACEHOLDERS:
        return odd(pounds, "price", f"Is £{pounds:,} a placeholder?")
    return Read(pounds or None)
