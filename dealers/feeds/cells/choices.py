"""Cells that choose one of few values: fuel, gearbox, body, colour and their like.

A word decides only as a whole word or phrase, a no before it wins, and two values are none.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TypeVar

from dealers.feeds.cells.cell import (
    BLANK,
    SILENT,
    UNSAID,
    Read,
    bare,
    says_nothing,
    unreadable,
    value_text,
)
from listings.choices import Drivetrain, EuroStandard, ServiceHistory, WriteOff
from listings.language.derivative import fuel_of, fuel_phrases, read
from listings.language.lexicon import Speaker, Term, condition, phrases, whole_cells
from listings.language.matcher import Phrases
from listings.language.quantities import quantity_at
from listings.language.tokens import Token, key_at, tokens

T = TypeVar("T")
YES = frozenset(["y", "yes", "true", "1", "t"])
NO = frozenset(["n", "no", "false", "0", "f"])
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}
_EURO = re.compile(
    r"(?:e(?:u(?:ro)?)?[ -]?(?:stage )?|stage )([1-7]|i{1,3}|iv|vi{0,2})(?![a-z\d]*\d| ?[/-] ?\d).*"
    r"|([1-7]|i{1,3}|iv|vi{0,2})(?:\.\d)?(?:[a-e][a-z -]*+)?"
)
_CATEGORY = re.compile(r"\bcat(?:egory)?\.?[\s:-]*([abcdsnx])\b|^([abcds])(?:\s*cat\w*)?$")
_NOT_WRITTEN_OFF = NO - {"n"} | {"none", "clear", "hpi clear", "not recorded", "never"}
_CATEGORY_N = re.compile(r"^n\s+cat")
_WRITTEN_OFF = re.compile(r"\b(?:cat|category|written|write|writeoff)\b")
_FULL_IS_ASKED = " = full"
_NEGATIONS = frozenset({"not", "no", "non", "never", "without", "isnt", "nor"})
_BETWEEN_COLOURS = frozenset({"/", "&", ",", "+", "and", "with", "or"})


@lru_cache(maxsize=4_096)
def read_fuel(text: str) -> Read:
    said = _words(text)
    if says_nothing(said):
        return BLANK
    whole = whole_cells("fuel").get(said)
    if whole:
        return Read(whole)
    marks, rest = _said(tokens(said), fuel_phrases(Speaker.FEED), condition("beside_a_fuel"))
    fuel = None if rest else fuel_of({mark for each in marks for mark in each})
    return Read(fuel) if fuel else unreadable("fuel", "a fuel")


@lru_cache(maxsize=4_096)
def read_transmission(text: str) -> Read:
    beside = condition("beside_a_gearbox")
    return _choice("transmission", _words(text), "a gearbox", beside=beside)


@lru_cache(maxsize=4_096)
def read_body(text: str) -> Read:
    return _choice("body_type", _words(text), "a body type", "body")


@lru_cache(maxsize=4_096)
def doors_of_body(text: str) -> int | None:
    """Return the doors of "5 Dr Hatch"."""
    return read(bare(text)).doors


@lru_cache(maxsize=16_384)
def read_colour(text: str) -> Read:
    """Return the basic colour of "Metallic Deep Sea Blue" or "Black with red roof", none of two."""
    said = _words(text)
    if says_nothing(said):
        return BLANK
    colours: list[str] = []
    part: list[Token] = []
    for token in [*tokens(said), *tokens(",")]:
        if token.key not in _BETWEEN_COLOURS:
            part.append(token)
            continue
        found, rest = _said(part, phrases("colour", Speaker.FEED), ())
        if found and not (colours and rest):  # "red roof" is no colour of the car
            colours.append(_basic(found))
        part = []
    if len(set(colours)) != 1:
        return unreadable("colour", "a colour")
    return Read(colours[0])


def _basic(found: Sequence[Term]) -> str:
    """Return the last colour that is named by its own name, or else the last one."""
    plain = [term.value for term in found if term.names == (term.value,)]
    return (plain or [found[-1].value])[-1]


@lru_cache(maxsize=4_096)
def read_drivetrain(text: str) -> Read:
    """Return the driven wheels; a plain yes answers a column named for four-wheel drive."""
    said = _words(text)
    if said in YES:
        return Read(Drivetrain.FOUR_WHEEL)
    if said in NO or said in ("2wd", "4x2", "two wheel drive"):
        return SILENT
    return _choice("drivetrain", said, "a drivetrain")


def _choice(
    field: str, said: str, means: str, what: str = "", *, beside: Collection[str] | None = None
) -> Read:
    """Return the one value that a cell names; beside it may stand certain words, or any."""
    if says_nothing(said):
        return BLANK
    whole = whole_cells(field).get(said)
    if whole:
        return Read(whole)
    found, rest = _said(tokens(said), phrases(field, Speaker.FEED), beside or ())
    values = {term.value for term in found}
    if len(values) != 1 or (rest and beside is not None):
        return unreadable(what or field, means)
    return Read(values.pop())


def _said(
    found: Sequence[Token], known: Phrases[T], beside: Collection[str]
) -> tuple[list[T], list[str]]:
    """Return what the phrases of a cell mean, and the words that are neither one nor `beside`.

    Behind a no nothing is meant. A number with its unit is understood.
    """
    meanings: list[T] = []
    rest: list[str] = []
    at = 0
    while at < len(found):
        meaning, end = known.find(found, at)
        if isinstance(meaning, Term) and key_at(found, end) in meaning.unless_next:
            at = end + 1  # of equipment: "auto lights"
            continue
        if meaning is not None:
            if not _NEGATIONS.isdisjoint(rest):
                return [], rest
            meanings.append(meaning)
        else:
            quantity = quantity_at(found, at, Speaker.FEED)
            end = quantity.last if quantity else at + 1
            key = found[at].key
            if quantity is None and key not in beside and not found[at].is_sign:
                rest.append(key)
        at = end
    return meanings, rest


@lru_cache(maxsize=1_024)
def read_euro(text: str) -> Read:
    said = value_text(text)
    if says_nothing(said) or said == "0":
        return BLANK
    found = _EURO.fullmatch(said)
    if found is None:
        return unreadable("euro", "an emission standard")
    standard = found[1] or found[2]
    return Read(EuroStandard(_ROMAN.get(standard) or int(standard)))


@lru_cache(maxsize=4_096)
def read_service_history(text: str) -> Read:
    """Return the history; a full one that names the dealer is the dealer's.

    A column that asks for a full one is answered by yes; its no may be a part of one.
    """
    answer = text.removesuffix(_FULL_IS_ASKED)
    said = _words(answer)
    if said != "none" and says_nothing(said):
        return BLANK
    if said in YES or (said in NO and answer != text):
        return Read(ServiceHistory.FULL) if said in YES and answer != text else SILENT
    whole = whole_cells("service_history").get(said)
    found, _ = _said(tokens(said), phrases("service_history", Speaker.FEED), ())
    values = {whole} if whole else {term.value for term in found}
    if values == {ServiceHistory.FULL.value, ServiceHistory.FULL_DEALER.value}:
        values = {ServiceHistory.FULL_DEALER.value}
    if len(values) != 1:
        return unreadable("service_history", "a service history")
    return Read(values.pop())


@lru_cache(maxsize=1_024)
def read_vat(text: str) -> Read:
    """Return the VAT scheme; yes and no answer whether the car is VAT qualifying."""
    return _choice("vat_scheme", _words(text), "a VAT scheme", "vat")


@lru_cache(maxsize=1_024)
def read_write_off(text: str) -> Read:
    """Return the salvage category; an "N" alone may be a no, and says nothing for sure.

    Categories A and B are refused, and so is a write-off that names no category.
    """
    said = value_text(text).replace("-", " ")
    answer = said.removesuffix(" category")
    if answer in _NOT_WRITTEN_OFF:
        return Read(None)
    if says_nothing(answer):
        return BLANK
    if _CATEGORY_N.match(said):
        return Read(WriteOff.N)
    found = _CATEGORY.search(said)
    if found is None or (found[1] or found[2]) == "x":
        return _unnamed_category(said)
    category = WriteOff(found[1] or found[2])
    if category in (WriteOff.A, WriteOff.B):
        message = "A car written off in category A or B may not be sold."
        return Read(UNSAID, "scrapped_car", message, is_error=True)
    return Read(category)


def _unnamed_category(said: str) -> Read:
    if said == "n":
        message = "Is this category N or a no? Write “Cat N” or “No”."
        return Read(UNSAID, "ambiguous_write_off", message)
    if said in YES or _WRITTEN_OFF.search(said):
        message = "A write-off is only advertised with its category."
        return Read(UNSAID, "unknown_write_off", message, is_error=True)
    return unreadable("write_off", "a write-off category")


def _words(text: str) -> str:
    return " ".join(value_text(text).replace("_", " ").split())
