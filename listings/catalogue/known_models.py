"""Confirmed models by what people call them; nothing is ever added."""

from dataclasses import dataclass

from django.utils import timezone

from listings.catalogue.vocabulary import VOCABULARY
from listings.language.derivative import joined, read_title
from listings.language.query import parse_query
from listings.models import Make, Model


@dataclass(frozen=True)
class TitledModel:
    """A model, and the derivative that follows it in a title, as far as that is certain."""

    model: Model
    derivative: str


def known_make(name: str) -> Make | None:
    """Return the make that a name, alias or slug means."""
    catalogue = VOCABULARY.current().catalogue
    makes = {joined(each.key): each for each in catalogue.makes} | dict(catalogue.make_names)
    make = makes.get(joined(name))
    return Make.objects.filter(slug=make.key).first() if make else None


def known_model(*, make_name: str, model_name: str) -> Model | None:
    """Return the model that two names, aliases or slugs mean, with its make."""
    catalogue = VOCABULARY.current().catalogue
    makes = {joined(each.key): each for each in catalogue.makes} | dict(catalogue.make_names)
    make = makes.get(joined(make_name))
    if make is None:
        return None
    slugs = {joined(each.key): each.key for each in make.models} | dict(make.model_names)
    named, slug = catalogue.full_names.get(joined(model_name), (None, None))
    return _by_slugs(make.key, slugs.get(joined(model_name)) or (slug if named is make else None))


def model_of_title(text: str) -> TitledModel | None:
    """Return the model that a title begins with, or the only one that its words can mean."""
    vocabulary = VOCABULARY.current()
    title = read_title(text, vocabulary.catalogue)
    if model := _by_slugs(title.make, title.model):
        return TitledModel(model, title.derivative)
    said = parse_query(text, vocabulary, year=timezone.now().year).parameters
    model = _by_slugs(_only(said.get("make")), _only(said.get("model")))
    return TitledModel(model, "") if model else None


def _only(values: object) -> str | None:
    return str(values[0]) if isinstance(values, list) and len(values) == 1 else None


def _by_slugs(make: str | None, model: str | None) -> Model | None:
    if make is None or model is None:
        return None
    rows = Model.objects.select_related("make")
    return rows.filter(make__slug=make, slug=model).first()
