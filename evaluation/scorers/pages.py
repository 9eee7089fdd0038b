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
    """Score answers; an `expect` of null asks for silence, and `optional` allows it.

    Every make and model answered must be in `expect` or `also`, and one of its models (a make where
    no model is listed) must be answered.
    """
    tally = Tally()
    precise = tally.share("precision where it answers", PRECISION_MIN)
    answered = tally.share("answers where it should", ANSWERED_MIN)
    partial = tally.share("... but names the make alone", is_of_faults=True)
    silent = tally.share("silent on a trap")
    names = _names(catalogue)
    for case in cases:
        found = match(_article(case))
        read = [(each.make, each.model) for each in found]
        told = f"{case['id']} {case['title']}: {read}, not {case['expect']}"
        if found:
            precise.add(is_one=_is_precise(found, case, names), case=told)
        if case["expect"] is None:
            silent.add(is_one=not found, case=told)
        elif not case.get("optional"):
            answered.add(is_one=_is_answered(found, case, names), case=told)
            partial.add(is_one=_is_partial(found, case, names), case=told)
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


def _is_precise(found: Sequence[About], case: Case, names: Names) -> bool:
    return case["expect"] is not None and all(_is_right(each, case, names) for each in found)


def _is_answered(found: Sequence[About], case: Case, names: Names) -> bool:
    return any(_is_answer(each, case, names) for each in found)


def _is_partial(found: Sequence[About], case: Case, names: Names) -> bool:
    makes = keys(case["expect"]["make"])
    is_make = any(each.model is None and names[each.make, None] & makes for each in found)
    return is_make and not _is_answered(found, case, names)


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
