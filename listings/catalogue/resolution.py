"""From the names a feed or a form brings to rows of the catalogue."""

from typing import NamedTuple

from django.db import transaction

from listings.catalogue.names import (
    MAKE_NAME_LENGTH,
    MODEL_NAME_LENGTH,
    free_slug,
    lock_catalogue,
    make_index,
    match_key,
    model_index,
    tidy,
)
from listings.choices import Confirmation
from listings.models import Make, MakeAlias, Model


class Resolved(NamedTuple):
    make: Make
    model: Model


@transaction.atomic
def resolve(*, make_name: str, model_name: str) -> Resolved:
    """Return the make and model that two names mean; an unknown name becomes a pending row.

    A model's name may repeat the make's ("Land Rover Discovery"). Raises `Invalid` for a name
    that is empty or too long.
    """
    make_name = tidy(make_name, "make", MAKE_NAME_LENGTH)
    model_name = tidy(model_name, "model", MODEL_NAME_LENGTH)
    make = _find_make(make_name)
    model = _find_model(make, model_name) if make else None
    if make is None or model is None:
        lock_catalogue()
        make = _find_make(make_name) or _add_pending_make(make_name)
        model = _find_model(make, model_name) or _add_pending_model(make, model_name)
    return Resolved(make, model)


def _find_make(name: str) -> Make | None:
    make_id = make_index().find(name)
    return None if make_id is None else Make.objects.filter(pk=make_id).first()


def _find_model(make: Make, name: str) -> Model | None:
    index = model_index(make.pk)
    model_id = index.find(name)
    if model_id is None:
        model_id = index.find(_without_make(make, name))
    return None if model_id is None else Model.objects.filter(pk=model_id).first()


def _without_make(make: Make, model_name: str) -> str:
    """Return what follows the make's name, or the longest of its aliases, in a model's name."""
    aliases = MakeAlias.objects.filter(make=make).values_list("name", flat=True)
    key = match_key(model_name)
    prefixes = sorted((match_key(name) for name in (make.name, *aliases)), key=len, reverse=True)
    return next((key.removeprefix(start) for start in prefixes if key.startswith(start)), key)


def _add_pending_make(name: str) -> Make:
    slugs = set(Make.objects.values_list("slug", flat=True))
    return Make.objects.create(
        name=name,
        slug=free_slug(name, slugs, MAKE_NAME_LENGTH),
        confirmation=Confirmation.PENDING,
    )


def _add_pending_model(make: Make, name: str) -> Model:
    slugs = set(make.models.values_list("slug", flat=True))
    return Model.objects.create(
        make=make,
        name=name,
        slug=free_slug(name, slugs, MODEL_NAME_LENGTH),
        confirmation=Confirmation.PENDING,
    )
