"""Completing what a buyer types."""

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from listings.search.suggest import suggest
from listings.search.suggest.suggestions import SearchSuggestion, SuggestionKind
from marketplace.api.parameters import IntegerParameter, Parameter, Schema, refuse
from marketplace.api.views import PublicView

LIMIT_DEFAULT, LIMIT_MAX = 10, 25
TEXT_LENGTH_MAX = 60
CACHE_CONTROL = "public, max-age=30"
KINDS = [kind.name.lower() for kind in SuggestionKind]


class TypedTextParameter(Parameter):
    """What somebody has typed so far."""

    def read(self, text: str) -> str:
        if len(text) > TEXT_LENGTH_MAX:
            raise ValidationError(f"At most {TEXT_LENGTH_MAX} characters.")
        return text

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": TEXT_LENGTH_MAX}


class SuggestedParametersSerializer(serializers.Serializer):
    """Parameters of the search."""

    make = serializers.SlugField()
    model = serializers.SlugField(required=False)
    q = serializers.CharField(required=False)


class SuggestionSerializer(serializers.Serializer):
    """Something to search for."""

    kind = serializers.SerializerMethodField()
    text = serializers.CharField(help_text="For people.")
    parameters = serializers.SerializerMethodField(help_text="What to give to the search.")
    count = serializers.IntegerField(help_text="How many adverts buyers can see.")

    @extend_schema_field({"type": "string", "enum": KINDS})
    def get_kind(self, suggestion: SearchSuggestion) -> str:
        return suggestion.kind.name.lower()

    @extend_schema_field(SuggestedParametersSerializer)
    def get_parameters(self, suggestion: SearchSuggestion) -> dict[str, str]:
        asked: dict[str, Any] = {
            "make": suggestion.make,
            "model": suggestion.model,
            "q": suggestion.phrase,
        }
        return {name: value for name, value in asked.items() if value is not None}


class SuggestionsSerializer(serializers.Serializer):
    """What the text may mean."""

    results = SuggestionSerializer(many=True, help_text="Best first.")


class SuggestView(PublicView):
    """Makes, models and derivatives that a text may begin.

    Slips are forgiven where nothing fits as it stands, and a trim that nobody sells leads to its
    model.
    """

    serializer_class = SuggestionsSerializer
    parameters = {
        "q": TypedTextParameter(
            required=True, also=("query", "text"), description="What has been typed so far."
        ),
        "limit": IntegerParameter(
            low=1,
            high=LIMIT_MAX,
            default=LIMIT_DEFAULT,
            also=("page_size", "size", "count"),
            description=f"How many at most; {LIMIT_DEFAULT} unless told otherwise.",
        ),
    }

    @extend_schema(operation_id="suggest", summary="Complete a name", tags=["catalogue"])
    def get(self, request: Request) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        found = suggest(values["q"], limit=values["limit"])
        answer = self.get_serializer({"results": found}).data
        return Response(answer, headers={"Cache-Control": CACHE_CONTROL})
