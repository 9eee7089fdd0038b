"""How the market of a model or a make stands: prices by week, supply, and how fast cars sell."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from listings.choices import Confirmation
from listings.models import Make, Model
from listings.pricing.value.dealer_floor import DEALERS_MIN
from listings.pricing.value.market import market_of_make, market_of_model
from listings.search.slug_hints import no_such
from marketplace.api.parameters import SlugParameter, refuse
from marketplace.api.views import PublicView
from marketplace.errors import Invalid

CACHE_CONTROL = "public, max-age=600"
FEW_SALES = "not_enough_sales"


class MarketWeekSerializer(serializers.Serializer):
    """A week of the market; null is what is not known or told."""

    week = serializers.DateField(help_text="Its Monday.")
    index = serializers.FloatField(
        allow_null=True, help_text="Asking prices of like cars; 100 in the first week that has one."
    )
    error = serializers.FloatField(allow_null=True, help_text="The standard error of `index`.")
    listed = serializers.IntegerField(allow_null=True, help_text="Adverts that were new.")
    sold = serializers.IntegerField(allow_null=True)
    live = serializers.IntegerField(
        allow_null=True, help_text="Adverts on sale when the week was last looked at."
    )


class DaysToSellSerializer(serializers.Serializer):
    """How long half of such cars take to be sold."""

    median = serializers.IntegerField(allow_null=True, help_text="Null: more than a year.")
    low = serializers.IntegerField(allow_null=True, help_text="90 % lie between this and `high`.")
    high = serializers.IntegerField(allow_null=True, help_text="Null: more than a year.")
    sales = serializers.IntegerField(help_text="How many it rests on, in half a year.")


class AskingPricesSerializer(serializers.Serializer):
    """Prices of the cars on sale, in whole pounds."""

    least = serializers.IntegerField()
    lower_quartile = serializers.IntegerField()
    median = serializers.IntegerField()
    upper_quartile = serializers.IntegerField()
    most = serializers.IntegerField()


class RatingSharesSerializer(serializers.Serializer):
    """The share of each price rating among the cars on sale that have one, from 0 to 1."""

    lower = serializers.FloatField()
    great = serializers.FloatField()
    good = serializers.FloatField()
    fair = serializers.FloatField()
    higher = serializers.FloatField()


class MarketSerializer(serializers.Serializer):
    """The market of a model, or of a make."""

    make = serializers.SlugField()
    model = serializers.SlugField(
        allow_null=True, help_text="Null: all models of the make together."
    )
    live = serializers.IntegerField(help_text="How many adverts buyers can see now.")
    asking_prices = AskingPricesSerializer(allow_null=True)
    ratings = RatingSharesSerializer(allow_null=True)
    days_to_sell = DaysToSellSerializer(allow_null=True)
    days_to_sell_reason = serializers.ChoiceField(
        choices=[FEW_SALES], allow_null=True, help_text="Why `days_to_sell` is null; else null."
    )
    weeks = MarketWeekSerializer(many=True, help_text="Oldest first, at most a year.")


class MarketView(PublicView):
    """How the market of a model, or of a make, stands.

    What rests on fewer than five dealers is null, so that no dealer can be read from it.
    """

    serializer_class = MarketSerializer
    parameters = {
        "make": SlugParameter(
            required=True, length_max=80, also=("brand",), description="The slug of the make."
        ),
        "model": SlugParameter(
            length_max=80,
            description="The slug of the model; without one, all models of the make together.",
        ),
    }

    @extend_schema(
        operation_id="showMarket",
        summary="Show the market of a model or a make",
        description="Asking prices by week, supply, days to sell and ratings. "
        f"What rests on fewer than {DEALERS_MIN} dealers is null, and so is what would tell so few "
        "once the models that are told are taken from their make.",
        tags=["catalogue"],
    )
    def get(self, request: Request) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        make, slug = _make(values["make"]), values.get("model")
        told = market_of_model(_model(make, slug).pk) if slug else market_of_make(make.pk)
        shown = {
            "make": values["make"],
            "model": slug,
            "live": told.live,
            "asking_prices": _prices(told.prices),
            "ratings": told.ratings,
            "days_to_sell": told.days_to_sell,
            "days_to_sell_reason": None if told.days_to_sell else FEW_SALES,
            "weeks": told.weeks,
        }
        answer = self.get_serializer(shown).data
        return Response(answer, headers={"Cache-Control": CACHE_CONTROL})


def _make(slug: str) -> Make:
    """Raises `Invalid`, saying what was meant."""
    makes = Make.objects.filter(confirmation=Confirmation.CONFIRMED)
    found = makes.filter(slug=slug).first()
    if found is None:
        fault = {"make": no_such("make", [slug], makes, [])}
        raise Invalid("Not accepted: make.", fields=fault)
    return found


def _model(make: Make, slug: str) -> Model:
    """Raises `Invalid`, saying what was meant."""
    every = Model.objects.filter(make=make)
    models = every.filter(confirmation=Confirmation.CONFIRMED)
    try:
        return models.get(slug=slug)
    except Model.DoesNotExist:
        is_pending = every.filter(slug=slug).exists()  # and so no model of another make is meant
        faults = no_such("model", [slug], models, [] if is_pending else [make.slug])
        raise Invalid("Not accepted: model.", fields={"model": faults}) from None


def _prices(prices: object) -> dict[str, int] | None:
    if not isinstance(prices, list):
        return None
    names = AskingPricesSerializer().fields
    return dict(zip(names, prices, strict=True))
