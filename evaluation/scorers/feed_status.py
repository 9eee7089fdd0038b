"""Whether a car is on sale, as a cell of its own says: a guess never publishes."""

from collections.abc import Sequence

from dealers.feeds.cells import StagedCar
from dealers.feeds.columns import suggest
from evaluation.figures import Tally
from evaluation.labelled_sets import Case
from evaluation.scorers.feed_cells import read_row

STATUS = "availability"
OTHER_COLUMNS = "traps_other_columns"
ON_SALE, UNKNOWN = "on_sale", "unknown"
UNMAPPED = "not read"
_STATES = {"available": ON_SALE, "off_sale": "not_on_sale"}


def score(cases: Sequence[Case]) -> Tally:
    """Score the state that is read: `expect`, or one of `tolerated`.

    A column that says nothing of it must not be mapped to it. A column that nothing maps stops no
    sale.
    """
    tally = Tally()
    right = tally.share("state as meant")
    published = tally.share("put on sale on a guess", is_of_faults=True)
    for case in cases:
        state = _state_in(case)
        said = f"{case['id']} {case['header']}: {case['cell']!r} is {state}, not {case['expect']}"
        if case["kind"] == OTHER_COLUMNS:
            right.add(is_one=state == UNMAPPED, case=said)
            continue
        wanted = {case["expect"], *case.get("tolerated", ())}
        effect = ON_SALE if state == UNMAPPED else state
        right.add(is_one=effect in wanted, case=said)
        if ON_SALE not in wanted:
            published.add(is_one=effect == ON_SALE, case=said)
    return tally


def _state_in(case: Case) -> str:
    cells = {case["header"]: case["cell"]}
    source = suggest(list(cells), [cells]).fields.get(STATUS)
    return UNMAPPED if source is None else state_of(read_row({STATUS: source}, cells))


def state_of(car: StagedCar) -> str:
    """Return what a row says of the sale, in the words of the labels; nothing stops no sale."""
    if car.availability is not None:
        return _STATES.get(car.availability, car.availability)
    is_odd = any(each.field == STATUS for each in (*car.errors, *car.warnings))
    return UNKNOWN if is_odd else ON_SALE
