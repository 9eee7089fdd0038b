"""The catalogue in the shape in which titles are read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from listings.catalogue.names import match_key
from listings.choices import Confirmation
from listings.language.derivative import Catalogue, CatalogueMake, CatalogueModel
from listings.models import Make, MakeAlias, Model, ModelAlias


def known_names() -> Catalogue:
    """Return every confirmed make and model with its aliases; the keys are the slugs.

    An alias of a make that is also a model of it (Range Rover) is left to the model.
    """
    make_aliases = _grouped(MakeAlias.objects.values_list("make_id", "name"))
    model_aliases = _grouped(ModelAlias.objects.values_list("model_id", "name"))
    models: dict[int, list[CatalogueModel]] = defaultdict(list)
    for row in Model.objects.filter(confirmation=Confirmation.CONFIRMED):
        names = (row.name, *model_aliases.get(row.pk, ()))
        models[row.make_id].append(CatalogueModel(row.slug, names))
    return Catalogue(
        tuple(
            CatalogueMake(
                make.slug,
                (make.name, *_without(models[make.pk], make_aliases.get(make.pk, ()))),
                tuple(models[make.pk]),
            )
            for make in Make.objects.filter(confirmation=Confirmation.CONFIRMED)
        )
    )


def _grouped(pairs: Iterable[tuple[int, str]]) -> Mapping[int, list[str]]:
    grouped: dict[int, list[str]] = {}
    for key, name in pairs:
        grouped.setdefault(key, []).append(name)
    return grouped


def _without(models: Iterable[CatalogueModel], aliases: Iterable[str]) -> list[str]:
    taken = {match_key(name) for model in models for name in model.names}
    return [alias for alias in aliases if match_key(alias) not in taken]
