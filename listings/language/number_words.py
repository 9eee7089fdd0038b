"""Numbers that are written in words, as they are said: "two hundred and ten", "twenty eighteen"."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import takewhile

from listings.language.lexicon import table
from listings.language.tokens import Token

_TEN, _TENS_MIN, _HUNDRED, _THOUSAND = 10, 20, 100, 1_000
_CENTURIES = (19, 20)
_WORDS_MAX = 12  # of a number; what stands behind them is looked at as well


def number_in_words(found: Sequence[Token], at: int) -> tuple[Decimal | None, int]:
    """Return a number in words and the place after it; what multiplies it is left to whoever asks.

    "five", "twenty five", "a" of "a grand", "one point four", "two hundred and ten", "three and a
    half" of "three and a half thousand", "three thousand and eight"; and years as they are said,
    "twenty eighteen".
    """
    factors = table("numbers")["factors"]
    keys = [token.key for token in found[at : at + _WORDS_MAX]]
    keys += [""] * (_WORDS_MAX - len(keys))
    if keys[0] == "a" and keys[1] in factors:
        return Decimal(1), at + 1
    number, last = _hundreds(keys, 0)
    if number is None:
        return None, at
    if decimals := _decimals(keys, last):
        return Decimal(f"{number}.{decimals}"), at + last + 1 + len(decimals)
    if keys[last : last + 3] == ["and", "a", "half"] and keys[last + 3] in factors:
        return Decimal(number) + Decimal("0.5"), at + last + 3
    whole, last = _thousands(keys, number, last)
    return Decimal(whole), at + last


def _thousands(keys: Sequence[str], number: int, last: int) -> tuple[int, int]:
    """Return a number with what is said behind it: "eighteen", "thousand and eight"."""
    rest, end = _hundreds(keys, last)
    if number in _CENTURIES and last == 1 and rest is not None and _TEN <= rest < _HUNDRED:
        return _HUNDRED * number + rest, end
    if keys[last] == "thousand":
        rest, end = _behind_and(keys, last + 1)
        if rest is not None:
            return _THOUSAND * number + rest, end
    return number, last


def _hundreds(keys: Sequence[str], at: int) -> tuple[int | None, int]:
    """Return a number below a thousand, and the place after it."""
    words = table("numbers")["words"]
    number: int | None = words.get(keys[at])
    if number is None:
        return None, at
    last = at + 1
    if (
        number % _TEN == 0
        and _TENS_MIN <= number < _HUNDRED
        and 0 < words.get(keys[last], 0) < _TEN
    ):
        number, last = number + words[keys[last]], last + 1
    if keys[last] == "hundred" and number < _HUNDRED:
        number, last = number * _HUNDRED, last + 1
    if number % _HUNDRED == 0 and number and keys[last - 1] == "hundred":
        rest, end = _behind_and(keys, last)
        if rest is not None and rest < _HUNDRED:
            return number + rest, end
    return number, last


def _behind_and(keys: Sequence[str], at: int) -> tuple[int | None, int]:
    """Return the rest of a number: "and eight", "eighteen", and not the five of "five doors"."""
    is_joined = keys[at] == "and"
    rest, last = _hundreds(keys, at + is_joined)
    if rest is None or (rest < _TEN and not is_joined):
        return None, at
    following, _ = _hundreds(keys, last)
    is_year = rest in _CENTURIES and following is not None and following >= _TEN
    return (None, at) if is_year else (rest, last)


def _decimals(keys: Sequence[str], at: int) -> str:
    if keys[at] != "point":
        return ""
    words = table("numbers")["words"]
    digits = takewhile(lambda key: 0 <= words.get(key, -1) < _TEN, keys[at + 1 :])
    return "".join(str(words[key]) for key in digits)
