"""Makes and models that a text names, made to agree."""

from collections.abc import Sequence
from dataclasses import replace

from listings.language.derivative import joined
from listings.language.query.entity import Entity
from listings.language.query.phrases import UNASKED
from listings.language.query.vocabulary import Vocabulary
from listings.language.tokens import Token

_OTHER_MODELS = "Not used: a model of another make is named."
_SAID_TWICE = "Not used: it may be the model that is named."
_PRICE_MIN = 1_000
_FUELS = {"electric": "electric", "hybrid": "hybrid", "plug_in_hybrid": "hybrid"}


def reconcile_names(
    entities: Sequence[Entity], tokens: Sequence[Token], vocabulary: Vocabulary
) -> list[Entity]:
    """Return the entities with models narrowed to the makes named, and numbers settled.

    A number or badge by itself is a model only of a make that the text names, or where it names
    none. A make beside models of other makes cannot be asked for; its note says so.
    """
    makes = _makes(entities)
    fuels = {value for entity in entities if entity.field == "fuel" for value in entity.values}
    settled = [_number(entity, makes, tokens) for entity in entities]
    numbers = {_number_of(entity, tokens) for entity in settled if entity.models}
    settled = [_repeated(entity, numbers, tokens) for entity in settled]
    if len(makes) == 1 and not any(entity.models for entity in settled):
        settled = [_body(entity, min(makes), tokens, vocabulary) for entity in settled]
    settled = [_model(entity, makes, fuels, vocabulary) for entity in settled]
    wanted = {model.make for entity in settled for model in entity.models}
    return [_without_other_make(entity, wanted) for entity in settled]


def _makes(entities: Sequence[Entity]) -> set[str]:
    named = {str(value) for each in entities if each.field == "make" for value in each.values}
    return named | {
        model.make for each in entities if each.field == "model" for model in each.models
    }


def _number(entity: Entity, makes: set[str], tokens: Sequence[Token]) -> Entity:
    if entity.field not in ("number", "badge"):
        return entity
    if not makes or makes & {model.make for model in entity.models}:
        return replace(entity, field="model")
    if entity.field == "badge" or (value := int(tokens[entity.first].key)) < _PRICE_MIN:
        return replace(entity, field=None, models=(), note=UNASKED)  # "E Class 220d" is no BMW
    return replace(entity, field="price", models=(), high=value, is_unmarked=True)


def _number_of(entity: Entity, tokens: Sequence[Token]) -> str:
    """Return the word that an entity ends with: "2008" of "Peugeot 2008"."""
    return tokens[entity.last - 1].key


def _repeated(entity: Entity, numbers: set[str], tokens: Sequence[Token]) -> Entity:
    """A year that is the number of the model named beside it says no more: "2008 Peugeot 2008"."""
    is_one_word = entity.last - entity.first == 1
    if entity.field != "year" or not is_one_word or _number_of(entity, tokens) not in numbers:
        return entity
    return Entity(first=entity.first, last=entity.last, field=None, note=_SAID_TWICE)


def _body(entity: Entity, make: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> Entity:
    """A body that is also the name of a model of the one make is the model: "convertible MINI"."""
    if entity.field != "body_type" or entity.is_excluded:
        return entity
    key = joined(make + "".join(token.key for token in tokens[entity.first : entity.last]))
    models = vocabulary.models.get(key, ())
    return replace(entity, field="model", models=models) if models else entity


def _model(
    entity: Entity, makes: set[str], fuels: set[str | int | bool], vocabulary: Vocabulary
) -> Entity:
    if entity.field != "model":
        return entity
    owners = {model.make for model in entity.models}
    named = (makes & owners) or owners
    models = [model for model in entity.models if model.make in named]
    for fuel in sorted({kin for name, kin in _FUELS.items() if name in fuels}):
        for model in tuple(models):
            models += vocabulary.kin.get((model, fuel), ())
    unique = tuple(dict.fromkeys(models))
    slugs = tuple(sorted({model.slug for model in unique}))
    return replace(entity, models=unique, values=slugs)


def _without_other_make(entity: Entity, wanted: set[str]) -> Entity:
    if entity.field != "make" or not wanted or wanted & set(map(str, entity.values)):
        return entity
    return replace(entity, field=None, values=(), note=_OTHER_MODELS)
