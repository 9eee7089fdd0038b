"""Two entries of the catalogue that are one: everything moves to the one that stays."""

from django.db import transaction
from django.db.models import QuerySet

from listings.catalogue.merged_searches import MergedNames, follow_merge
from listings.catalogue.names import (
    MODEL_NAME_LENGTH,
    NameIndex,
    Row,
    free_slug,
    get_locked,
    lock_catalogue,
    make_index,
    match_key,
    model_index,
    without_make,
)
from listings.choices import Confirmation
from listings.models import AskingPrice, Listing, Make, MakeAlias, Model, ModelAlias
from marketplace.errors import Conflict


class MergeWithItself(Conflict):
    code = "merge_with_itself"

    def __init__(self) -> None:
        super().__init__("An entry of the catalogue cannot be merged with itself.")


@transaction.atomic
def merge_model(*, source_id: int, into_id: int) -> Model:
    """Move a model's adverts, whatever their status, and its names to another; remove it.

    Saved searches follow. Raises `MergeWithItself` or `NotInCatalogue`.
    """
    lock_catalogue()
    source, into = _both(Model.objects.select_related("make"), source_id, into_id)
    models = {source.slug: into.slug}
    names = MergedNames(source.make.slug, into.make.slug, models, is_whole=False)
    _merge_models(source, into, model_index(into.make_id))
    follow_merge(names)
    return into


@transaction.atomic
def merge_make(*, source_id: int, into_id: int) -> Make:
    """Move a make's models and names to another make and remove it; same-named models become one.

    A model's name may repeat that of either make ("Land Rover Discovery"). What staff confirmed on
    one side is confirmed, what waits for them still waits. Saved searches follow. Raises
    `MergeWithItself` or `NotInCatalogue`.
    """
    lock_catalogue()
    source, into = _both(Make.objects.all(), source_id, into_id)
    index = model_index(into.pk)
    names = MergedNames(source.slug, into.slug)
    own_names = _names_of(source) + _names_of(into)
    for model in source.models.order_by("id"):
        slug, twin_id = model.slug, _find_twin(model.name, index, own_names)
        if twin_id is None:
            _move_model(model, into, index)
            names.models[slug] = model.slug
        else:
            twin = Model.objects.get(pk=twin_id)
            _merge_models(model, twin, index)
            names.models[slug] = twin.slug
    source.aliases.update(make=into)
    name = source.name
    _keep_confirmed(source, into)
    source.delete()
    if name not in make_index():
        MakeAlias.objects.create(make=into, name=name)
    follow_merge(names)
    return into


def _names_of(make: Make) -> list[str]:
    return [make.name, *make.aliases.values_list("name", flat=True)]


def _find_twin(name: str, index: NameIndex, make_names: list[str]) -> int | None:
    """Return the model of this name, or of what is left of it after a name of the make."""
    found = index.find(name)
    return index.find(without_make(name, map(match_key, make_names))) if found is None else found


def _keep_confirmed(source: Row, into: Row) -> None:
    """Confirm what stays where staff had confirmed what goes."""
    if source.confirmation == Confirmation.CONFIRMED != into.confirmation:
        into.confirmation = Confirmation.CONFIRMED
        into.save(update_fields=["confirmation"])


def _both(rows: QuerySet[Row], source_id: int, into_id: int) -> tuple[Row, Row]:
    """Return both rows locked in primary-key order."""
    if source_id == into_id:
        raise MergeWithItself
    locked = {row_id: get_locked(rows, row_id) for row_id in sorted((source_id, into_id))}
    return locked[source_id], locked[into_id]


def _merge_models(source: Model, into: Model, index: NameIndex) -> None:
    Listing.objects.filter(model=source).update(model=into, make=into.make)
    AskingPrice.objects.filter(model=source).update(model=into)
    for name in (source.name, *source.aliases.values_list("name", flat=True)):
        if index.find(name) in (None, source.pk):
            ModelAlias.objects.create(model=into, name=name)
            index.add(name, into.pk)
    _keep_confirmed(source, into)
    source.delete()


def _move_model(model: Model, into: Make, index: NameIndex) -> None:
    """Change a model's make; its adverts follow through the foreign key over both columns."""
    slugs = set(into.models.values_list("slug", flat=True))
    if model.slug in slugs:
        model.slug = free_slug(model.name, slugs, MODEL_NAME_LENGTH)
    model.make = into
    model.save(update_fields=["make", "slug"])
    index.add(model.name, model.pk)
    for alias in model.aliases.all():
        if alias.name in index:
            alias.delete()
        else:
            index.add(alias.name, model.pk)
