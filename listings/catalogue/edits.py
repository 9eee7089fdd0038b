"""What staff do to one entry of the catalogue: confirm it, rename it, give it another name.

An entry keeps its address (slug) when it is renamed, and its old name stays as an alias, so that
links and feeds that use it still find it.
"""

from django.db import transaction

from listings.catalogue.names import (
    MAKE_NAME_LENGTH,
    MODEL_NAME_LENGTH,
    get_locked,
    lock_catalogue,
    make_index,
    match_key,
    model_index,
    tidy,
)
from listings.choices import Confirmation
from listings.models import Make, MakeAlias, Model, ModelAlias


@transaction.atomic
def confirm_make(*, make_id: int) -> Make:
    """Say that a name a feed brought in is a real make; raises `NotInCatalogue`."""
    make = get_locked(Make.objects.all(), make_id)
    make.confirmation = Confirmation.CONFIRMED
    make.save(update_fields=["confirmation"])
    return make


@transaction.atomic
def confirm_model(*, model_id: int) -> Model:
    """Say that a name a feed brought in is a real model; raises `NotInCatalogue`."""
    model = get_locked(Model.objects.all(), model_id)
    model.confirmation = Confirmation.CONFIRMED
    model.save(update_fields=["confirmation"])
    return model


@transaction.atomic
def rename_make(*, make_id: int, name: str) -> Make:
    """Give a make another name; raises `NotInCatalogue`, `Invalid` or `NameTaken`."""
    name = tidy(name, "name", MAKE_NAME_LENGTH)
    lock_catalogue()
    make = get_locked(Make.objects.all(), make_id)
    make_index().refuse_taken(name, by_other_than=make.pk)
    old_name, make.name = make.name, name
    make.save(update_fields=["name"])
    _drop_make_aliases(make, name)
    if match_key(old_name) != match_key(name):
        MakeAlias.objects.create(make=make, name=old_name)
    return make


@transaction.atomic
def rename_model(*, model_id: int, name: str) -> Model:
    """Give a model another name; raises `NotInCatalogue`, `Invalid` or `NameTaken`."""
    name = tidy(name, "name", MODEL_NAME_LENGTH)
    lock_catalogue()
    model = get_locked(Model.objects.all(), model_id)
    model_index(model.make_id).refuse_taken(name, by_other_than=model.pk)
    old_name, model.name = model.name, name
    model.save(update_fields=["name"])
    _drop_model_aliases(model, name)
    if match_key(old_name) != match_key(name):
        ModelAlias.objects.create(model=model, name=old_name)
    return model


@transaction.atomic
def add_make_alias(*, make_id: int, name: str) -> Make:
    """Let another name mean a make, once; raises `NotInCatalogue`, `Invalid` or `NameTaken`."""
    name = tidy(name, "name", MAKE_NAME_LENGTH)
    lock_catalogue()
    make = get_locked(Make.objects.all(), make_id)
    index = make_index()
    index.refuse_taken(name, by_other_than=make.pk)
    if name not in index:
        MakeAlias.objects.create(make=make, name=name)
    return make


@transaction.atomic
def add_model_alias(*, model_id: int, name: str) -> Model:
    """Let another name mean a model, once; raises `NotInCatalogue`, `Invalid` or `NameTaken`."""
    name = tidy(name, "name", MODEL_NAME_LENGTH)
    lock_catalogue()
    model = get_locked(Model.objects.all(), model_id)
    index = model_index(model.make_id)
    index.refuse_taken(name, by_other_than=model.pk)
    if name not in index:
        ModelAlias.objects.create(model=model, name=name)
    return model


def _drop_make_aliases(make: Make, name: str) -> None:
    """Remove the aliases that say no more than the name does."""
    same = [alias.pk for alias in make.aliases.all() if match_key(alias.name) == match_key(name)]
    MakeAlias.objects.filter(pk__in=same).delete()


def _drop_model_aliases(model: Model, name: str) -> None:
    """Remove the aliases that say no more than the name does."""
    same = [alias.pk for alias in model.aliases.all() if match_key(alias.name) == match_key(name)]
    ModelAlias.objects.filter(pk__in=same).delete()
