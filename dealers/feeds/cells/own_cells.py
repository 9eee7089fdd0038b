"""Cells of our own export: what the advert has, where a cell still has the form that we wrote.

An export states every field, so nothing of it is tidied, guessed or left out. What a spreadsheet
has made of a cell since then (a day in British order) is read like anybody's.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from dealers.feeds.cells.cell import BLANK, SILENT, Read
from dealers.feeds.cells.dates import read_date
from dealers.feeds.cells.texts import (
    DERIVATIVE_MAX,
    DESCRIPTION_MAX,
    FEATURE_MAX,
    FEATURES_MAX,
    MAKE_MAX,
    MODEL_MAX,
    STOCK_REF_MAX,
    read_stock_ref,
    unguarded,
)
from listings.models import Listing
from listings.models.rules import PLAUSIBLE, PRICE_MAX

_TEXTS = {
    "stock_ref": STOCK_REF_MAX,
    "make": MAKE_MAX,
    "model": MODEL_MAX,
    "derivative": DERIVATIVE_MAX,
    "description": DESCRIPTION_MAX,
}
_SMALL_MAX = 32_767
_NUMBERS = {
    **PLAUSIBLE,
    "admin_fee": (0, PRICE_MAX),
    "co2_g_km": (0, _SMALL_MAX),
    "electric_range_miles": (1, _SMALL_MAX),
    "owners": (0, _SMALL_MAX),
}
_DECIMALS = frozenset({"mpg", "battery_kwh"})
_DAYS = frozenset({"mot_expires_on", "first_registered_on"})
_CHOICES: Mapping[str, Mapping[str, object]] = {
    field.name: {str(label): value for value, label in field.flatchoices}
    for field in Listing._meta.concrete_fields
    if field.editable and field.choices
}
_DIGITS_MAX = 9
_DECIMAL = re.compile(r"\d{1,4}\.\d")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read_own(name: str, text: str) -> Read | None:
    """Return what a cell of our own says of a field; None where it has another form."""
    if name in _TEXTS:
        return _text(name, text)
    if not text:
        return BLANK
    if name in ("trim", "title"):
        return SILENT  # of the derivative, which has a column of its own
    if name in _CHOICES:
        return Read(_CHOICES[name][text]) if text in _CHOICES[name] else None
    return _features(text) if name == "features" else _value(name, text)


def _text(name: str, text: str) -> Read | None:
    if name == "stock_ref" and read_stock_ref(text).code:
        return None  # a spreadsheet has cut the number
    said = unguarded(text)
    if not said.strip():
        return BLANK
    return Read(said) if len(said) <= _TEXTS[name] else None


def _features(text: str) -> Read | None:
    try:
        features = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_ours = isinstance(features, list) and len(features) <= FEATURES_MAX
    if not is_ours or not all(
        isinstance(each, str) and each.strip() and len(each) <= FEATURE_MAX for each in features
    ):
        return None
    return Read(features) if features else BLANK


def _value(name: str, text: str) -> Read | None:
    if name in _DECIMALS and _DECIMAL.fullmatch(text):
        return Read(Decimal(text))
    if name in _DAYS and _ISO_DAY.fullmatch(text):
        return read_date(text)
    if name not in _NUMBERS or not (text.isascii() and text.isdecimal()):
        return None
    least, most = _NUMBERS[name]
    is_short = len(text) <= _DIGITS_MAX
    return Read(int(text)) if is_short and least <= int(text) <= most else None
