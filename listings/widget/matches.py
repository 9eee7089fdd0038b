"""An article asks which cars it is about, and for their adverts."""

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from listings.language.article import GAZETTEER, Article, Match, PagePart, criteria_for, match
from listings.language.article.pages import read_page
from listings.widget.answer import BlockCardSerializer, public_cards, shown
from listings.widget.block import block
from marketplace.api.bodies import Body, StrictNumberField, StrictTextField
from marketplace.api.parsers import OrjsonParser, PlainJsonParser
from marketplace.api.throttling import RequestsPerMinute
from marketplace.api.views import StrictView
from marketplace.errors import DomainError
from marketplace.fetching import Limits, fetch

PAGE_LIMITS = Limits(
    bytes_max=2_000_000, seconds_max=5.0, content_types=("text/html",), accept="text/html"
)


def _spelled(part: PagePart) -> str:
    return part.name.lower()


class PageNotAllowed(DomainError):
    """The page is of a site that the marketplace does not fetch from."""

    code = "page_not_allowed"
    status = 403


class ArticleSerializer(Body):
    """What a page says; every member may be left out. `url` alone asks us to fetch the page."""

    title = StrictTextField(max_length=1_000, allow_blank=True, default="")
    headings = serializers.ListField(
        child=StrictTextField(max_length=1_000, allow_blank=True),
        max_length=200,
        default=list,
    )
    text = StrictTextField(
        allow_blank=True, default="", help_text="Paragraphs on lines of their own."
    )
    tags = serializers.ListField(
        child=StrictTextField(max_length=200, allow_blank=True), max_length=200, default=list
    )
    url = StrictTextField(
        max_length=2_000,
        allow_blank=True,
        default="",
        help_text="Where the page is. It is fetched where nothing else is sent, and only from "
        "sites that the marketplace allows.",
    )
    strictness = StrictNumberField(
        min_value=0,
        max_value=1,
        required=False,
        help_text="How likely a car must be the subject to be answered: the higher, the fewer "
        "answers and the fewer wrong ones. Without it, what the marketplace has chosen.",
    )


class EvidenceSerializer(serializers.Serializer):
    """Words that decided."""

    text = serializers.CharField(help_text="As they stand in the page.")
    part = serializers.ChoiceField(
        [_spelled(part) for part in PagePart if part is not PagePart.ASIDE],
        help_text="Where they stand.",
    )
    count = serializers.IntegerField(help_text="How often they stand there.")


class AboutSerializer(serializers.Serializer):
    """A car that the page is about."""

    make = serializers.SlugField()
    model = serializers.SlugField(
        allow_null=True, help_text="Null where the page is about the maker."
    )
    name = serializers.CharField(help_text="For people.")
    score = serializers.FloatField(help_text="From 0 to 1: how likely the page is about it.")
    words = EvidenceSerializer(many=True)


class MatchSerializer(serializers.Serializer):
    """What a page is about, the search for it, and adverts; empty where that is not certain."""

    models = AboutSerializer(many=True, help_text="Best first.")
    criteria = serializers.DictField(
        allow_null=True, help_text="The parameters of the search; null where nothing is certain."
    )
    adverts = BlockCardSerializer(many=True, help_text="As the block shows them.")


class ArticlesPerMinute(RequestsPerMinute):
    """A page asks once, and an answer costs more than a search."""

    policy = "editorial"


class MatchView(StrictView):
    """Tells which cars an article is about.

    Send it as JSON, also as `text/plain`, which a browser sends to another origin without asking.
    """

    http_method_names = ["post"]
    parser_classes = (OrjsonParser, PlainJsonParser)
    throttle_classes = (ArticlesPerMinute,)
    serializer_class = ArticleSerializer
    refusals = {"400": "BadArticle", "403": "PageNotAllowed"}

    @extend_schema(
        operation_id="matchArticle",
        summary="Find the cars of an article",
        tags=["widget"],
        responses={200: MatchSerializer},
    )
    def post(self, request: Request) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        matches = match(_article(given), given.get("strictness"))
        gazetteer = GAZETTEER.current()
        criteria = criteria_for(matches, gazetteer.catalogue)
        adverts = [] if criteria is None else public_cards(shown(block(criteria), request))
        return Response(
            {
                "models": [
                    _about(each, gazetteer.title(each.make, each.model)) for each in matches
                ],
                "criteria": criteria and criteria.as_parameters(),
                "adverts": adverts,
            }
        )


def _article(given: dict[str, Any]) -> Article:
    """Return the article sent, or that of the page whose address alone was sent."""
    is_sent = any(given[name] for name in ("title", "headings", "text", "tags"))
    if is_sent or not given["url"]:
        return Article(
            given["title"], tuple(given["headings"]), given["text"], tuple(given["tags"])
        )
    _refuse_foreign(given["url"])
    with fetch(given["url"], limits=PAGE_LIMITS) as page:
        _refuse_foreign(page.url)
        return read_page(page.body.read())


def _refuse_foreign(url: str) -> None:
    """Raise `PageNotAllowed` for a page of no site that `EDITORIAL_SITES` names."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        host = ""
    sites = cast("Sequence[str]", settings.EDITORIAL_SITES)
    if not any(host == site or host.endswith(f".{site}") for site in sites):
        raise PageNotAllowed("This marketplace does not read pages of that site: send the text.")


def _about(found: Match, name: str) -> dict[str, Any]:
    return {
        "make": found.make,
        "model": found.model,
        "name": name,
        "score": found.score,
        "words": [
            {"text": each.text, "part": _spelled(each.part), "count": each.count}
            for each in found.words
        ],
    }
