"""Which cars and makers a text mentions, and what stands around each mention."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from listings.language.article.gazetteer import CarName, Gazetteer, Hit, NameKind, Subject
from listings.language.article.passages import PagePart, Passage
from listings.language.article.words import SHORT_LETTERS, is_capital, is_name, words_of
from listings.language.spelling import word_frequencies
from listings.language.tokens import Token

BESIDE_WORDS = 2
CONTEXT_WORDS = 4
LONG_LETTERS = 4
EVERYDAY = 7.6
"""The logarithm of how often a word must stand in the list to be nobody's name: `The`, `New`."""
A_CAR, A_NUMBER = "@", "0"
"""What stands in a context for a name of the catalogue and for what begins with a digit."""

_JOINING = frozenset({"v", "vs", "versus", "or", "and", "meets", "plus", "against"})
_POINTING = frozenset({"the", "new", "this", "its", "our", "a", "used", "electric", "petrol"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject as it stands in a part of the page, with what tells whether it is meant."""

    subject: Subject
    name: CarName
    part: PagePart
    text: str
    context: tuple[str, ...]
    is_full: bool
    """Whether the make stands right before its model."""
    follows_name: bool
    """Whether another name stands right before it: `Taylor Swift`."""
    precedes_name: bool
    """Whether another name stands right after it: `Ford Road`."""
    precedes_code: bool
    """Whether a code stands right after it that the catalogue lacks: `BMW R1300GS`."""
    is_second: bool
    """Whether another name stands before it in its sentence that no `or` or comma lists it with."""


@dataclass(frozen=True, slots=True)
class AnnotatedPassage:
    """The words of a passage, and the names found in them, in order."""

    part: PagePart
    words: Sequence[Token]
    hits: Sequence[Hit]
    named: frozenset[int]
    """The places of the words that the names hold."""
    is_headline: bool
    """Whether most longer words have capitals: one says nothing then."""

    @classmethod
    def of(cls, passage: Passage, gazetteer: Gazetteer) -> Self:
        words = words_of(passage.text)
        hits = gazetteer.find(words)
        named = frozenset(place for hit in hits for place in range(hit.start, hit.end))
        long = [word for word in words if len(word.text) >= LONG_LETTERS]
        is_headline = sum(is_capital(word) for word in long) > len(long) / 2
        return cls(passage.part, words, hits, named, is_headline)

    def beside(self, place: int) -> CarName | None:
        """Return the model that a hit names when its own make stands right before it."""
        if place == 0:
            return None
        before, hit = self.hits[place - 1], self.hits[place]
        between = self.words[before.end : hit.start + 1]
        if len(between) > BESIDE_WORDS + 1 or any(word.follows_stop for word in between):
            return None
        makes = {name.make for name in before.names if not name.is_model}
        for name in hit.names:
            is_close = len(between) == 1 or name.kind >= NameKind.WORD
            if name.is_model and name.make in makes and is_close:
                return name
        return None

    def leads(self, place: int) -> bool:
        """Return whether a hit is the make of the model that the next one names."""
        return place + 1 < len(self.hits) and self.beside(place + 1) is not None

    def is_capital(self, hit: Hit) -> bool:
        """Return whether it is written as a name: `A3`, `Golf`; tags often have small letters."""
        return self.part is PagePart.TAG or any(
            is_capital(word) for word in self.words[hit.start : hit.end] if word.text[0].isalpha()
        )

    def is_numbered(self, hit: Hit) -> bool:
        """Return whether a number makes it a model that the catalogue lacks: `Dolphin 9`."""
        following = self.words[hit.end : hit.end + 1]
        is_number = any(len(each.key) == 1 and each.key.isdigit() for each in following)
        is_whole = not any(each.follows_stop for each in following)
        return is_number and is_whole and hit.end - hit.start == 1

    def neighbour(self, hit: Hit, step: int) -> Token | None:
        """Return the word right before or after a name, where neither mark nor name parts them."""
        place = hit.end if step > 0 else hit.start - 1
        if not 0 <= place < len(self.words) or place in self.named:
            return None
        later = self.words[max(place, hit.start)]
        return None if later.follows_stop else self.words[place]

    def is_second(self, place: int) -> bool:
        """Return whether a name stands before the one at a place that it is not listed with."""
        if place == 0 or all(name.kind is NameKind.GENERIC for name in self.hits[place - 1].names):
            return False
        between = self.words[self.hits[place - 1].end : self.hits[place].start + 1]
        is_parted = any(word.follows_stop for word in between)
        return not is_parted and not any(word.key in _JOINING for word in between)

    def context(self, start: int, end: int) -> Iterator[str]:
        """Yield the words of the sentence near a name, marked by the side they stand on."""
        for place in range(start - 1, max(start - CONTEXT_WORDS, 0) - 1, -1):
            if self.words[place + 1].opens:
                break
            yield f"<{self._word(place)}"
        for place in range(end, min(end + CONTEXT_WORDS, len(self.words))):
            if self.words[place].opens:
                break
            yield f">{self._word(place)}"

    def _word(self, place: int) -> str:
        if place in self.named:
            return A_CAR
        key = self.words[place].key
        return A_NUMBER if key[0].isdigit() else key


class _Known(NamedTuple):
    """The makes that a page names, how often, and the models that it calls by their makes."""

    makes: Counter[str]
    full: set[Subject]


def annotate(passages: Sequence[Passage], gazetteer: Gazetteer) -> list[AnnotatedPassage]:
    return [
        AnnotatedPassage.of(each, gazetteer) for each in passages if each.part is not PagePart.ASIDE
    ]


def find_mentions(passages: Sequence[AnnotatedPassage], gazetteer: Gazetteer) -> list[Mention]:
    """Return what the passages mention, in their order."""
    known = _known(passages)
    return [
        mention
        for passage in passages
        for place in range(len(passage.hits))
        if (mention := _mention(passage, place, known, gazetteer.numbering)) is not None
    ]


def _known(passages: Sequence[AnnotatedPassage]) -> _Known:
    makes: Counter[str] = Counter()
    full: set[Subject] = set()
    for passage in passages:
        for place, hit in enumerate(passage.hits):
            if (beside := passage.beside(place)) is not None:
                makes[beside.make] += 1
                full.add(beside.subject)
            elif passage.is_capital(hit):
                makes.update({name.make for name in hit.names if not name.is_model})
    return _Known(makes, full)


def _mention(
    passage: AnnotatedPassage, place: int, known: _Known, numbering: frozenset[str]
) -> Mention | None:
    hit, name = passage.hits[place], passage.beside(place)
    is_full = name is not None
    if name is None and not passage.leads(place):
        name = _alone(passage, hit, known)
    if name is None:
        return None
    first = passage.hits[place - 1] if is_full else hit
    before, after = passage.neighbour(first, -1), passage.neighbour(hit, 1)
    if name.make in numbering and passage.is_numbered(hit):
        name = name.of_make()
    return Mention(
        subject=name.subject,
        name=name,
        part=passage.part,
        text=" ".join(word.text for word in passage.words[hit.start : hit.end]),
        context=tuple(passage.context(first.start, hit.end)),
        is_full=is_full,
        follows_name=not passage.is_headline and _is_name(before),
        precedes_name=not passage.is_headline and after is not None and is_name(after),
        precedes_code=after is not None and _is_code(after),
        is_second=passage.is_second(place - is_full),
    )


def _is_code(word: Token) -> bool:
    return word.text[0].isalpha() and not word.text.isalpha() and word.text[-1].isalnum()


def _is_name(word: Token | None) -> bool:
    if word is None:
        return False
    is_everyday = word_frequencies().get(word.key, 0.0) > EVERYDAY
    return is_name(word) and not (word.opens and is_everyday)


def _alone(passage: AnnotatedPassage, hit: Hit, known: _Known) -> CarName | None:
    """Return what a name means without its make before it; None where that cannot be told."""
    makes, full = known
    made = [name for name in hit.names if not name.is_model]
    names = made or [name for name in hit.names if name.make in makes] or list(hit.names)
    name = max(names, key=lambda each: makes[each.make])
    if (len(names) > 1 and name.make not in makes) or name.kind is NameKind.GENERIC:
        return None
    written = "".join(word.text for word in passage.words[hit.start : hit.end])
    is_long = len(written) > SHORT_LETTERS
    is_known = name.subject in full or (name.make in makes and is_long)
    if name.kind is NameKind.NUMBER:
        before = passage.neighbour(hit, -1)
        return name if is_known and before is not None and before.key in _POINTING else None
    if name.kind is NameKind.CODE and name.is_model:
        is_mixed = is_long and not written.isalpha()
        is_titled = passage.part is PagePart.TITLE and name.make in makes
        if not (is_known or is_mixed or is_titled):
            return None
    return name if name.is_small or passage.is_capital(hit) else None
