"""Makes and models that a text names, made to agree."""

from collections.abc import Sequence
from dataclasses import replace

from listings.language.query.entity import Finding
from listings.language.query.tokens import Token
from listings.language.query.vocabulary import NamedModel, Vocabulary, joined

_OTHER_MODELS = "Not used: a model of another make is named."
_PRICE_MIN = 1_000
_FUELS = {"electric": "electric", "hybrid": "hybrid", "plug_in_hybrid": "hybrid"}


def settle_names(
    findings: Sequence[Finding], tokens: Sequence[Token], vocabulary: Vocabulary
) -> list[Finding]:
    """Return the findings with models narrowed to the makes named, and numbers settled.

    A number by itself is a model only of a make that the text names, or where it names none. A
    make beside models of other makes cannot be asked for; its note says so.
    """
    makes = _makes(findings)
    fuels = {value for finding in findings if finding.field == "fuel" for value in finding.values}
    settled = [_number(finding, makes, tokens) for finding in findings]
    if len(makes) == 1 and not any(finding.models for finding in settled):
        settled = [_body(finding, min(makes), tokens, vocabulary) for finding in settled]
    settled = [_model(finding, makes, fuels, vocabulary) for finding in settled]
    wanted = {model.make for finding in settled for model in finding.models}
    return [_without_other_make(finding, wanted) for finding in settled]


def _makes(findings: Sequence[Finding]) -> set[str]:
    makes = {
        str(value) for finding in findings if finding.field == "make" for value in finding.values
    }
    for finding in findings:
        if finding.field == "model":
            makes |= {model.make for model in finding.models}
    return makes


def _number(finding: Finding, makes: set[str], tokens: Sequence[Token]) -> Finding:
    if finding.field != "number":
        return finding
    if not makes or makes & {model.make for model in finding.models}:
        return replace(finding, field="model")
    number = int(tokens[finding.first].text)
    if number >= _PRICE_MIN:
        return replace(finding, field="price", models=(), high=number, is_unmarked=True)
    return replace(finding, field="text", models=(), values=(str(number),))


def _body(finding: Finding, make: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> Finding:
    """A body that is also the name of a model of the one make is the model: "convertible MINI"."""
    if finding.field != "body_type" or finding.is_excluded:
        return finding
    key = joined(make + "".join(token.text for token in tokens[finding.first : finding.last]))
    models = vocabulary.models.get(key, ())
    return replace(finding, field="model", models=models) if models else finding


def _model(
    finding: Finding, makes: set[str], fuels: set[str | int | bool], vocabulary: Vocabulary
) -> Finding:
    if finding.field != "model":
        return finding
    owners = {model.make for model in finding.models}
    named = (makes & owners) or owners
    models = [model for model in finding.models if model.make in named]
    for fuel in sorted({kin for name, kin in _FUELS.items() if name in fuels}):
        for model in tuple(models):
            models += vocabulary.kin.get((model, fuel), ())
    unique = tuple(dict.fromkeys(models))
    return replace(finding, models=unique, values=_slugs(unique))


def _slugs(models: Sequence[NamedModel]) -> tuple[str, ...]:
    return tuple(sorted({model.slug for model in models}))


def _without_other_make(finding: Finding, wanted: set[str]) -> Finding:
    if finding.field != "make" or not wanted or wanted & set(map(str, finding.values)):
        return finding
    return replace(finding, field=None, values=(), note=_OTHER_MODELS)
