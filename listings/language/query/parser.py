"""Going through a text from left to right; at each place the longest that is known wins."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

from listings.choices import EuroStandard
from listings.language.query.assembly import assemble
from listings.language.query.corrections import corrected
from listings.language.query.entity import Entity
from listings.language.query.exclusions import negation, read_excluded, read_owned
from listings.language.query.measures import AFTER_NUMBER, Side
from listings.language.query.name_reader import is_multiple, read_name
from listings.language.query.parsed_query import ParsedQuery
from listings.language.query.phrases import (
    BEHIND_MODELS,
    KEYWORDS,
    TALK,
    UNASKED,
    WISH,
    PhraseMeaning,
    find,
)
from listings.language.query.places import read_place
from listings.language.query.quantities import read_quantity
from listings.language.query.ranges import is_year
from listings.language.query.tokens import cut
from listings.language.query.trims import read_trim
from listings.language.query.vocabulary import NamedModel, Vocabulary
from listings.language.spelling import is_filler
from listings.language.tokens import Token, title_words

_OR = frozenset({"or", "/", "and", "&", ","})
_NAMES = frozenset({"make", "model", "number", "badge", "text"})
_SIZE = re.compile(r"\d\.\d")  # behind it, "d" is a diesel
_GLUED = re.compile(r"([a-z]{4,})\d++[a-z]?+")  # "xDrive40e"


def parse_query(text: str, vocabulary: Vocabulary, *, year: int) -> ParsedQuery:
    """Read a buyer's words; `year` is the current one. Never raises, whatever the text."""
    tokens = corrected(cut(text), vocabulary)
    entities = _Reader(text, tokens, vocabulary, year).read_all()
    return assemble(text, tokens, entities, vocabulary)


class _Reader:
    """Reads the tokens of one text."""

    def __init__(
        self, text: str, tokens: Sequence[Token], vocabulary: Vocabulary, year: int
    ) -> None:
        self._text = text
        self._tokens = tokens
        self._vocabulary = vocabulary
        self._year = year
        self._name_end = -1  # of the last name, or trim behind one
        self._names: dict[int, list[Entity]] = {}
        self._quantities: dict[int, Entity | None] = {}

    def read_all(self) -> list[Entity]:
        entities: list[Entity] = []
        at = 0
        while at < len(self._tokens):
            found = self._read(at)
            entities += found
            at = found[-1].last if found else at + 1
            if any(entity.field in _NAMES for entity in found) and not self._is_maker(found):
                self._name_end = at
        return entities

    def _is_maker(self, found: list[Entity]) -> bool:
        """Whether a make is named that made a model named elsewhere: "208 by Peugeot Sport"."""
        make = found[0].values[0] if found[0].field == "make" else None
        return any(named.make == make and named.slug for named in self._named)

    def _read(self, at: int) -> list[Entity]:
        owned = read_owned(self._tokens, at, self._is_name)
        if owned:
            return owned
        if negation(self._tokens, at) == at or self._quantity(at):
            return self._wanted(at)
        return read_excluded(
            self._tokens,
            at,
            self._wanted,
            lambda place: read_quantity(self._tokens, place, self._year, is_denied=True),
        )

    def _is_name(self, at: int) -> bool:
        return not self._tokens[at].is_sign and bool(self._name(at))

    def _wanted(self, at: int) -> list[Entity]:
        token = self._tokens[at]
        if token.is_sign and token.key != '"':
            return [] if (quantity := self._quantity(at)) is None else [quantity]
        quoted = self._quoted(at)
        if quoted or token.is_sign:
            return quoted
        return read_place(self._tokens, at, self._vocabulary) or self._longest(at)

    def _longest(self, at: int) -> list[Entity]:
        """Return what the longest phrase says; of two alike a name, then a quantity."""
        trim, keyword = self._trim(at), self._keyword(at)
        quantity, name = self._quantity(at), self._name(at)
        keyword_end = keyword[-1].last if keyword else at
        trim_end = trim.last if trim else at
        if name and name[0].field == "number" and name[0].last >= keyword_end:
            # Nothing but digits: "5008" is a Peugeot, "2008" a year, "500 miles" a distance.
            is_plain = quantity is None or (quantity.is_unmarked and quantity.last == at + 1)
            is_model = is_plain or self._is_beside_model(at)
            return name if is_model or quantity is None else [quantity]
        if name and name[0].field != "number" and name[0].last >= max(keyword_end, trim_end):
            return name
        if quantity and quantity.last >= max(keyword_end, trim_end):
            return [quantity]
        if trim and trim_end >= keyword_end:
            return [trim]
        return keyword or self._unknown(at)

    def _is_beside_model(self, at: int) -> bool:
        """Whether "or" joins a number with one that is a model and no year: "2008 or 3008"."""
        for joint, other in ((at + 1, at + 2), (at - 1, at - 2)):
            if 0 <= other < len(self._tokens) and self._tokens[joint].key in _OR:
                key = self._tokens[other].key
                if key.isdecimal() and key in self._vocabulary.models:
                    return not is_year(Decimal(key), self._year)
        return False

    def _quantity(self, at: int) -> Entity | None:
        if at not in self._quantities:
            found = read_quantity(self._tokens, at, self._year)
            is_counting = found is not None and found.is_bare and self._counts(found.last)
            self._quantities[at] = None if is_counting else found
        return self._quantities[at]

    def _counts(self, at: int) -> bool:
        """Whether what stands behind a bare number may be what it counts: "under 3 hours"."""
        if at >= len(self._tokens) or self._tokens[at].is_sign:
            return False
        found = self._longest(at)
        return bool(found) and found[0].field in (None, "prefer") and found[0].note == UNASKED

    def _quoted(self, at: int) -> list[Entity]:
        """Return the words in quotation marks, which the title must have."""
        is_inches = at and self._tokens[at].is_glued and self._tokens[at - 1].key[-1].isdecimal()
        if self._tokens[at].key != '"' or is_inches:
            return []
        for end in range(at + 1, len(self._tokens)):
            if self._tokens[end].key == '"':
                return [self._words("text", at, end + 1)] if end > at + 1 else []
        return []

    def _name(self, at: int) -> list[Entity]:
        if at not in self._names:
            self._names[at] = read_name(self._tokens, at, self._vocabulary)
        return self._names[at]

    def _trim(self, at: int) -> Entity | None:
        return read_trim(self._tokens, at, self._named, is_beside=at == self._name_end)

    @cached_property
    def _named(self) -> tuple[NamedModel, ...]:
        """The makes and models that stand anywhere in the text; a make's model has no slug."""
        found: dict[NamedModel, None] = {}
        for at, token in enumerate(self._tokens):
            for entity in self._name(at) if not token.is_sign else ():
                makes = [NamedModel(str(value), "") for value in entity.values]
                found |= dict.fromkeys(entity.models or makes)
        return tuple(found)

    def _keyword(self, at: int) -> list[Entity]:
        meaning, end = find(KEYWORDS, self._tokens, at)
        if at == self._name_end:
            behind, behind_end = find(BEHIND_MODELS, self._tokens, at)
            meaning, end = (behind, behind_end) if behind and behind_end >= end else (meaning, end)
        if meaning and meaning.name == "euro_standard":
            meaning, end = self._standards(meaning, end)
        return [] if meaning is None else [self._meant(meaning, at, end)]

    def _standards(self, meaning: PhraseMeaning, end: int) -> tuple[PhraseMeaning, int]:
        """Take what is compared with an emission standard: "Euro 5 or better"."""
        comparison, after = AFTER_NUMBER.find(self._tokens, end)
        if comparison is None or comparison.side is not Side.LOW:
            return meaning, end
        least = int(meaning.values[0])
        return meaning._replace(values=tuple(range(least, EuroStandard.EURO_7 + 1))), after

    def _meant(self, meaning: PhraseMeaning, at: int, end: int) -> Entity:
        if meaning.name == TALK:
            return Entity(first=at, last=end, field=None)
        if meaning.name == WISH:
            return self._wish(at, end) if meaning.ranks else self._told(at, end)
        if not meaning.values:
            return Entity(first=at, last=end, field=meaning.name, note=UNASKED)
        return Entity(
            first=at, last=end, field=meaning.name, values=meaning.values, is_kind=meaning.is_kind
        )

    def _unknown(self, at: int) -> list[Entity]:
        key = self._tokens[at].key
        glued = _GLUED.fullmatch(key)
        meaning = KEYWORDS.meaning(glued[1]) if glued else None
        if meaning:
            return [self._meant(meaning, at, at + 1)]
        if is_filler(key):
            return [Entity(first=at, last=at + 1, field=None)]
        if key == "d" and at and _SIZE.fullmatch(self._tokens[at - 1].key):
            return [Entity(first=at, last=at + 1, field="fuel", values=("diesel",))]
        if key.isdecimal() or len(key) == 1 or is_multiple(self._tokens, at):
            return [self._told(at, at + 1)]
        return [self._wish(at, at + 1)]

    def _told(self, at: int, end: int) -> Entity:
        return Entity(first=at, last=end, field=None, note=UNASKED)

    def _wish(self, at: int, end: int) -> Entity:
        words = " ".join(self._title_words(at, end))
        if not words:
            return self._told(at, end)
        return Entity(first=at, last=end, field="prefer", values=(words,), note=UNASKED)

    def _words(self, field: str, at: int, end: int) -> Entity:
        words = tuple(self._title_words(at, end))
        return Entity(first=at, last=end, field=field if words else None, values=words)

    def _title_words(self, at: int, end: int) -> list[str]:
        return title_words(self._text[self._tokens[at].start : self._tokens[end - 1].end])
