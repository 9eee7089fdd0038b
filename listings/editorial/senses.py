"""What a name means that stands without its make: a car, or something else of that name."""

import re
from collections.abc import Sequence

from listings.editorial.ambiguous import CAR_WORDS, RACING_WORDS, ROAD_WORDS
from listings.editorial.gazetteer import Certainty, Hit, Name
from listings.editorial.reading import Reading

CAR_WORDS_MIN, RACING_WORDS_MIN, ROAD_WORDS_MIN = 2, 2, 3

Subject = tuple[str, str | None]
"""A make and a model of it, or the make alone; slugs."""

_ROAD = re.compile(r"[abm]\d{1,4}")
_POINTING = frozenset({"the", "new", "this", "its", "our", "a"})


class Senses:
    """Decides by the whole text: what it speaks of, and which cars it names beyond doubt."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        said = {word.normal for each in readings for word in each.words}
        self._is_of_cars = len(said & CAR_WORDS) >= CAR_WORDS_MIN
        self._is_of_roads = len(said & ROAD_WORDS) >= ROAD_WORDS_MIN
        self._is_of_races = len(said & RACING_WORDS) >= RACING_WORDS_MIN
        self._denied = {make for each in readings for hit in each.hits for make in hit.denied}
        self._makes: set[str] = set()
        self._models: set[Subject] = set()
        for reading in readings:
            for place in range(len(reading.hits)):
                self._learn(reading, place)

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
        for name in hit.names:
            if name.model is None and self._is_make(reading, hit, name):
                self._makes.add(name.make)
            elif len(hit.names) == 1 and name.certainty is Certainty.DISTINCT:
                self._models.add((name.make, name.model))

    def _is_make(self, reading: Reading, hit: Hit, name: Name) -> bool:
        """Decide for Ford: not in news of races or roads, nor another company or person."""
        if self._is_of_races or self._is_of_roads or name.make in self._denied:
            return False
        is_word = name.certainty is not Certainty.DISTINCT
        return not is_word or (self._is_of_cars and reading.is_capital(hit))

    def _is_car(self, reading: Reading, hit: Hit, name: Name) -> bool:
        match name.certainty:
            case Certainty.DISTINCT:
                return True
            case Certainty.WORD:
                return self._is_word_a_car(reading, hit, name)
            case Certainty.CODE:
                return self._is_code_a_car(reading, hit, name)
            case Certainty.NUMBER:
                return self._is_number_a_car(reading, hit, name)
            case Certainty.GENERIC:
                return False

    def _is_word_a_car(self, reading: Reading, hit: Hit, name: Name) -> bool:
        """Decide for Golf, Focus, Up: in capitals, and a car beside it."""
        if not reading.is_capital(hit) or not self._is_of_cars:
            return False
        if (name.make, name.model) in self._models or reading.has_sign(hit):
            return True
        return name.make in self._makes and not reading.begins(hit)

    def _is_code_a_car(self, reading: Reading, hit: Hit, name: Name) -> bool:
        """Decide for A3, X5, TT: in capitals, its make in the text, and no road."""
        if self._is_of_roads and _ROAD.fullmatch(reading.words[hit.start].normal):
            return False
        is_known = name.make in self._makes or (name.make, name.model) in self._models
        return is_known and reading.is_capital(hit) and not reading.is_counted(hit, name)

    def _is_number_a_car(self, reading: Reading, hit: Hit, name: Name) -> bool:
        """Decide for 208, 500, 3: called by its make elsewhere, pointed at, and no quantity."""
        if (name.make, name.model) not in self._models or hit.start == 0:
            return False
        is_pointed_at = reading.words[hit.start - 1].normal in _POINTING
        return is_pointed_at and not reading.is_counted(hit, name)
