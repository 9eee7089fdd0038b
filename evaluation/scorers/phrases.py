"""A buyer's words: the search that they mean, and not a filter more."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evaluation.figures import Tally
from evaluation.labelled_sets import Case
from evaluation.spellings import key, keys
from listings.language.query import ParsedQuery, Phrase, Vocabulary, parse_query
from listings.search.places import locate
from marketplace.errors import Invalid

EXACT_MIN, UNASKED_MAX = 0.92, 0.01
YEAR = 2026

# Asked for by words that labels call ignored, as filters go: what is in a car, its standard of
# emissions, whether it was written off.
_BESIDE_WORDS: Mapping[str, Callable[[Case], bool]] = {
    "equipment": lambda case: bool(case.get("feature_words")),
    "euro_standard": lambda case: _names(case, "euro "),
    "write_off": lambda case: _names(case, "cat ", "write off", "written off"),
}
_RANKING = "prefer"  # the words that only rank

Flat = dict[str, tuple[str, ...]]
Counter = Callable[[Mapping[str, object]], int]


@dataclass(frozen=True)
class AnsweredPhrase:
    """A phrase as it was read, in the form in which labels are compared."""

    case: Case
    parsed: ParsedQuery
    flat: Flat


def score(cases: Sequence[Case], vocabulary: Vocabulary, count: Counter) -> Tally:
    """Score readings of `text`; `count` says how many adverts a search in the flat form finds.

    `expect`, or one of `or`, must be the answer; `allowed` are further filters that are no fault.
    A filter that nobody asked for is one that turns away a car which the labelled search shows.
    """
    tally = Tally()
    exact = tally.share("exact", EXACT_MIN)
    unasked = tally.share("a filter that nobody asked for", UNASKED_MAX, is_of_faults=True)
    empty = tally.share("finds nothing where the search that is meant does", 0.0, is_of_faults=True)
    by_word = tally.share("... but for a word that the title must hold", 0.0, is_of_faults=True)
    told = tally.share("words that only rank are told")
    for case in cases:
        answer = _read(case, vocabulary)
        said = f"{case['id']} {case['text']}: {_written(answer.flat)}"
        exact.add(is_one=_is_exact(answer), case=f"{said}, not {_written(_flat(case['expect']))}")
        extra = _unasked(answer)
        unasked.add(is_one=bool(extra), case=f"{said}: {', '.join(sorted(extra))}")
        for words in case.get("ignored", ()):
            told.add(is_one=_is_told(answer.parsed.phrases, words), case=f"{said}: {words}")
        if _count(case["expect"], count):
            is_empty, is_by_word = _emptiness(answer, count)
            empty.add(is_one=is_empty, case=said)
            by_word.add(is_one=is_by_word, case=said)
    return tally


def _read(case: Case, vocabulary: Vocabulary) -> AnsweredPhrase:
    parsed = parse_query(case["text"], vocabulary, year=case.get("year", YEAR))
    whole = {**parsed.parameters, "ordering": list(parsed.ordering)}
    return AnsweredPhrase(case, parsed, _flat(whole))


def _flat(parameters: Mapping[str, object]) -> Flat:
    """Return the values as keys; what is empty is not asked for."""
    several = {
        name: tuple(value) if isinstance(value, list | tuple) else (value,)
        for name, value in parameters.items()
        if value is not None and value is not False
    }
    flat = {
        name: tuple(_value(name, each) for each in values)
        for name, values in several.items()
        if values and name != _RANKING
    }
    if "model" in flat:
        flat["model"] = tuple(_alone(model, flat.get("make", ())) for model in flat["model"])
    return flat


def _alone(model: str, makes: tuple[str, ...]) -> str:
    """Return a model's key without its make's: catalogues have MG's 4 as MG4 too."""
    return next(
        (model.removeprefix(make) for make in makes if model != make and model.startswith(make)),
        model,
    )


def _value(name: str, value: object) -> str:
    return str(value).strip().casefold() if name in ("ordering", "near") else key(value)


def _labels(case: Case) -> Iterator[Flat]:
    for label in (case["expect"], *case.get("or", ())):
        flat = _flat(label)
        if flat.get("service_history") == ("full",):
            flat["service_history"] = ("full", "fulldealer")
        yield flat


def _is_exact(answer: AnsweredPhrase) -> bool:
    return any(
        not _missing(answer, label) and not _further(answer, label)
        for label in _labels(answer.case)
    )


def _missing(answer: AnsweredPhrase, label: Flat) -> set[str]:
    """Return what is asked for and is not what was read of it."""
    return {
        name
        for name, values in label.items()
        if not _is_same(name, answer.flat.get(name, ()), values)
        and not (name == "model" and _is_spelled_out(answer, values))
        and not (name == "text" and _is_named_otherwise(answer, label))
        and not (name == "model" and "model" in answer.flat and _is_of_trim(answer, label, name))
    }


def _further(answer: AnsweredPhrase, label: Flat) -> set[str]:
    """Return the filters that were read and that the label does not have."""
    allowed = {*label, *_allowed(answer.case)}
    if "near" in label:
        allowed.add("within_miles")
        if answer.flat.get("ordering") == ("distance",):
            allowed.add("ordering")
    allowed |= {name for name in answer.flat if _is_of_trim(answer, label, name)}
    return set(answer.flat) - allowed


def _allowed(case: Case) -> set[str]:
    """Return the filters that are no fault beside those of the labels."""
    beside = {name for name, is_said in _BESIDE_WORDS.items() if is_said(case)}
    return beside | set(case.get("allowed", ()))


def _is_named_otherwise(answer: AnsweredPhrase, label: Flat) -> bool:
    """Whether a trim is asked for by another parameter than the words of the title."""
    return any(_is_of_trim(answer, label, name) for name in answer.flat)


def _is_of_trim(answer: AnsweredPhrase, label: Flat, name: str) -> bool:
    if "text" not in label or "text" in answer.flat:
        return False
    trim = "".join(label["text"])
    models = label.get("model", ())
    return set(answer.flat[name]) <= {trim, *(model + trim for model in models)}


def _is_spelled_out(answer: AnsweredPhrase, label: tuple[str, ...]) -> bool:
    """Whether the models read stand in the text in full, and say more of it than the label does.

    Catalogues have an RS3 of its own, or a Freelander 2, where a label has the model it belongs to.
    """
    words = list(map(key, answer.case["text"].split()))
    spelled = {
        "".join(words[first:last])
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
    }
    longest = max((len(model) for model in label if model in spelled), default=0)
    found = answer.flat.get("model", ())
    return bool(found) and all(each in spelled and len(each) > longest for each in found)


def _is_same(name: str, found: tuple[str, ...], label: tuple[str, ...]) -> bool:
    if name == "ordering":
        return found == label
    if name == "near":
        return found == label or (bool(found) and _is_same_place(found[0], label[0]))
    return set(found) == set(label)


def _is_same_place(found: str, label: str) -> bool:
    try:
        one, other = locate(found), locate(label)
    except ValueError:
        return False
    return (one.latitude, one.longitude) == (other.latitude, other.longitude)


def _unasked(answer: AnsweredPhrase) -> set[str]:
    """Return the filters that turn away what the nearest label shows."""
    return min((_turning_away(answer, label) for label in _labels(answer.case)), key=len)


def _turning_away(answer: AnsweredPhrase, label: Flat) -> set[str]:
    extra = _further(answer, label) - {"ordering"}
    allowed = set(answer.case.get("allowed", ()))
    for name in _missing(answer, label) & set(answer.flat) - {"ordering"} - allowed:
        if _is_narrower(name, answer.flat[name], label[name]):
            extra.add(name)
    return extra


def _is_narrower(name: str, found: tuple[str, ...], label: tuple[str, ...]) -> bool:
    if name == "text":
        return not set(found) <= set(label)
    if name.endswith(("_max", "_miles")) or name == "added_within_days":
        return int(found[0]) < int(label[0])
    if name.endswith("_min"):
        return int(found[0]) > int(label[0])
    return name == "near" or not set(label) <= set(found)


def _is_told(phrases: Sequence[Phrase], words: str) -> bool:
    """Whether every word stands in a phrase that filters nothing, or is a feature's filter."""
    free = {None, _RANKING, *_BESIDE_WORDS}
    said = [key(each.words) for each in phrases if each.name in free]
    return all(any(word in each for each in said) for word in keys(words.split()))


def _without_place(parameters: Mapping[str, object]) -> Mapping[str, object]:
    places = ("near", "within_miles", "ordering")
    return {name: value for name, value in parameters.items() if name not in places}


def _emptiness(answer: AnsweredPhrase, count: Counter) -> tuple[bool, bool]:
    """Return whether a search finds nothing, and whether it would but for a required word.

    What the case allows besides is left out: the car that answers the label need not have it.
    """
    allowed = _allowed(answer.case) - answer.case["expect"].keys()
    asked = {name: value for name, value in answer.parsed.parameters.items() if name not in allowed}
    is_empty = not _count(asked, count)
    without = {**asked, "text": answer.case["expect"].get("text", [])}
    return is_empty, is_empty and bool(_count(without, count))


def _count(parameters: Mapping[str, object], count: Counter) -> int:
    """Return how many adverts are found, wherever they stand: none by a search that is refused."""
    try:
        return count(_without_place(parameters))
    except Invalid:
        return 0


def _names(case: Case, *said: str) -> bool:
    ignored = [words.casefold() for words in case.get("ignored", ())]
    return any(each in words for each in said for words in ignored)


def _written(flat: Flat) -> str:
    return " ".join(f"{name}={','.join(values)}" for name, values in sorted(flat.items())) or "-"
