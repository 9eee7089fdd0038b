"""What an unknown name may have been meant for: "Did you mean Ford Focus?"."""

from collections.abc import Iterable

from listings.catalogue.names import Row, match_key
from listings.choices import Confirmation
from listings.language.spelling import Spelling
from listings.models import Make, Model

NAMES_MAX = 3
_CONFIRMED = Confirmation.CONFIRMED


def likely_models(*, make_name: str, model_name: str) -> list[Model]:
    """Return confirmed models that a make's and a model's name are slips of, the likeliest first.

    Nothing where only one of the two is like a name that is known.
    """
    makes = _like(make_name, Make.objects.filter(confirmation=_CONFIRMED))
    found: list[Model] = []
    for make in makes:
        known = Model.objects.filter(make=make, confirmation=_CONFIRMED).select_related("make")
        found += _like(model_name, known)
    return found[:NAMES_MAX]


def _like(name: str, rows: Iterable[Row]) -> list[Row]:
    by_key = {match_key(row.name): row for row in rows}
    key = match_key(name)
    if key in by_key:
        return [by_key[key]]
    return [by_key[each] for _, each in Spelling(by_key).near(key)]
