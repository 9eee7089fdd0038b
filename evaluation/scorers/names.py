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
        told += f", not {case['expect_first']}"
        first.add(is_one=called.is_right(case, shown[:1], called.firsts(case)), case=told)
        anywhere = frozenset(map(called.key, case["any_of_first_five"]))
        in_five.add(is_one=called.is_right(case, shown, called.firsts(case) | anywhere), case=told)
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
        if case["expect_first"] is None:
            return frozenset()
        expected = self.key(case["expect_first"])
        others = frozenset(map(self.key, case["any_of_first_five"]))
        if expected in self._models or len(others) == 1 or expected not in others:
            return frozenset({expected})
        of_trim = [model for model in self._models if expected.startswith(model)]
        return frozenset({expected, max(of_trim, key=len)}) if of_trim else others

    def is_right(self, case: Case, shown: Sequence[str], wanted: frozenset[str]) -> bool:
        if case["expect_first"] is None:
            return not shown
        return any(self._is_one_of(wanted, each, key(case["typed"])) for each in shown)

    def _is_one_of(self, wanted: frozenset[str], shown: str, typed: str) -> bool:
        """Whether a suggestion is wanted: as it is, with more of a trim, or a model as typed."""
        longer = {each for each in wanted - self._models if shown.startswith(each)}
        rests = {shown.removeprefix(each) for each in wanted & self._models}
        is_typed = any(rest != shown and typed.endswith(rest) for rest in rests)
        return shown in wanted or bool(longer) or is_typed
