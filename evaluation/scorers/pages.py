"""Pages: silence, or cars that an editor would name."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Protocol

from evaluation.figures import Tally
from evaluation.labelled_sets import Case
from evaluation.spellings import keys
from listings.language.article import Article
from listings.language.derivative import Catalogue

PRECISION_MIN, ANSWERED_MIN = 0.95, 0.88


class About(Protocol):
    """A car that a page is about, by slugs; the model is None where it is about the make."""

    @property
    def make(self) -> str: ...

    @property
    def model(self) -> str | None: ...


def score(
    cases: Sequence[Case], catalogue: Catalogue, match: Callable[[Article], Sequence[About]]
) -> Tally:
    """Score answers: an `expect` of null asks for silence.

    Else every make and model answered must be in `expect` or `also`, and one of its models (a make
    where no model is listed) must be answered; where `optional`, silence is no fault either.
    """
    tally = Tally()
    precise = tally.share("precision where it answers", PRECISION_MIN)
    answered = tally.share("answers where it should", ANSWERED_MIN)
    partial = tally.share("... but names the make alone", is_of_faults=True)
    silent = tally.share("silent on a trap")
    names = _names(catalogue)
    for case in cases:
        found, expected = match(_article(case)), case["expect"]
        told = f"{case['id']} {case['title']}: {[(each.make, each.model) for each in found]}"
        if found:
            is_right = expected is not None and all(_is_right(each, case, names) for each in found)
            precise.add(is_one=is_right, case=f"{told}, not {expected}")
        if expected is None:
            silent.add(is_one=not found, case=told)
        elif not case.get("optional"):
            is_answered = any(_is_answer(each, case, names) for each in found)
            answered.add(is_one=is_answered, case=f"{told}, not {expected}")
            makes = keys(expected["make"])
            is_partial = not is_answered and any(
                each.model is None and names[each.make, None] & makes for each in found
            )
            partial.add(is_one=is_partial, case=told)
    return tally


Names = dict[tuple[str, str | None], frozenset[str]]


def _names(catalogue: Catalogue) -> Names:
    """Return how makes and models are called, alone and with their makes."""
    names: Names = {}
    for make in catalogue.makes:
        names[make.key, None] = keys([make.key, *make.names])
        for model in make.models:
            own = [model.key, *model.names]
            full = [f"{called}{name}" for called in make.names for name in own]
            names[make.key, model.key] = keys([*own, *full])
    return names


def _article(case: Case) -> Article:
    names = {field.name for field in fields(Article)} & case.keys()
    members: dict[str, Any] = {
        name: tuple(case[name]) if isinstance(case[name], list) else case[name] for name in names
    }
    return Article(**members)


def _is_right(found: About, case: Case, names: Names) -> bool:
    also = keys(case.get("also") or ())
    is_make = bool(names[found.make, None] & (keys(case["expect"]["make"]) | also))
    if found.model is None:
        return is_make
    models = keys(case["expect"]["model"]) | also
    own = names[found.make, found.model]
    return bool(own & also) or (is_make and bool(own & models))


def _is_answer(found: About, case: Case, names: Names) -> bool:
    expected = case["expect"]
    if not expected["model"]:
        return bool(names[found.make, None] & keys(expected["make"]))
    return found.model is not None and bool(
        names[found.make, found.model] & keys(expected["model"])
        and names[found.make, None] & keys(expected["make"])
    )
