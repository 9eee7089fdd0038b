"""What to say of slugs that name nothing: the nearest that do, and whose model it is."""

from collections.abc import Sequence
from difflib import get_close_matches

from django.db.models import QuerySet, Value
from django.db.models.functions import Lower, Replace

from listings.models import Make, MakeAlias, Model, ModelAlias

COMPARED_MAX = 2_000  # slugs to look for a near one in
HINTS_MAX = 2  # looking costs: whoever sends many unknown slugs is not mistyping


def no_such(name: str, missing: Sequence[str], rows: QuerySet, makes: Sequence[str]) -> list[str]:
    """Return a message for each slug that none of `rows` has; `makes` are those asked for."""
    known = known_slugs(rows)
    return [
        _no_such(name, slug, known, makes)
        if number < HINTS_MAX
        else f"There is no {name} {slug!r}."
        for number, slug in enumerate(missing)
    ]


def known_slugs(rows: QuerySet) -> list[str]:
    """Return the slugs to look for a near one in."""
    return list(rows.values_list("slug", flat=True)[:COMPARED_MAX])


def slug_meant(name: str, slug: str, known: Sequence[str], makes: Sequence[str]) -> str | None:
    """Return the slug of the row that goes by this name as well, or else the nearest one."""
    meant = alias_of(name, slug, makes) or get_close_matches(slug, known, n=1)
    return meant[0] if meant else None


def _no_such(name: str, slug: str, known: Sequence[str], makes: Sequence[str]) -> str:
    if name == "model" and makes and (elsewhere := of_other_makes(slug, makes)):
        return elsewhere
    meant = slug_meant(name, slug, known, makes)
    hint = f" Did you mean {meant!r}?" if meant else ""
    return f"There is no {name} {slug!r}.{hint}"


def of_other_makes(slug: str, makes: Sequence[str]) -> str | None:
    """Return `Focus is a model of Ford, not of BMW.`, if that is so."""
    models = list(Model.objects.filter(slug=slug).select_related("make").order_by("make__name"))
    if not models:
        return None
    asked = Make.objects.filter(slug__in=makes).order_by("name").values_list("name", flat=True)
    theirs = _listed([model.make.name for model in models], "and")
    return f"{models[0].name} is a model of {theirs}, not of {_listed(list(asked), 'or')}."


def alias_of(name: str, slug: str, makes: Sequence[str]) -> list[str]:
    """Return the slug of the row that goes by another name written like this one: `vw`."""
    rows: QuerySet
    if name == "make":
        rows, path = MakeAlias.objects.all(), "make__slug"
    elif name == "model":
        rows, path = ModelAlias.objects.all(), "model__slug"
        rows = rows.filter(model__make__slug__in=makes) if makes else rows
    else:
        return []
    written = Replace(Lower("name"), Value(" "), Value("-"))
    return list(
        rows.annotate(written=written).filter(written=slug).values_list(path, flat=True)[:1]
    )


def _listed(names: list[str], last: str) -> str:
    """Return names as people list them; of many only the first three."""
    *others, end = names[:3]
    return f"{', '.join(others)} {last} {end}" if others else end
