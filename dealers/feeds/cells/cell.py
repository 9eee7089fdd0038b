"""What reading one cell gives, and what is found on the way."""

import re
from typing import Final, NamedTuple

VALUE_CHARACTERS_MAX = 120


class RowFinding(NamedTuple):
    """Something odd (a warning) or impossible (an error) about a row.

    `code` is stable; `value` is the cell's text, empty for marks, VINs and whatever is long.
    """

    code: str
    field: str
    message: str
    value: str = ""


class _Unsaid:
    def __repr__(self) -> str:
        return "UNSAID"


UNSAID: Final = _Unsaid()
"""The value of a cell that states none; None is a value: "price on application"."""


class Read(NamedTuple):
    """A cell's value, and the finding that goes with it, if any."""

    value: object = UNSAID
    code: str = ""
    message: str = ""
    is_error: bool = False


BLANK = Read()
"""The cell says nothing: it is empty, or says so in words."""

SILENT = Read(UNSAID, "", "silent")
"""The cell says something that no field of ours keeps, and that is no reason to speak of it."""

_NOTHING_WORDS = """
n/a na n.a. n.a nan null nil none unknown not_known notknown unspecified undefined tbc tba tbd
- -- --- . ? ?? other not_specified not_available not_applicable not_set not_stated no_data
select please_select (null) <null> #n/a #n/a! #ref! #value! #name? \\n [] {} unlisted any empty
blank x xx xxx to_be_confirmed to_be_advised
"""
_NOTHING = frozenset(_NOTHING_WORDS.split())
_FORMULA_TEXT = re.compile(r'=\s*"([^"]*)"$')


def bare(text: str) -> str:
    """Return a cell's text without what spreadsheets wrap it in: `="0123"`, an apostrophe."""
    text = text.strip().strip("\ufeff\u200b")
    if text[:1] == "=":
        wrapped = _FORMULA_TEXT.match(text)
        text = wrapped[1].strip() if wrapped else text
    elif text[:1] == "'":
        text = text.lstrip("'").strip()
    return text.replace("\xa0", " ")


def says_nothing(text: str) -> bool:
    """Whether a cell is empty or says in words that it is: "N/A", "Null", "nan", "Unknown", "-"."""
    return not text or text.lower().replace(" ", "_") in _NOTHING


def unreadable(what: str, means: str) -> Read:
    return Read(UNSAID, f"unreadable_{what}", f"This is not {means} that we can read.")


def impossible(what: str, message: str) -> Read:
    return Read(UNSAID, f"impossible_{what}", message, is_error=True)


def odd(value: object, what: str, message: str) -> Read:
    return Read(value, f"odd_{what}", message)
