"""What a name means that stands without its make: a car, or something else of that name."""

from collections.abc import Sequence

from listings.language.article.ambiguity import PLAIN_MAKES
from listings.language.article.annotation import AnnotatedPassage
from listings.language.article.gazetteer import CarName, Certainty, Hit
from listings.language.article.passages import PagePart
from listings.language.article.topics import Topic

Subject = tuple[str, str | None]
"""A make and a model of it, or the make alone; slugs."""

_SHOWING = frozenset({"the", "new"})
_POINTING = _SHOWING | {"this", "its", "our", "a"}
_KINDS = frozenset({"petrol", "diesel", "hybrid", "electric", "engined", "used"})
_LONG_DIGITS = 3


class Disambiguation:
    """Decides by the whole text: what it speaks of, and which cars it names beyond doubt."""

    def __init__(self, passages: Sequence[AnnotatedPassage], topic: Topic) -> None:
        self._topic = topic
        self._denied = {make for each in passages for hit in each.hits for make in hit.denied}
        self._denied |= {
            name.make
            for each in passages
            for hit in each.hits
            if each.is_a_person(hit)
            for name in hit.names
            if name.certainty is Certainty.WORD and name.model is None
        }
        self._makes: set[str] = set()
        self._models: set[Subject] = set()
        self._of_others: set[Subject] = set()
        for passage in passages:
            for place in range(len(passage.hits)):
                self._learn(passage, place)
        self._learn_tags(passages)
        for passage in passages:
            for hit in passage.hits:
                self._learn_alone(passage, hit)

    def alone(self, passage: AnnotatedPassage, hit: Hit) -> CarName | None:
        """Return what a name means without its make before it; None where that is not certain."""
        names = hit.names
        if len(names) > 1:
            names = tuple(name for name in names if name.make in self._makes)
        if len(names) != 1:
            return None
        (name,) = names
        if passage.is_a_place(hit):
            return None
        if name.model is None:
            return name if self._is_make(passage, hit, name) else None
        return name if self._is_car(passage, hit, name) else None

    def _learn(self, passage: AnnotatedPassage, place: int) -> None:
        hit, beside = passage.hits[place], passage.beside(place)
        if beside is not None:
            self._makes.add(beside.make)
            self._models.add((beside.make, beside.model))
        elif passage.is_in_a_name(hit) and not passage.has_sign(hit):
            self._of_others.update((name.make, name.model) for name in hit.names)
        for name in hit.names:
            if name.model is None and self._is_make_itself(passage, hit, name):
                self._makes.add(name.make)

    def _learn_tags(self, passages: Sequence[AnnotatedPassage]) -> None:
        """Learn a model that is a tag by itself, where its make is one too."""
        for passage in passages:
            if passage.part is PagePart.TAG and len(passage.hits) == 1:
                (hit,) = passage.hits
                if (hit.start, hit.end) == (0, len(passage.words)):
                    self._models.update(
                        (name.make, name.model) for name in hit.names if name.make in self._makes
                    )

    def _learn_alone(self, passage: AnnotatedPassage, hit: Hit) -> None:
        name = self.alone(passage, hit)
        if name is not None and name.model is not None:
            self._models.add((name.make, name.model))

    def _is_make(self, passage: AnnotatedPassage, hit: Hit, name: CarName) -> bool:
        """Decide for Ford: as itself, or in capitals where the text tells elsewhere."""
        if name.make in self._denied or not (self._topic.is_of_cars or passage.has_sign(hit)):
            return False
        if name.certainty is not Certainty.DISTINCT and not self._is_in_company(name.make):
            return False
        is_known = name.make in self._makes and passage.is_capital(hit)
        return is_known or self._is_make_itself(passage, hit, name)

    def _is_in_company(self, make: str) -> bool:
        """Return whether cars or another maker stand by one that is a word or a surname too."""
        is_of_makers = self._topic.is_of_makers or len(self._makes) > 1
        return is_of_makers or any(model[0] == make for model in self._models)

    def _is_make_itself(self, passage: AnnotatedPassage, hit: Hit, name: CarName) -> bool:
        is_other = name.make in self._denied or passage.is_a_place(hit)
        if is_other or name.certainty is Certainty.GENERIC:
            return False
        if name.certainty is Certainty.DISTINCT:
            return True
        is_plain = passage.text(hit).lower() in PLAIN_MAKES
        is_named = passage.is_telling(hit) if is_plain else passage.is_capital(hit)
        return is_named and self._topic.is_clearly_of_cars

    def _is_car(self, passage: AnnotatedPassage, hit: Hit, name: CarName) -> bool:
        match name.certainty:
            case Certainty.DISTINCT:
                return True
            case Certainty.WORD:
                return self._is_word_a_car(passage, hit, name)
            case Certainty.CODE if passage.is_word(hit):
                return self._is_word_a_car(passage, hit, name)
            case Certainty.CODE:
                return self._is_code_a_car(passage, hit, name)
            case Certainty.NUMBER:
                return self._is_number_a_car(passage, hit, name)
            case Certainty.GENERIC:
                return False

    def _is_word_a_car(self, passage: AnnotatedPassage, hit: Hit, name: CarName) -> bool:
        """Decide for Golf, Focus, Up: in capitals, and a car beside it."""
        if not passage.is_capital(hit):
            return False
        if (name.make, name.model) in self._models:
            return True
        if not self._topic.is_of_cars:
            return False
        is_its_own = (name.make, name.model) not in self._of_others
        return passage.has_sign(hit) or (
            is_its_own and name.make in self._makes and passage.is_telling(hit)
        )

    def _is_code_a_car(self, passage: AnnotatedPassage, hit: Hit, name: CarName) -> bool:
        """Decide for A3, X5, TT: as it is written, its make in the text, and no quantity."""
        is_known = (name.make, name.model) in self._models
        if not is_known and (name.make not in self._makes or passage.is_short(hit)):
            return False
        is_written = name.is_small or passage.is_capital(hit)
        return is_written and not passage.is_counted(hit, name)

    def _is_number_a_car(self, passage: AnnotatedPassage, hit: Hit, name: CarName) -> bool:
        """Decide for 208, 500, 3: called by its make elsewhere, pointed at, and no quantity.

        A long one may do without its make beside it: `petrol 500`, and in a title `the 911`.
        """
        if hit.start == 0 or passage.is_counted(hit, name):
            return False
        before = passage.words[hit.start - 1].normal
        if (name.make, name.model) in self._models:
            return before in _POINTING or before in _KINDS
        is_told = before in _KINDS or (before in _SHOWING and passage.part is PagePart.TITLE)
        is_long = len(passage.text(hit)) >= _LONG_DIGITS
        return is_told and is_long and name.make in self._makes
