"""From what an article is about to the search for it."""

from collections.abc import Sequence

from listings.language.article.scoring import Match
from listings.language.derivative import Catalogue
from listings.search.criteria import Criteria


def criteria_for(matches: Sequence[Match], catalogue: Catalogue) -> Criteria | None:
    """Return the search for the subjects, or for the first where one search finds more than them.

    A search takes makes and models apart: for a Mazda 3 and a Polestar 2 it would find the
    Mazda 2 as well.
    """
    if not matches:
        return None
    subjects = {(each.make, each.model) for each in matches}
    makes, models = {make for make, _ in subjects}, {model for _, model in subjects if model}
    found = {
        (make.key, model.key)
        for make in catalogue.makes
        if make.key in makes
        for model in make.models
        if model.key in models
    }
    if models and found != subjects:
        first = matches[0]
        return Criteria(make=(first.make,), model=(first.model,) if first.model else ())
    return Criteria(make=tuple(sorted(makes)), model=tuple(sorted(models)))
