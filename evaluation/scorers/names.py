"""Names as they are typed: the first suggestion, and the first five."""

from collections.abc import Sequence

from evaluation.figures import Tally
from evaluation.labelled_sets import Case
from evaluation.spellings import key
from listings.language.derivative import Catalogue
from listings.search.suggest import suggest

FIRST_MIN, IN_FIVE_MIN = 0.97, 0.99


def score(cases: Sequence[Case], catalogue: Catalogue) -> Tally:
    """Score what is suggested for `typed`; an `expect_first` of null asks for nothing.

    Of a model with a trim, the model's own entry is as right, and so is a longer trim. A badge that
    the catalogue does not have as a model may lead to any of `any_of_first_five`.
    """
    tally = Tally()
    first = tally.share("first", FIRST_MIN)
    in_five = tally.share("in the first five", IN_FIVE_MIN)
    called = _Names(catalogue)
    for case in cases:
        found = suggest(case["typed"], limit=5)
        shown = [called.key(each.text) for each in found]
        told = f"{case['id']} {case['typed']}: {[each.text for each in found]}"
        if case["expect_first"] is None:
            first.add(is_one=not found, case=told)
            in_five.add(is_one=not found, case=told)
            continue
        told = f"{told}, not {case['expect_first']}"
        wanted = called.firsts(case)
        is_first = any(called.is_one_of(wanted, each, case) for each in shown[:1])
        first.add(is_one=is_first, case=told)
        anywhere = wanted.union(map(called.key, case["any_of_first_five"]))
        is_in_five = any(called.is_one_of(anywhere, each, case) for each in shown)
        in_five.add(is_one=is_in_five, case=told)
    return tally


class _Names:
    """The catalogue's models by make and name, a make that begins its model's name said once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._makes = [key(make.names[0]) for make in catalogue.makes]
        self._models = frozenset(
            self.key(f"{make.names[0]} {model.names[0]}")
            for make in catalogue.makes
            for model in make.models
        )

    def key(self, name: str) -> str:
        joined = key(name)
        doubled = (make for make in self._makes if joined.startswith(make + make))
        return joined.removeprefix(next(doubled, ""))

    def firsts(self, case: Case) -> frozenset[str]:
        """Return what may stand first."""
        expected = self.key(case["expect_first"])
        others = frozenset(map(self.key, case["any_of_first_five"]))
        if expected in self._models or len(others) == 1 or expected not in others:
            return frozenset({expected})
        of_trim = [model for model in self._models if expected.startswith(model)]
        return frozenset({expected, max(of_trim, key=len)}) if of_trim else others

    def is_one_of(self, wanted: frozenset[str], shown: str, case: Case) -> bool:
        """Whether a suggestion is wanted: as it is, with more of a trim, or a model as typed."""
        if shown in wanted:
            return True
        longer = {each for each in wanted - self._models if shown.startswith(each)}
        typed = key(case["typed"])
        rests = {shown.removeprefix(each) for each in wanted & self._models}
        return bool(longer) or any(rest != shown and typed.endswith(rest) for rest in rests)
