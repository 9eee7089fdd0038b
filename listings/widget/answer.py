"""What a block says, ready to be shown: by the component, in a fragment, in a frame."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Self

from django import forms
from django.http import HttpRequest, QueryDict
from rest_framework import serializers
from rest_framework.request import Request

from listings.api.cards import rendered_cards
from listings.api.parameters import SORT_NAMES
from listings.api.photos import PhotoSerializer
from listings.api.serializers import NameSerializer
from listings.buyers.audience import Place, count_seen
from listings.choices import Fuel, Transmission
from listings.search.ordering import ORDERING_VALUES
from listings.site import labels, linked_data
from listings.site.addresses import advert_address, results_path
from listings.site.pictures import srcset_of_card
from listings.site.price_scale import ShownRating
from listings.site.query_string import DEFAULT_ORDERING, ParsedSearch, read_search
from listings.widget.block import LIMIT_DEFAULT, LIMIT_MAX, BlockResult, block
from listings.widget.typical import TYPICAL
from marketplace.api.parameters import (
    BooleanParameter,
    ChoiceParameter,
    IntegerParameter,
    ListParameter,
)

HEADING, VIEW_DETAILS, VIEW_ALL = "Used cars for sale", "View details", "View all used car deals"
INNER = ("card", "srcset", "shown_rating")  # what templates need beside the members of an answer
STEPS = ("model", "make", "similar")
RATING: dict[str, forms.Field] = {
    "rating": BooleanParameter(
        default=True,
        description="`false`: do not say how prices stand to what similar cars ask.",
    )
}

LIMIT: dict[str, forms.Field] = {
    "limit": IntegerParameter(
        low=1,
        high=LIMIT_MAX,
        default=LIMIT_DEFAULT,
        description=f"How many adverts at most; {LIMIT_DEFAULT} unless told otherwise.",
    )
}


ORDERING: dict[str, forms.Field] = {
    "ordering": ListParameter(
        item=ChoiceParameter(values=(*ORDERING_VALUES, TYPICAL)),
        count_max=len(ORDERING_VALUES) + 1,
        also=SORT_NAMES,
        description="As that of `listListings`; cheapest first unless told otherwise. "
        f"`{TYPICAL}`, alone: near the middle of price and year of what is found first.",
    )
}


class BlockRatingSerializer(serializers.Serializer):
    """How a price stands to what similar cars ask, in words."""

    label = serializers.CharField(  # type: ignore[assignment]  # DRF takes it off the class
        help_text="Such as “Great price”."
    )
    text = serializers.CharField(help_text="Such as “£450 below similar cars”.")


class BlockCardSerializer(serializers.Serializer):
    """An advert as the block shows it."""

    id = serializers.IntegerField()
    url = serializers.URLField(help_text="Where “View details” leads.")
    title = serializers.CharField()
    make = NameSerializer()
    model = NameSerializer()
    year = serializers.IntegerField()
    price = serializers.IntegerField(
        allow_null=True, help_text="Whole pounds; null: on application."
    )
    mileage = serializers.IntegerField(help_text="Miles.")
    fuel = serializers.ChoiceField(Fuel.choices, allow_null=True)
    transmission = serializers.ChoiceField(Transmission.choices, allow_null=True)
    doors = serializers.IntegerField(allow_null=True)
    price_text = serializers.CharField(help_text="The price in words.")
    was_text = serializers.CharField(
        allow_null=True, help_text="The price before, where it is reduced."
    )
    facts = serializers.ListField(
        child=serializers.CharField(),
        help_text="Year, mileage, fuel, transmission and doors in words, as far as they are known.",
    )
    photo = PhotoSerializer(allow_null=True)
    dealer = serializers.CharField()
    town = serializers.CharField(allow_blank=True)
    reserved = serializers.BooleanField()
    rating = BlockRatingSerializer(allow_null=True, help_text="Null where the price is not rated.")
    widened = serializers.CharField(
        allow_null=True, help_text="In words, where the advert is not what was asked for but near."
    )


class WidenedSerializer(serializers.Serializer):
    """Where a block goes beyond what was asked for, as there are too few of that."""

    start = serializers.IntegerField(help_text="The place of the first such advert, from 0.")
    to = serializers.ChoiceField(STEPS, help_text="What is still the same.")
    text = serializers.CharField()


class BlockSerializer(serializers.Serializer):
    """A block: adverts in their order, and where to go on."""

    heading = serializers.CharField()
    note = serializers.CharField(allow_blank=True, help_text="What the reader should know of them.")
    adverts = BlockCardSerializer(many=True)
    widened = WidenedSerializer(many=True)
    all_url = serializers.URLField(help_text="Where “View all used car deals” leads.")


@dataclasses.dataclass(frozen=True)
class BlockRequest:
    """The question of a block; the same with or without what is only about its looks."""

    asked: ParsedSearch
    limit: int

    @classmethod
    def read(cls, query: QueryDict, others: Mapping[str, forms.Field] | None = None) -> Self:
        """Raises `Invalid` as `read_search` does."""
        asked = read_search(query, {**LIMIT, **(others or {})}, ORDERING)
        if TYPICAL in asked.ordering:
            asked = dataclasses.replace(asked, ordering=(TYPICAL,))
        return cls(asked, asked.others["limit"] or LIMIT_DEFAULT)

    def answer(self, request: Request | HttpRequest) -> dict[str, Any] | None:
        """Return the members of `BlockSerializer`; None where there is nothing to show."""
        asked = self.asked
        found = block(asked.criteria, limit=self.limit, ordering=asked.ordering)
        cards = shown(found, request)
        if not cards:
            return None
        count_seen(request, Place.BLOCK, found.result.ids)
        return {
            "heading": HEADING,
            "note": _note(found, asked.ordering),
            "adverts": cards,
            "widened": [dataclasses.asdict(each) for each in found.widened],
            "all_url": request.build_absolute_uri(results_path(self._all().search())),
        }

    def _all(self) -> ParsedSearch:
        """Return the search for all results, of whose pages none has this order."""
        if self.asked.ordering != (TYPICAL,):
            return self.asked
        return dataclasses.replace(self.asked, ordering=DEFAULT_ORDERING)


def shown(found: BlockResult, request: Any) -> list[dict[str, Any]]:
    """Return the adverts of a block, with what templates need beside."""
    texts = {
        position.id: step.text
        for step in found.widened
        for position in found.result.positions[step.start :]
    }
    return [
        shown_card(card, request, texts.get(card["id"]))
        for card in rendered_cards(found.result, request)
    ]


def linked(answer: Mapping[str, Any]) -> str:
    """Return a block's linked data, as a `<script>`."""
    pairs = [(card["card"], card["url"]) for card in answer["adverts"]]
    return linked_data.script(linked_data.of_cards(pairs))


def public(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that go over the wire."""
    return {**answer, "adverts": public_cards(answer["adverts"])}


def public_cards(cards: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the cards as `BlockCardSerializer` describes them."""
    return [{k: v for k, v in card.items() if k not in INNER} for card in cards]


def shown_card(card: Mapping[str, Any], request: Any, widened: str | None) -> dict[str, Any]:
    """Return an advert as the block shows it; `widened` tells what it is near to."""
    before = card["previous_price"]
    rating = ShownRating.of(card["price_rating"], card["price"])
    same = ("id", "title", "make", "model", "year", "price", "mileage", "fuel", "transmission")
    return {
        **{name: card[name] for name in same},
        "doors": card["doors"],
        "url": advert_address(request, card["id"], card["title"]),
        "price_text": labels.pounds(card["price"]),
        "was_text": None if before is None else labels.pounds(before),
        "facts": labels.facts(card),
        "photo": card["photo"],
        "dealer": card["dealer"]["name"],
        "town": card["town"],
        "reserved": card["reserved"],
        "rating": rating and rating.told(),
        "widened": widened,
        "srcset": srcset_of_card(card["photo"]),
        "shown_rating": rating,
        "card": card,
    }


_ORDERS: Mapping[tuple[str, ...], str] = {
    DEFAULT_ORDERING: "Cheapest first.",
    (TYPICAL,): "Typical price and age first.",
}


def _note(found: BlockResult, ordering: tuple[str, ...]) -> str:
    if not found.widened:
        return _ORDERS.get(ordering, "")
    exact = found.widened[0].start
    if exact == 0:
        return "None like this just now: these come near."
    return f"{exact} like this just now, then what comes near."
