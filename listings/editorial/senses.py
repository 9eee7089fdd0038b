"""What a name means that stands without its make: a car, or something else of that name."""

from collections.abc import Sequence

from listings.editorial.ambiguous import PLAIN_MAKES
from listings.editorial.article import Part
from listings.editorial.gazetteer import Certainty, Hit, Name
from listings.editorial.reading import Reading
from listings.editorial.topics import Topic

Subject = tuple[str, str | None]
"""A make and a model of it, or the make alone; slugs."""

_POINTING = frozenset({"the", "new", "this", "its", "our", "a"})


class Senses:
    """Decides by the whole text: what it speaks of, and which cars it names beyond doubt."""

    def __init__(self, readings: Sequence[Reading], topic: Topic) -> None:
        self._topic = topic
        self._denied = {make for each in readings for hit in each.hits for make in hit.denied}
        self._makes: set[str] = set()
        self._models: set[Subject] = set()
        self._of_others: set[Subject] = set()
        for reading in readings:
            for place in range(len(reading.hits)):
                self._learn(reading, place)
        self._learn_tags(readings)
        for reading in readings:
            for hit in reading.hits:
                self._learn_alone(reading, hit)

    def alone(self, reading: Reading, hit: Hit) -> Name | None:
        """Return what a name means without its make before it; None where that is not certain."""
        names = hit.names
        if len(names) > 1:
            names = tuple(name for name in names if name.make in self._makes)
        if len(names) != 1:
            return None
        (name,) = names
        if name.model is None:
            return name if self._is_make(reading, hit, name) else None
        return name if self._is_car(reading, hit, name) else None

    def _learn(self, reading: Reading, place: int) -> None:
        hit, beside = reading.hits[place], reading.beside(place)
        if beside is not None:
            self._makes.add(beside.make)
            self._models.add((beside.make, beside.model))
        elif reading.is_in_a_name(hit) and not reading.has_sign(hit):
            self._of_others.update((name.make, name.model) for name in hit.names)
        for name in hit.names:
            if name.model is None and self._is_make_itself(reading, hit, name):
                self._makes.add(name.make)

    def _learn_tags(self, readings: Sequence[Reading]) -> None:
        """Learn a model that is a tag by itself, where its make is one too."""
        for reading in readings:
            if reading.part is Part.TAG and len(reading.hits) == 1:
                (hit,) = reading.hits
                if (hit.start, hit.end) == (0, len(reading.words)):
                    self._models.update(
                        (name.make, name.model) for name in hit.names if name.make in self._makes
                    )

    def _learn_alone(self, reading: Reading, hit: Hit) -> None:
        name = self.alone(reading, hit)
        if name is not None and name.model is not None:
            self._models.add((name.make, name.model))

    def _is_make(self, reading: Reading, hit: Hit, name: Name) -> bool:
        """Decide for Ford: as itself, or in capitals where the text tells elsewhere."""
        if name.make in self._denied or not (self._topic.is_of_cars or reading.has_sign(hit)):
            return False
        is_known = name.make in self._makes and reading.is_capital(hit)
        return is_known or self._is_make_itself(reading, hit, name)

    def _is_make_itself(self, reading: Reading, hit: Hit, name: Name) -> bool:
        if name.make in self._denied or name.certainty is Certainty.GENERIC:
            return False
        if name.certainty is Certainty.DISTINCT:
            return True
        is_plain = reading.text(hit).lower() in PLAIN_MAKES
        is_named = reading.is_telling(hit) if is_plain else reading.is_capital(hit)
        return is_named and self._topic.is_clearly_of_cars

    def _is_car(self, reading: Reading, hit: Hit, name: Name) -> bool:
        match name.certainty:
            case Certainty.DISTINCT:
                return True
            case Certainty.WORD:
                return self._is_word_a_car(reading, hit, name)
            case Certainty.CODE if reading.is_word(hit):
                return self._is_word_a_car(reading, hit, name)
            case Certainty.CODE:
                return self._is_code_a_car(reading, hit, name)
            case Certainty.NUMBER:
                return self._is_number_a_car(reading, hit, name)
            case Certainty.GENERIC:
                return False

    def _is_word_a_car(self, reading: Reading, hit: Hit, name: Name) -> bool:
        """Decide for Golf, Focus, Up: in capitals, and a car beside it."""
        if not reading.is_capital(hit):
            return False
        if (name.make, name.model) in self._models:
            return True
        if not self._topic.is_of_cars:
            return False
        is_its_own = (name.make, name.model) not in self._of_others
        return reading.has_sign(hit) or (
            is_its_own and name.make in self._makes and reading.is_telling(hit)
        )

    def _is_code_a_car(self, reading: Reading, hit: Hit, name: Name) -> bool:
        """Decide for A3, X5, TT: as it is written, its make in the text, and no quantity."""
        is_known = (name.make, name.model) in self._models
        if not is_known and (name.make not in self._makes or reading.is_short(hit)):
            return False
        is_written = name.is_small or reading.is_capital(hit)
        return is_written and not reading.is_counted(hit, name)

    def _is_number_a_car(self, reading: Reading, hit: Hit, name: Name) -> bool:
        """Decide for 208, 500, 3: called by its make elsewhere, pointed at, and no quantity."""
        if (name.make, name.model) not in self._models or hit.start == 0:
            return False
        is_pointed_at = reading.words[hit.start - 1].normal in _POINTING
        return is_pointed_at and not reading.is_counted(hit, name)
