"""Going through a text from left to right; at each place the longest that is known wins."""

from collections.abc import Sequence
from dataclasses import replace

from listings.language.query.assembly import assemble
from listings.language.query.entity import Entity
from listings.language.query.exclusions import negation, read_excluded
from listings.language.query.measures import UNITS, WRITTEN_UNITS
from listings.language.query.parsed_query import ParsedQuery
from listings.language.query.phrases import KEYWORDS, UNASKED
from listings.language.query.places import read_place
from listings.language.query.quantities import read_quantity
from listings.language.query.tokens import QueryToken, cut
from listings.language.query.trims import ORDINARY, TRIMS
from listings.language.query.vocabulary import Vocabulary
from listings.language.tokens import title_words

_NAME_TOKENS_MAX = 6
_SEPARATORS = frozenset("-,;&+#=/")
# "i20 N Line" is an i20, "X5 M Sport" an X5.
_BADGE_LETTERS = frozenset({"n", "m", "r", "s", "x", "gt", "st", "rs"})
_FUELS = frozenset({"electric", "ev", "hybrid"})
_BADGE_WORDS = frozenset({"line", "sport", "competition"})


def parse_query(text: str, vocabulary: Vocabulary, *, year: int) -> ParsedQuery:
    """Read a buyer's words; `year` is the current one. Never raises, whatever the text."""
    tokens = [_corrected(token, vocabulary) for token in cut(text, WRITTEN_UNITS)]
    entities: list[Entity] = []
    at = 0
    while at < len(tokens):
        found = _read(tokens, at, vocabulary, year)
        entities += found
        at = found[-1].last if found else at + 1
    return assemble(text, tokens, entities, vocabulary)


def _corrected(token: QueryToken, vocabulary: Vocabulary) -> QueryToken:
    word = token.text
    spelling = vocabulary.spelling
    if (
        not word.isalpha()
        or word in spelling.words
        or word in TRIMS
        or word in ORDINARY
        or word in vocabulary.place_names.words
    ):
        return token
    meant = spelling.meant(word, may_be_ordinary=True)
    return replace(token, text=meant, typed=word) if meant else token


def _read(tokens: Sequence[QueryToken], at: int, vocabulary: Vocabulary, year: int) -> list[Entity]:
    if negation(tokens, at) == at or read_quantity(tokens, at, year):
        return _read_wanted(tokens, at, vocabulary, year)
    return read_excluded(
        tokens,
        at,
        lambda place: _read_wanted(tokens, place, vocabulary, year),
        lambda place: read_quantity(tokens, place, year, is_denied=True),
    )


def _read_wanted(
    tokens: Sequence[QueryToken], at: int, vocabulary: Vocabulary, year: int
) -> list[Entity]:
    if tokens[at].text in _SEPARATORS:
        return []
    place = read_place(tokens, at, vocabulary)
    if place:
        return place
    name, keyword = _name(tokens, at, vocabulary), _keyword(tokens, at)
    quantity = read_quantity(tokens, at, year)
    if name and name.field == "number":
        # Nothing but digits: "5008" is a Peugeot, "2008" a year, "500 miles" a distance.
        is_plain = quantity is None or (quantity.is_unmarked and quantity.last == at + 1)
        found = name if is_plain else quantity
    elif name and (keyword is None or name.last >= keyword.last):
        found = name
    elif quantity and (keyword is None or quantity.last >= keyword.last):
        found = quantity
    else:
        found = keyword or _text(tokens, at)
    return [found] if found else []


def _name(tokens: Sequence[QueryToken], at: int, vocabulary: Vocabulary) -> Entity | None:
    key = ""
    best: tuple[str, int] | None = None
    for end in range(at, min(at + _NAME_TOKENS_MAX, len(tokens))):
        added = tokens[end].key
        if added is None:
            break
        key += added
        known = key in vocabulary.models or key in vocabulary.makes
        if known and best and vocabulary.models.get(key) == vocabulary.models.get(best[0]):
            known = _keyword(tokens, best[1]) is None  # "Outlander PHEV" is an Outlander
        if known and added and not _goes_on(tokens, at, end, best):
            best = key, end + 1
    if best is None:
        return None
    key, last = best
    if key in vocabulary.makes:
        return Entity(first=at, last=last, field="make", values=(vocabulary.makes[key],))
    field = "number" if last == at + 1 and key.isdecimal() else "model"
    return Entity(first=at, last=last, field=field, models=vocabulary.models[key])


def _goes_on(
    tokens: Sequence[QueryToken], first: int, last: int, shorter: tuple[str, int] | None
) -> bool:
    """Whether the last token of a name is no part of it: "Mazda 3 doors", "VW up to 10k".

    A fuel behind the name of a model is a fuel, as it is before it ("electric Corsa").
    """
    token = tokens[last]
    if token.text in _FUELS and shorter:
        return True
    if token.text == "models":
        return last == first
    following = tokens[last + 1].text if last + 1 < len(tokens) else ""
    if token.number is not None and last > first:
        return UNITS.single(following) is not None or (
            following in ("k", "-") and _is_range(tokens, last)
        )
    if token.text == "up":
        return following in ("to", "-")
    return last > first and token.text in _BADGE_LETTERS and following in _BADGE_WORDS


def _is_range(tokens: Sequence[QueryToken], at: int) -> bool:
    return at + 2 < len(tokens) and tokens[at + 1].text == "-" and tokens[at + 2].number is not None


def _keyword(tokens: Sequence[QueryToken], at: int) -> Entity | None:
    meaning, end = KEYWORDS.find(tokens, at)
    if meaning is None:
        return None
    if meaning.name == "text":
        return _text(tokens, at, end)
    if meaning.name == "unasked":
        return Entity(first=at, last=end, field=None, note=UNASKED)
    field = None if meaning.name == "ignored" else meaning.name
    return Entity(first=at, last=end, field=field, values=meaning.values)


def _text(tokens: Sequence[QueryToken], at: int, end: int | None = None) -> Entity | None:
    last = end or at + 1
    words = title_words(" ".join(token.typed or token.text for token in tokens[at:last]))
    if not words:
        if tokens[at].is_sign:
            return None
        return Entity(first=at, last=last, field=None, note="No title has such a word.")
    return Entity(first=at, last=last, field="text", values=tuple(words))
