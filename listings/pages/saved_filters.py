"""The filters of a saved search in its own page's form: as they are, and as they are to be."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from listings.api.facets import counted
from listings.buyers.stored_criteria import criteria_of
from listings.pages.corrections import CorrectedSearch, corrected
from listings.pages.lenient_values import Correction
from listings.pages.search_form import CONTROLS, FACETS, form
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.engines import engine
from listings.search.ordering import DEFAULT_ORDERING as NEWEST
from listings.site.query_string import DEFAULT_ORDERING, ParsedSearch, read_search
from marketplace.errors import Invalid

BESIDE = {"action", "ordering"}
"""What the form sends that is no filter: what to do, and an order, which alerts have not."""


def stored_filters(stored: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Return the form of what a saved search asks now."""
    return filters_form(ParsedSearch(criteria_of(stored), DEFAULT_ORDERING, {}))


def filters_form(asked: ParsedSearch, corrections: Sequence[Correction] = ()) -> dict[str, Any]:
    """Return the form of a search; what is wrong stands beside its field."""
    shown = form(asked, _facets(asked.criteria), corrections)
    unseen = [each for each in corrections if each.text and each.name not in CONTROLS]
    return {**shown, "is_open": bool(corrections), "unseen": [each.text for each in unseen]}


def read_filters_form(posted: QueryDict) -> CorrectedSearch:
    """Return the search that a form asks, and what of it cannot be kept as it was typed."""
    query = QueryDict(mutable=True)
    for name, values in posted.lists():
        if name not in BESIDE and (given := [each for each in values if each.strip()]):
            query.setlist(name, given)
    try:
        return CorrectedSearch(read_search(query), ())
    except Invalid as refusal:
        return corrected(query, {}, refusal)


def _facets(criteria: Criteria) -> Mapping[str, Any]:
    question = SearchRequest(criteria, NEWEST, 1, is_counted=True, facets=FACETS)
    try:
        return counted(engine().search(question))["facets"] or {}
    except Invalid:  # what it names is not there any more
        return {}
