"""What a car costs, in whole pounds that the buyer pays."""

import re
from decimal import Decimal
from functools import lru_cache

from dealers.feeds.cells.cell import (
    BLANK,
    UNSAID,
    Read,
    impossible,
    odd,
    says_nothing,
    unreadable,
    value_text,
)
from dealers.feeds.cells.numbers import is_whole_number, rounded
from listings.language.lexicon import Speaker, condition
from listings.language.quantities import Measurement, read_quantities
from listings.models.rules import PRICE_MAX

_ON_APPLICATION = re.compile(
    r"p\.?\s?o\.?\s?a\b|applic|\bcall\b|phone|\bask\b|enquir|inquir|contact|\bt\.?b\.?[acd]\b"
    r"|confirmed|advised|on request|\boffers?\b|coming soon|arriving"
)
_ON_APPLICATION_CODES = frozenset(["tbc", "tba", "tbd", "poa", "0", "0.00"])
_MONTHLY = re.compile(r"per month|\bp/?c?m\b|p\.m\.|monthly|/\s?month|per week|\bp/?w\b")
_INSTALMENT = re.compile(r"£?\d[\d.,]{0,9} ?(?:per month|a month|p/?c?m\b|p\.m\.|monthly|/ ?month)")
_CURRENCY_CODE = re.compile(r"[\d.,\s]+[a-z]{3}|[a-z]{3}[\d.,\s]+")
_BEFORE = re.compile(r"(?:\bwas\b|\brrp\b|\breduced from\b|\bsave\b)[^\d]{0,12}\d[\d.,]*")
_PLUS_VAT = re.compile(
    r"\+\s*vat|plus vat|(?:ex|excl|exc|excluding|excludes|exclusive)\.?\s*(?:of\s*)?vat|vat\s*extra"
)
_NEGATIVE = re.compile(r"-\s*+£?\s*+\d")
_VAT_FACTOR = Decimal("1.2")
_ODD_BELOW = 200
_FEE_MAX = 5_000
_CURRENCY = re.compile(r"gbp(?=\s?\d)")
_PLACEHOLDERS = frozenset([99_999, 999_999, 9_999_999, 123_456, 1_234_567, 111_111])


@lru_cache(maxsize=32_768)
def read_price(text: str) -> Read:
    """Return whole pounds, or None for a price on application: "POA", "TBC", "0".

    VAT that is still to be added is added, with a warning.
    """
    said = value_text(text)
    if said in _ON_APPLICATION_CODES:
        return Read(None)
    if says_nothing(said):
        return BLANK
    said = _BEFORE.sub("", _CURRENCY.sub("£", said))
    said = _INSTALMENT.sub("", said) or said
    quantities, rest = read_quantities(said, Speaker.FEED, condition("beside_a_price"))
    named = {each.unit.name for each in quantities if each.unit}
    if "euros" in named or (rest and _CURRENCY_CODE.fullmatch(said)):
        return impossible("price", "Prices are in pounds.")
    if not quantities and _ON_APPLICATION.search(said):
        return Read(None)
    amount = _amount(quantities)
    is_other_sum = not condition("of_another_sum").isdisjoint(rest) or _MONTHLY.search(said)
    if (
        amount is None
        or not any(map(str.isdecimal, said))
        or is_other_sum
        or (rest and "£" not in said)
    ):
        return unreadable("price", "one price")
    return _pounds(amount.value, said)


def is_plus_vat(text: str) -> bool:
    """Whether VAT is still to be added to a price: "+ VAT", "ex VAT"."""
    return _PLUS_VAT.search(value_text(text)) is not None


def with_vat(number: Decimal | int) -> Read:
    """Return what buyers pay of a price without VAT."""
    pounds = rounded(number * _VAT_FACTOR)
    if pounds > PRICE_MAX:
        return impossible("price", f"No car here costs more than £{PRICE_MAX:,}.")
    return Read(pounds, "vat_added", f"VAT is added: buyers pay £{pounds:,}.")


@lru_cache(maxsize=1_024)
def read_fee(text: str) -> Read:
    """Return whole pounds of a fee; no fee is said by 0 as by nothing."""
    said = value_text(text)
    quantities, _ = read_quantities(said, Speaker.FEED)
    if not quantities:
        return BLANK if says_nothing(said) or said == "no" else unreadable("fee", "a fee")
    amount = _amount(quantities)
    if amount is None or amount.value > _FEE_MAX:
        return unreadable("fee", "a fee")
    return Read(rounded(amount.value) or None)


def _amount(quantities: tuple[Measurement, ...]) -> Measurement | None:
    """Return the one number that is money; percentages beside it say nothing of it."""
    others = [each for each in quantities if each.unit is None or each.unit.name != "percent"]
    if len(others) != 1 or (others[0].unit and others[0].unit.name != "pounds"):
        return None
    return others[0] if _is_money(others[0]) else None


def _is_money(amount: Measurement) -> bool:
    """Whether the decimals of a number are none, or pence."""
    whole, comma, pence = amount.digits.rpartition(",")
    if comma and len(pence) == len("00") and len(whole) > len("000"):
        return True
    return is_whole_number(amount)


def _pounds(number: Decimal, said: str) -> Read:
    if _NEGATIVE.search(said):
        return impossible("price", "A price is not negative.")
    pounds = rounded(number)
    if _PLUS_VAT.search(said) and pounds:
        return with_vat(number)
    if pounds > PRICE_MAX:
        return impossible("price", f"No car here costs more than £{PRICE_MAX:,}.")
    if pounds == 1:
        return odd(None, "price", "£1 is taken for a price on application.")
    if 0 < pounds < _ODD_BELOW or pounds in _PLACEHOLDERS:
        return odd(UNSAID, "price", f"£{pounds:,} is no price of a car: is it a placeholder?")
    return Read(pounds or None)
