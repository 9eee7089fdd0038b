"""Which cars and makers a text mentions, and how far each mention makes one its subject."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from listings.editorial.ambiguous import CAR_SIGNS, CAR_WORDS, RACING_WORDS, ROAD_WORDS, UNITS
from listings.editorial.article import Part, Passage
from listings.editorial.gazetteer import Certainty, Gazetteer, Hit, Name
from listings.editorial.tokens import Token, tokens

CAR_WORDS_MIN = 2
BESIDE_WORDS = 2
CUE_WORDS = 4
ASIDE_WORTH = 0.3
ALONE_WORTH = 0.85

Subject = tuple[str, str | None]
"""A make and a model of it, or the make alone; slugs."""

_CUE_BEFORE = re.compile(
    r"\b(?:rival(?:s|ling|ing)?|versus|against|unlike|compared|alternatives?|compet\w+|undercut\w*"
    r"|than|beat(?:s|ing)?|outs[eo]l[dl]s?|overt\w+|replac\w+|success\w+|predecessor|based|shar\w+"
    r"|supplied by|owners?|owns|parent|factory|plant|former(?:ly)?|previously|boss|hired|poached"
    r"|join(?:s|ed|ing)|left|inspired|borrow\w*|from|alongside|siblings?|cousins?|fights?"
    r"|challeng\w+|takes? on|such as|chas\w+|ahead|behind|follow(?:s|ing)|echoes|including"
    r"|price of|cost of|used to|built by|built for|made by|rid of|swapp\w+|traded)\b"
)
_ROAD = re.compile(r"[abm]\d{1,4}")
_CUE_AFTER = re.compile(
    r"(?:factory|plant|engines?|engined|powered|platform|gearbox|suppliers?|owned|derived|based"
    r"|sourced|badged|rival(?:s|ling)?|fighter|boss|f1|formula|dealership|garage|parent)\b"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject as it stands in a part of the page; `worth` is 1 for a mention in its own right."""

    subject: Subject
    part: Part
    text: str
    worth: float


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage with its words and the names in it."""

    part: Part
    words: tuple[Token, ...]
    hits: tuple[Hit, ...]


def find_mentions(passages: Sequence[Passage], gazetteer: Gazetteer) -> list[Mention]:
    """Return what the passages mention; nothing where they do not speak of cars."""
    read = [_read(passage, gazetteer) for passage in passages if passage.part is not Part.ASIDE]
    said = {word.normal for each in read for word in each.words}
    if not any(each.hits for each in read):
        return []
    context = _Context(read, said)
    return [mention for each in read for mention in _mentions(each, context)]


def _read(passage: Passage, gazetteer: Gazetteer) -> _Read:
    words = tuple(tokens(passage.text))
    return _Read(passage.part, words, tuple(gazetteer.find(words)))


class _Context:
    """What the whole text settles: which makes it names, and which models beyond doubt."""

    def __init__(self, read: Sequence[_Read], said: set[str]) -> None:
        self.speaks_of_cars = len(said & CAR_WORDS) >= CAR_WORDS_MIN
        self.speaks_of_roads = len(said & ROAD_WORDS) >= CAR_WORDS_MIN
        self.speaks_of_races = len(said & RACING_WORDS) >= CAR_WORDS_MIN
        self.denied = {make for each in read for hit in each.hits for make in hit.denied}
        self.makes: set[str] = set()
        self.models: set[Subject] = set()
        for each in read:
            for place, hit in enumerate(each.hits):
                beside = _beside(each, place)
                if beside is not None:
                    self.makes.add(beside.make)
                    self.models.add((beside.make, beside.model))
                self.makes |= {name.make for name in hit.names if self.names_make(each, hit, name)}
        for each in read:
            self.models |= {
                (hit.names[0].make, hit.names[0].model)
                for hit in each.hits
                if len(hit.names) == 1 and hit.names[0].certainty is Certainty.DISTINCT
            }

    def names_make(self, read: _Read, hit: Hit, name: Name) -> bool:
        """Return whether a name stands for the maker; not of a racing team or another company."""
        if name.model is not None or self.speaks_of_races or name.make in self.denied:
            return False
        return name.certainty is Certainty.DISTINCT or (
            self.speaks_of_cars and _is_capital(read, hit)
        )


def _mentions(read: _Read, context: _Context) -> Iterator[Mention]:
    cued_up_to: int | None = None
    for place, hit in enumerate(read.hits):
        goes_on = cued_up_to is not None and hit.start - cued_up_to <= BESIDE_WORDS
        is_cued = goes_on or _is_cued(read, hit)
        cued_up_to = hit.end if is_cued else None
        name = _beside(read, place)
        worth = 1.0
        if name is None and not _leads(read, place):
            name = _alone(read, hit, context)
            worth = 1.0 if name and name.certainty is Certainty.DISTINCT else ALONE_WORTH
        if name is not None:
            text = " ".join(word.text for word in read.words[hit.start : hit.end])
            worth *= ASIDE_WORTH if is_cued else 1.0
            yield Mention((name.make, name.model), read.part, text, worth)


def _beside(read: _Read, place: int) -> Name | None:
    """Return the model that a hit names when its own make stands right before it."""
    if place == 0:
        return None
    before, hit = read.hits[place - 1], read.hits[place]
    gap = hit.start - before.end
    if gap > BESIDE_WORDS or _is_parted(read, before.end, hit.start):
        return None
    makes = {name.make for name in before.names if name.model is None}
    for name in hit.names:
        is_close = gap == 0 or name.certainty > Certainty.CODE
        if name.model is not None and name.make in makes and is_close:
            return None if _is_counted(read, hit, name) else name
    return None


def _leads(read: _Read, place: int) -> bool:
    """Return whether a hit is the make of the model that the next one names."""
    return place + 1 < len(read.hits) and _beside(read, place + 1) is not None


def _alone(read: _Read, hit: Hit, context: _Context) -> Name | None:
    """Return what a name means without its make before it; None where that is not certain."""
    names = hit.names
    if len(names) > 1:
        names = tuple(name for name in names if name.make in context.makes)
    if len(names) != 1:
        return None
    (name,) = names
    is_certain = (
        context.names_make(read, hit, name)
        if name.model is None
        else _RULES[name.certainty](read, hit, name, context)
    )
    return name if is_certain else None


def _is_word_a_car(read: _Read, hit: Hit, name: Name, context: _Context) -> bool:
    """Decide for Golf, Focus, Up: in capitals, and a car beside it."""
    if not _is_capital(read, hit) or not context.speaks_of_cars:
        return False
    if (name.make, name.model) in context.models or _has_sign(read, hit):
        return True
    begins = read.words[hit.start].follows_stop and read.part is not Part.TAG
    return name.make in context.makes and not begins


def _is_code_a_car(read: _Read, hit: Hit, name: Name, context: _Context) -> bool:
    """Decide for A3, X5, TT: in capitals, its make in the text, and no road or sheet of paper."""
    if context.speaks_of_roads and _ROAD.fullmatch(read.words[hit.start].normal):
        return False
    is_known = name.make in context.makes or (name.make, name.model) in context.models
    return is_known and _is_capital(read, hit) and not _is_counted(read, hit, name)


def _is_number_a_car(read: _Read, hit: Hit, name: Name, context: _Context) -> bool:
    """Decide for 208, 500, 3: called by its make elsewhere in the text, and no quantity here."""
    if (name.make, name.model) not in context.models or hit.start == 0:
        return False
    before = read.words[hit.start - 1].normal
    return before in {"the", "new", "this", "its", "our", "a"} and not _is_counted(read, hit, name)


def _is_generic_a_car(read: _Read, hit: Hit, name: Name, context: _Context) -> bool:
    return False


_RULES = {
    Certainty.DISTINCT: lambda *_: True,
    Certainty.WORD: _is_word_a_car,
    Certainty.CODE: _is_code_a_car,
    Certainty.NUMBER: _is_number_a_car,
    Certainty.GENERIC: _is_generic_a_car,
}


def _is_capital(read: _Read, hit: Hit) -> bool:
    """Return whether a name is written as one: `A3` and `Golf`; tags are often in small letters."""
    return read.part is Part.TAG or any(
        word.is_capital for word in read.words[hit.start : hit.end] if word.text[0].isalpha()
    )


def _is_counted(read: _Read, hit: Hit, name: Name) -> bool:
    """Return whether a number or code counts something or names a road: `500 miles`, `A3 road`."""
    if name.certainty not in (Certainty.NUMBER, Certainty.CODE):
        return False
    following = read.words[hit.end : hit.end + 1]
    return any(word.normal in UNITS and not word.follows_stop for word in following)


def _has_sign(read: _Read, hit: Hit) -> bool:
    around = (*read.words[max(0, hit.start - 1) : hit.start], *read.words[hit.end : hit.end + 1])
    return any(word.normal in CAR_SIGNS for word in around)


def _is_cued(read: _Read, hit: Hit) -> bool:
    """Return whether the words around a name say that another car or maker is the subject."""
    start = max(0, hit.start - CUE_WORDS)
    while start < hit.start and _is_parted(read, start, hit.start):
        start += 1
    before = " ".join(word.normal for word in read.words[start : hit.start])
    after = read.words[hit.end : hit.end + 1]
    follows = bool(after) and not after[0].follows_stop and _CUE_AFTER.match(after[0].normal)
    return bool(_CUE_BEFORE.search(before) or follows)


def _is_parted(read: _Read, start: int, end: int) -> bool:
    return any(word.follows_stop for word in read.words[start + 1 : end + 1][: end - start])
