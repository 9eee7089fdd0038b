"""A passage with its words and the names in it, and what stands around each name."""

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import Self

from listings.language.article.ambiguity import CAR_SIGNS, PLACES, UNITS
from listings.language.article.gazetteer import CarName, Certainty, Gazetteer, Hit
from listings.language.article.passages import PagePart, Passage
from listings.language.article.tokens import ArticleToken, tokens

BESIDE_WORDS = 2
CUE_WORDS = 4
SHORT_LETTERS = 2
LONG_LETTERS = 4

_VERSUS = frozenset({"v", "vs", "versus"})
_JOINING = _VERSUS | {"or", "and", "meets", "plus", "against", "to"}

_ROAD_OF_CARS = frozenset({"test", "tests", "tested", "tax", "trip", "racing", "car", "cars"})

_CUE_BEFORE = re.compile(
    r"\b(?:rival(?:s|ling|ing)?|against|unlike|compared|alternatives?|compet\w+|undercut\w*"
    r"|than|beat(?:s|ing)?|outs[eo]l[dl]s?|overt\w+|replac\w+|success\w+|predecessor|based|shar\w+"
    r"|supplied by|owner of|owns|owned by|parent|former(?:ly)?|previously|boss|hired|poached"
    r"|join(?:s|ed|ing)|left|inspired|borrow\w*|from|alongside|siblings?|cousins?|fights?"
    r"|challeng\w+|takes? on|such as|chas\w+|ahead|behind|follow(?:s|ing)|echoes|including"
    r"|sold (?:my|our|his|her|the|a)|instead of|goodbye|ditch\w*|rid of|swapp\w+|traded"
    r"|price of|cost of|used to|built by|built for|made by)\b"
)
_TITLES_OF_PEOPLE = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "sir",
        "dame",
        "lord",
        "lady",
        "rank_subjects",
        "cllr",
        "councillor",
    }
    | {"pc", "sgt", "prof", "professor"}
)
_DIGITS_OF_AN_AGE = 2
_CHANGE = re.compile(r"^(?>(.*?)\bfrom\b).*\bto\b", re.DOTALL)
_CUE_AFTER = re.compile(
    r"(?:factory|plant|engines?|engined|powered|platform|gearbox|suppliers?|owned|derived|based"
    r"|sourced|badged|rival(?:s|ling)?|fighter|boss|f1|formula|dealership|garage|parent"
    r"|(?:has|gets|faces) (?:\w+ ){0,2}rivals?)\b"
)


@dataclass(frozen=True, slots=True)
class AnnotatedPassage:
    """The words of a passage, and the names found in them, in order."""

    part: PagePart
    words: tuple[ArticleToken, ...]
    hits: tuple[Hit, ...]
    named: frozenset[int]
    """The places of the words that the names hold."""
    is_all_capitals: bool
    """Whether most longer words have capitals, as in headlines: one says nothing then."""

    @classmethod
    def of(cls, passage: Passage, gazetteer: Gazetteer) -> Self:
        words = tuple(tokens(passage.text))
        hits = tuple(gazetteer.find(words))
        named = frozenset(place for hit in hits for place in range(hit.start, hit.end))
        long = [word for word in words if len(word.text) >= LONG_LETTERS]
        is_all_capitals = sum(word.is_capital for word in long) > len(long) / 2
        return cls(passage.part, words, hits, named, is_all_capitals)

    def text(self, hit: Hit) -> str:
        return " ".join(word.text for word in self.words[hit.start : hit.end])

    def beside(self, place: int) -> CarName | None:
        """Return the model that a hit names when its own make stands right before it."""
        if place == 0:
            return None
        before, hit = self.hits[place - 1], self.hits[place]
        gap = hit.start - before.end
        if gap > BESIDE_WORDS or self._is_parted(before.end, hit.start):
            return None
        makes = {name.make for name in before.names if name.model is None}
        for name in hit.names:
            is_close = gap == 0 or name.certainty > Certainty.CODE
            if name.model is not None and name.make in makes and is_close:
                return None if self.is_counted(hit, name) else name
        return None

    def leads(self, place: int) -> bool:
        """Return whether a hit is the make of the model that the next one names."""
        return place + 1 < len(self.hits) and self.beside(place + 1) is not None

    def is_capital(self, hit: Hit) -> bool:
        """Return whether it is written as a name: `A3`, `Golf`; tags often have small letters."""
        return self.part is PagePart.TAG or any(
            word.is_capital for word in self.words[hit.start : hit.end] if word.text[0].isalpha()
        )

    def is_telling(self, hit: Hit) -> bool:
        """Return whether its capital says that it is a name: not in a headline full of capitals."""
        return (
            self.is_capital(hit)
            and not self.begins(hit)
            and (self.part is PagePart.TAG or not self.is_all_capitals)
        )

    def is_in_a_name(self, hit: Hit) -> bool:
        """Return whether a name that is none of the catalogue goes on around it: `Taylor Swift`."""
        if self.words[hit.start].follows_stop:
            return False
        after = self.words[hit.end :][:1]
        if any(word.is_name and not word.follows_stop for word in after):
            return True
        before = hit.start - 1
        word = self.words[before]
        return word.is_capital and not word.follows_stop and before not in self.named

    def is_a_place(self, hit: Hit) -> bool:
        """Return whether a street or a house is called so: `Ford Road`, but no `road test`."""
        following = self.words[hit.end : hit.end + 2]
        if not following or following[0].follows_stop or not following[0].is_capital:
            return False
        is_tested = any(word.normal in _ROAD_OF_CARS for word in following[1:])
        return following[0].normal in PLACES and not is_tested

    def is_a_person(self, hit: Hit) -> bool:
        """Return whether it is a surname: `Mr Ford`, `Sarah Bentley, 34, of Hove`."""
        first = self.words[hit.start]
        if not first.opens and self.words[hit.start - 1].normal in _TITLES_OF_PEOPLE:
            return True
        if len(self.words) < hit.end + 2:
            return False
        age, after = self.words[hit.end : hit.end + 2]
        is_age = age.text.isdigit() and len(age.text) == _DIGITS_OF_AN_AGE
        return is_age and age.follows_stop and after.follows_stop

    def is_short(self, hit: Hit) -> bool:
        """Return whether it is one letter or two, which stand for much else: `UX`, `IT`."""
        text = self.text(hit)
        return len(text) <= SHORT_LETTERS and text.isalpha()

    def is_word(self, hit: Hit) -> bool:
        """Return whether it is written as a word, not as a code: `Up` and `Rio`, not `TT`."""
        text = self.text(hit)
        return text.isalpha() and not text.isupper()

    def lists(self, end: int, start: int) -> bool:
        """Return whether the words between two names put them side by side: `Golf or Focus`."""
        between = self.words[end:start]
        return any(word.normal in _JOINING for word in between) or self._is_parted(end - 1, start)

    def goes_on(self, end: int, start: int) -> bool:
        """Return whether a list goes on from one name to the next, not `from` one `to` another."""
        between = self.words[end:start]
        return len(between) <= BESIDE_WORDS and all(word.normal != "to" for word in between)

    def is_headline(self, start: int, end: int) -> bool:
        """Return whether a title begins with a name that stands by itself before a mark."""
        after = self.words[end : end + 1]
        return (
            self.part is PagePart.TITLE and start == 0 and any(word.follows_stop for word in after)
        )

    def begins(self, hit: Hit) -> bool:
        """Return whether a sentence begins with it, so that its capital says nothing."""
        return self.words[hit.start].opens and self.part is not PagePart.TAG

    def is_counted(self, hit: Hit, name: CarName) -> bool:
        """Return whether a number or code counts something: `500 miles`, `A3 road`."""
        if name.certainty not in (Certainty.NUMBER, Certainty.CODE):
            return False
        following = self.words[hit.end : hit.end + 1]
        return any(word.normal in UNITS and not word.follows_stop for word in following)

    def has_sign(self, hit: Hit) -> bool:
        """Return whether a word of cars stands right before or after it: `Golf GTI`."""
        before, after = self.words[max(0, hit.start - 1) : hit.start], self.words[hit.end :][:1]
        signs = CAR_SIGNS | _VERSUS if self.part is PagePart.TITLE else CAR_SIGNS
        return any(word.normal in signs for word in (*before, *after))

    def is_cued(self, hit: Hit) -> bool:
        """Return whether the words around it say that another car or maker is the subject."""
        start = max(0, hit.start - CUE_WORDS)
        while start < hit.start and self._is_parted(start, hit.start):
            start += 1
        before = " ".join(word.normal for word in self.words[start : hit.start])
        before = _CHANGE.sub(r"\1", before)
        after = takewhile(lambda word: not word.follows_stop, self.words[hit.end :][:CUE_WORDS])
        follows = _CUE_AFTER.match(" ".join(word.normal for word in after))
        return bool(follows or _CUE_BEFORE.search(before))

    def _is_parted(self, start: int, end: int) -> bool:
        return any(word.follows_stop for word in self.words[start + 1 : end + 1])
