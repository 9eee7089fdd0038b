"""Names and what they lead to, looked up by what somebody has typed so far."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import chain

from listings.language.spelling import is_ordinary
from listings.search.suggest.embedded_names import EmbeddedNames
from listings.search.suggest.keys import Keys, keys_of, words
from listings.search.suggest.phrases import ModelPhrases
from listings.search.suggest.respellings import respelling
from listings.search.suggest.suggestions import (
    Exactness,
    Found,
    NamedSuggestion,
    SearchSuggestion,
    SuggestionKind,
    exactness_of,
    forgiven,
    rank,
)
from listings.search.suggest.trims import has_model_trim, is_own_trim, is_trim

WORDS_MAX = 10  # no name has more
PLURAL_LENGTH_MIN = 4
_NEVER = 1_000  # further than anything fits


class Index:
    """Makes, models and derivatives by name; never changes once made."""

    def __init__(self, named: Sequence[NamedSuggestion], *, is_whole: bool = True) -> None:
        """`is_whole` tells whether everything is in it that should be."""
        self.is_whole = is_whole
        self._suggestions = [each.suggestion for each in named]
        self.counts = {(each.make, each.model): each.count for each in self._suggestions}
        self._keys = Keys(
            key
            for place, each in enumerate(named)
            for name in each.names
            for key in keys_of(list(name), place)
        )
        self._phrases = {
            place: ModelPhrases(each.phrases) for place, each in enumerate(named) if each.phrases
        }
        self._models = _models_of_makes(self._suggestions)
        self._embedded = EmbeddedNames(named, self._keys)
        self._by_words: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, each in enumerate(named):
            for name in each.names:
                self._by_words[tuple(sorted(name))].append(place)
        words_of_names = (word for name in self._by_words for word in name)
        self._respelling = respelling(frozenset(words_of_names))

    def find(self, text: str, limit: int) -> list[SearchSuggestion]:
        """Return the best suggestions.

        Slips are forgiven only where nothing fits without, words that nobody sells by are left
        out only where a slip explains nothing, and what nobody sells is suggested only where
        nothing that is sold fits as well.
        """
        typed = words(text)[:WORDS_MAX]
        if not typed:
            return []
        for found in self._readings(typed):
            best: dict[SearchSuggestion, int] = {}
            for exactness, suggestion in found:
                best[suggestion] = min(exactness, best.get(suggestion, exactness))
            if best:
                sold = min((best[each] for each in best if each.count), default=_NEVER)
                fitting = (each for each in best if each.count or best[each] < sold)
                return nsmallest(limit, fitting, key=lambda each: rank(each, best[each]))
        return []

    def _readings(self, typed: list[str]) -> Iterator[Found]:
        """Yield what each way to read the words finds, the likeliest first."""
        yield self._direct(typed)
        otherwise = list(self._respelling.otherwise(typed))
        yield from map(self._direct, otherwise)
        yield self._reordered(typed)
        yield chain(self._slipped_names(typed), self._slipped_phrases(typed))
        respelled = list(self._respelling.slipped(typed))
        yield from (self._direct(each.words) for each in respelled)
        likely = (each.words for each in respelled if not each.is_bold)
        readings = (typed, *otherwise, *likely)
        yield from (self._embedded.find(each, SuggestionKind.MODEL) for each in readings)
        yield from (self._embedded.find(each, SuggestionKind.MAKE) for each in readings)

    def _direct(self, typed: list[str]) -> Found:
        whole = "".join(typed)
        yield from self._named(whole)
        yield from self._plural(typed)
        yield from self._badged(typed)
        if is_trim(whole):  # "gtd"
            of_trim = (each for each in self._suggestions if is_own_trim(each, whole))
            yield from ((Exactness.BEGINNING, each) for each in of_trim)
        for head, rest in _splits(typed):
            for place in self._keys.called(head):
                yield from self._said_of(place, rest, whole)

    def _said_of(self, place: int, rest: str, whole: str) -> Found:
        """What adverts say that begins so; and the model, where none says just that."""
        best = int(Exactness.SLIP)
        for each in self._with_models(place):
            for exactness, suggestion in self._phrases[each].starting(rest):
                best = min(best, exactness)
                yield exactness, suggestion
        named = self._suggestions[place]
        if named.kind is SuggestionKind.MODEL and best > Exactness.WHOLE:
            if has_model_trim(named, rest) or has_model_trim(named, whole):
                yield Exactness.BEGINNING, named  # "clio rs" where adverts say "RS Line"
            elif best == Exactness.INNER:
                yield Exactness.INNER, named

    def _plural(self, typed: list[str]) -> Found:
        """What several of are typed, or what is heard so: "golfs", "teslar"."""
        last, whole = typed[-1], "".join(typed)
        is_name = last in self._respelling.known or self._keys.called(whole)
        if is_name or len(last) < PLURAL_LENGTH_MIN or not last.endswith(("s", "ar")):
            return
        for place in self._keys.called(whole[:-1]):
            yield Exactness.WHOLE, self._suggestions[place]

    def _badged(self, typed: list[str]) -> Found:
        """The model that is sold by a badge, and its adverts that say it: "320d", "merc c220"."""
        for badge in self._embedded.badges(typed):
            rest = typed[badge.last :]
            if not rest:
                exactness = Exactness.WHOLE if badge.is_certain else Exactness.INNER
                yield exactness, self._suggestions[badge.target]
            elif badge.is_certain and is_trim("".join(rest)):
                yield Exactness.BEGINNING, self._suggestions[badge.target]
            if badge.target in self._phrases:
                said = "".join(rest or typed[badge.first :])
                yield from self._phrases[badge.target].starting(said)

    def _reordered(self, typed: list[str]) -> Found:
        """What has just these words in another order: "scenic grand"."""
        for place in self._by_words.get(tuple(sorted(typed)), ()):
            yield Exactness.INNER, self._suggestions[place]

    def _slipped_names(self, typed: list[str]) -> Found:
        whole = "".join(typed)
        for beginning in self._keys.slips(whole):
            if self._respelling.is_protected(typed, beginning):
                continue
            found = self._named(beginning)
            if is_ordinary(whole):  # "pole" is a Polo, "sofa" no Sonata
                found = (each for each in found if each[0] == Exactness.WHOLE)
            yield from forgiven(found, is_first=beginning[0] != whole[0])

    def _slipped_phrases(self, typed: list[str]) -> Found:
        for head, rest in _splits(typed):
            for place in self._keys.called(head):
                if place in self._phrases:
                    yield from forgiven(self._phrases[place].slipped(rest))
            for near in self._keys.slips(head):
                if self._respelling.is_protected(typed, near):
                    continue
                is_first = near[0] != head[0]
                for place in self._keys.called(near):
                    for each in self._with_models(place):
                        yield from forgiven(self._phrases[each].starting(rest), is_first=is_first)

    def _named(self, beginning: str) -> Found:
        for key in self._keys.starting(beginning):
            yield exactness_of(key, beginning), self._suggestions[key.target]

    def _with_models(self, place: int) -> list[int]:
        """Return a model, or the models of a make, as far as there are phrases of it."""
        return [each for each in (place, *self._models.get(place, ())) if each in self._phrases]


def _models_of_makes(suggestions: Iterable[SearchSuggestion]) -> Mapping[int, list[int]]:
    models: defaultdict[str, list[int]] = defaultdict(list)
    makes: dict[int, str] = {}
    for place, each in enumerate(suggestions):
        if each.kind is SuggestionKind.MAKE:
            makes[place] = each.make
        else:
            models[each.make].append(place)
    return {place: models[make] for place, make in makes.items()}


def _splits(typed: list[str]) -> Iterator[tuple[str, str]]:
    """Yield every way to take the words as a name and what follows it."""
    for place in range(1, len(typed)):
        yield "".join(typed[:place]), "".join(typed[place:])
