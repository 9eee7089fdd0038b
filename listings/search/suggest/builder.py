"""Making the index from the catalogue and the public adverts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from django.db.models import Count

from listings.choices import Confirmation
from listings.language import derivative
from listings.language.lexicon import table
from listings.models import Listing, Make, MakeAlias, Model, ModelAlias
from listings.search.suggest.index import Index
from listings.search.suggest.keys import words
from listings.search.suggest.suggestions import (
    NamedSuggestion,
    SearchSuggestion,
    SuggestionKind,
)

AT_FIRST_MAX = 20_000
DERIVATIVES_MAX, PHRASES_MAX = 50_000, 200
TRIM_WORDS_MAX = 4

Name = tuple[str, ...]
Texts = list[tuple[str, int]]


def build_index(before: Index | None) -> Index:
    """Return an index of what is public now.

    The first of a large stock has no derivatives, so that its caller does not wait for them.
    """
    public = _Public()
    is_whole = before is not None or public.of_make.total() <= AT_FIRST_MAX
    texts = _derivatives() if is_whole else {}
    models: defaultdict[int, list[Model]] = defaultdict(list)
    for model in Model.objects.filter(confirmation=Confirmation.CONFIRMED):
        models[model.make_id].append(model)
    named: list[NamedSuggestion] = []
    for make in Make.objects.filter(confirmation=Confirmation.CONFIRMED):
        make_names = public.make_names(make, models[make.pk])
        count = public.of_make[make.pk]
        named.append(
            NamedSuggestion(
                SearchSuggestion(SuggestionKind.MAKE, make.name, count, make.slug), make_names
            )
        )
        for model in models[make.pk]:
            text, count = f"{make.name} {model.name}", public.of_model[model.pk]
            suggestion = SearchSuggestion(SuggestionKind.MODEL, text, count, make.slug, model.slug)
            names = tuple(_full_names(make_names, public.model_names(make, model)))
            phrases = tuple(_phrases(suggestion, texts.get(model.pk, [])))
            named.append(NamedSuggestion(suggestion, names, phrases))
    return Index(named, is_whole=is_whole)


class _Public:
    """How many public adverts makes and models have, and what else these are called."""

    def __init__(self) -> None:
        self.of_make: Counter[int] = Counter()
        self.of_model: Counter[int] = Counter()
        rows = Listing.objects.public().order_by().values_list("make_id", "model_id")
        for make_id, model_id, count in rows.annotate(Count("id")):
            self.of_make[make_id] += count
            self.of_model[model_id] += count
        self._make_aliases = _grouped(MakeAlias.objects.values_list("make_id", "name"))
        self._model_aliases = _grouped(ModelAlias.objects.values_list("model_id", "name"))

    def model_names(self, make: Make, model: Model) -> tuple[Name, ...]:
        return _called(
            f"{make.name} {model.name}", _name(model.name), *self._model_aliases.get(model.pk, ())
        )

    def make_names(self, make: Make, models: Iterable[Model]) -> tuple[Name, ...]:
        """Return a make's names; an alias that is also a model of it is left to the model."""
        taken = {name for model in models for name in self.model_names(make, model)}
        aliases = _called(make.name, *self._make_aliases.get(make.pk, ()))
        return (_name(make.name), *(alias for alias in aliases if alias not in taken))


def _derivatives() -> Mapping[int, Texts]:
    """Return the derivatives that most adverts have, with their counts, by model."""
    texts: defaultdict[int, Texts] = defaultdict(list)
    rows = Listing.objects.public().exclude(derivative="").values_list("model_id", "derivative")
    found = rows.annotate(count=Count("id")).order_by("-count", "model_id", "derivative")
    for model_id, text, count in found[:DERIVATIVES_MAX]:
        texts[model_id].append((text, count))
    return texts


def _grouped(pairs: Iterable[tuple[int, str]]) -> Mapping[int, list[Name]]:
    grouped: defaultdict[int, list[Name]] = defaultdict(list)
    for row_id, name in pairs:
        grouped[row_id].append(_name(name))
    return grouped


def _name(text: str) -> Name:
    return tuple(words(text))


def _called(full_name: str, *names: Name) -> tuple[Name, ...]:
    """Return the names of a make or a model and what buyers call it besides."""
    nicknames = table("nickname").get(full_name, {}).get("buyer", ())
    return tuple(dict.fromkeys((*names, *map(_name, nicknames))))


def _full_names(make_names: Sequence[Name], model_names: Iterable[Name]) -> Iterator[Name]:
    """Yield a model's names alone, behind those of its make, and before them.

    "Model 3" goes by its number beside its make.
    """
    for model in model_names:
        yield model
        if model[0] == "model":
            yield from ((*make, *model[1:]) for make in make_names)
        for make in make_names:
            yield (*make, *model)
            yield (*model, "".join(make))


def _phrases(model: SearchSuggestion, texts: Texts) -> Iterator[SearchSuggestion]:
    """Yield what adverts of a model say, with the number of those that say all its words."""
    spellings: defaultdict[Name, Counter[str]] = defaultdict(Counter)
    for text, count in texts:
        for phrase in _stated(text):
            spellings[_name(phrase)][phrase] += count
    for name, count in _sayers(words(model.text), set(spellings), texts):
        # The commonest spelling; of equally common ones the first in the alphabet.
        phrase = min(spellings[name].items(), key=lambda spelled: (-spelled[1], spelled[0]))[0]
        text = f"{model.text} {phrase}"
        yield SearchSuggestion(
            SuggestionKind.DERIVATIVE, text, count, model.make, model.model, phrase
        )


def _sayers(title: list[str], phrases: Iterable[Name], texts: Texts) -> list[tuple[Name, int]]:
    """Return how many adverts say each phrase, the commonest; none that every title says."""
    by_first_word: defaultdict[str, list[Name]] = defaultdict(list)
    for phrase in sorted(phrases):
        if not set(phrase).issubset(title):
            by_first_word[phrase[0]].append(phrase)
    counts: Counter[Name] = Counter()
    for text, count in texts:
        said = {*title, *words(text)}
        for word in sorted(said):
            for phrase in by_first_word.get(word, ()):
                if said.issuperset(phrase):
                    counts[phrase] += count
    return sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))[:PHRASES_MAX]


@lru_cache(maxsize=DERIVATIVES_MAX)
def _stated(text: str) -> tuple[str, ...]:
    """Return the trim and the badges that a derivative names, none without a letter."""
    reading = derivative.read(text)
    trim = " ".join(reading.trim.split()[:TRIM_WORDS_MAX])
    stated = dict.fromkeys((trim, *reading.badge.split()))
    return tuple(phrase for phrase in stated if any(map(str.isalpha, phrase)) and words(phrase))
