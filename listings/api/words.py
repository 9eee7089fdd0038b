"""A search in a buyer's words, as the API takes it and tells what it made of it."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from listings.api.parameters import FILTERS
from listings.catalogue.vocabulary import VOCABULARY
from listings.language.query import ParsedQuery, Phrase, merge, parse_query
from marketplace.api.parameters import Parameter

LENGTH_MAX = 200
WITH_A_WORD = r"^[^\x00-\x1F\x7F-\x9FA-Za-z0-9]*[A-Za-z0-9][^\x00-\x1F\x7F-\x9F]*$"
NO_FILTER = "Not used: adverts cannot be searched by this."


class FreeTextParameter(Parameter):
    def __init__(self, *, length_max: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.length_max = length_max

    def read(self, text: str) -> str:
        if len(text) > self.length_max:
            raise ValidationError(f"At most {self.length_max} characters.")
        if not re.fullmatch(WITH_A_WORD.strip("^$"), text):
            raise ValidationError("This holds no word, or control characters.")
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.length_max, "pattern": WITH_A_WORD}


WORDS: dict[str, forms.Field] = {
    "q": FreeTextParameter(
        length_max=LENGTH_MAX,
        also=("query", "search", "keywords"),
        description="What a buyer would say: `diesel automatic estate under 10k`. Other parameters "
        "win over it; `understood` tells what was made of each word.",
    )
}


@extend_schema_field(
    {
        "type": "array",
        "items": {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]},
    }
)
class ValuesField(serializers.ListField):
    """Values of whatever kind the parameter has."""


class PhraseSerializer(serializers.Serializer):
    """Words of `q` and the parameter they stand for."""

    words = serializers.CharField()
    field = serializers.CharField(
        allow_null=True,
        help_text="The query parameter; `text` where the title must hold the words; null where "
        "they ask for nothing.",
    )
    values = ValuesField()
    overridden = serializers.BooleanField(help_text="Another parameter took its place.")
    note = serializers.CharField(help_text="Why it was not used or matches nothing; or empty.")


def in_words(paging: dict[str, Any], explicit: Mapping[str, Any]) -> ParsedQuery | None:
    """Return the whole search where `q` is given; its order goes to `paging`, if that has none."""
    text = paging["q"]
    if text is None:
        return None
    read = parse_query(text, VOCABULARY.current(), year=timezone.now().year)
    whole = merge({**explicit, "ordering": paging["ordering"]}, read)
    paging["ordering"] = paging["ordering"] or list(whole.ordering)
    return whole


def phrases(understood: ParsedQuery | None) -> list[dict[str, object]] | None:
    if understood is None:
        return None
    return [
        {
            "words": phrase.words,
            "field": phrase.name,
            "values": list(phrase.values),
            "overridden": phrase.is_overridden,
            "note": phrase.note or _unused(phrase),
        }
        for phrase in understood.phrases
    ]


def _unused(phrase: Phrase) -> str:
    is_used = phrase.name is None or phrase.name == "ordering" or phrase.name in FILTERS
    return "" if is_used else NO_FILTER
