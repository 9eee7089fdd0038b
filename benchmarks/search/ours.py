"""The engines of the marketplace itself, and the plain way, as contenders."""

from typing import Any

from benchmarks.plain.search import AdvertFilterSet, facets
from benchmarks.search.questions import NINE, SIZE, Answer, Ask
from listings.models import Listing
from listings.search.criteria import FIELDS
from listings.search.engine import SearchEngine, SearchRequest, SearchResult
from listings.search.fields import NOT_STATED, Choice

SLOW = 30
SLOW_WORK = 30_000_000  # adverts that the slow ones may go through


def slow_asked(listings: int) -> int:
    """Return how many questions of each kind the slow ones have time for."""
    return max(3, min(SLOW, SLOW_WORK // listings))


class Ours:
    def __init__(self, name: str, engine: SearchEngine, asked: int) -> None:
        self.name = name
        self.asked = asked
        self._engine = engine

    def answer(self, ask: Ask) -> SearchResult:
        request = SearchRequest(ask.criteria, ("price",), SIZE, is_counted=True, facets=NINE)
        return self._engine.search(request)

    def read(self, raw: SearchResult) -> Answer:
        found = {
            name: {
                _number(name, each.value): each.count for each in counts if each.value != NOT_STATED
            }
            for name, counts in raw.facets.items()
        }
        return Answer(raw.count or 0, tuple(position.id for position in raw.positions), found)


class Plain:
    """What the plain view does, without HTTP."""

    name = "plain DRF way"

    def __init__(self, asked: int) -> None:
        self.asked = asked

    def answer(self, ask: Ask) -> Answer:
        filters = AdvertFilterSet(_query(ask.parameters), Listing.objects.public())
        rows = filters.qs
        facets(rows, NINE)
        ids = rows.order_by("price", "id").values_list("id", flat=True)[:SIZE]
        return Answer(rows.count(), tuple(ids))

    def read(self, raw: Answer) -> Answer:
        return raw


def _number(name: str, value: Any) -> int:
    definition = FIELDS[name]
    if isinstance(definition, Choice):
        return definition.choices.values.index(value) + 1
    return int(value)


def _query(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in parameters.items()
    }
