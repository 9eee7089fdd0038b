"""How the stock stands to the market, on the first page: by rating and age, and in pounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When

from dealers.panel.home_figures import HomeFigure, shown_count, stock_url
from dealers.panel.stock.filters import AGE_BANDS
from dealers.panel.stock.market_values import LOOKS, NOT_RATED
from listings.choices import PriceRating
from listings.models import conditions
from listings.pricing.value.outliers import with_market_values

_ROWS = (*((each.value, str(each.label)) for each in PriceRating), (NOT_RATED, "Not rated"))
_SHADES = 4
_LOOK_ICONS = {"check": "help", "dear": "trending_up", "cheap": "trending_down"}


@dataclass(frozen=True)
class AgeCell:
    """How many adverts have a rating and an age; `shade` is 0 for none to 4 for the most."""

    count: int
    shade: int
    url: str


@dataclass(frozen=True)
class AskingBesideValue:
    """What the live adverts that have a value ask, and are worth, in whole pounds."""

    cars: int
    asking: int
    worth: int

    @property
    def percent(self) -> float:
        return 100 * self.asking / self.worth

    @property
    def difference(self) -> int:
        return abs(self.asking - self.worth)

    @property
    def side(self) -> str:
        return "below" if self.asking < self.worth else "above"


@dataclass(frozen=True)
class MarketOverview:
    """Ratings by age as rows of a table, the sums, and which cars are worth a look."""

    ages: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[AgeCell]]]
    total: AskingBesideValue | None
    looks: Sequence[HomeFigure]


def market_overview(stock: QuerySet, now: datetime) -> MarketOverview:
    """Return how a dealer's live stock stands to the market, by two queries."""
    valued = with_market_values(stock)
    groups = list(_by_rating_and_age(valued, now))
    counts = {(rating or NOT_RATED, age): count for rating, age, count, *_ in groups}
    most = max(counts.values(), default=0)
    rows = [
        (code, name, [_cell(code, age, counts.get((code, age), 0), most) for age in AGE_BANDS])
        for code, name in _ROWS
    ]
    cars, asking, worth = (sum(group[place] or 0 for group in groups) for place in (3, 4, 5))
    total = AskingBesideValue(cars, asking, worth) if cars else None
    ages = [age if "-" in age else "90+" for age in AGE_BANDS]
    return MarketOverview(ages, rows, total, _looks(valued, now))


def _by_rating_and_age(valued: QuerySet, now: datetime) -> QuerySet:
    """Yield (label, band, adverts, adverts with price and value, sum of prices, of values)."""
    since = {age: now - timedelta(days=days) for age, (days, _) in AGE_BANDS.items()}
    bands = [
        When(published_at__lte=moment, then=Value(age)) for age, moment in reversed(since.items())
    ]
    both = Q(worth__isnull=False, price__isnull=False)
    found: QuerySet = (
        valued.filter(conditions.LIVE)
        .order_by()
        .annotate(age_band=Case(*bands, default=Value(next(iter(AGE_BANDS)))))
        .values_list("rating", "age_band")
        .annotate(
            adverts=Count("pk"),
            both=Count("pk", filter=both),
            asking=Sum("price", filter=both),
            value=Sum("worth", filter=both),
        )
    )
    return found


def _cell(rating: str, age: str, count: int, most: int) -> AgeCell:
    shade = -(-_SHADES * count // most) if count else 0
    return AgeCell(count, shade, stock_url(f"rating={rating}&age={age}"))


def _looks(valued: QuerySet, now: datetime) -> list[HomeFigure]:
    conditions_of = {name: condition(now) for name, (_, condition) in LOOKS.items()}
    counts = valued.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in conditions_of.items()}
    )
    return [
        HomeFigure(words, shown_count(counts[name]), _LOOK_ICONS[name], f"look={name}")
        for name, (words, _) in LOOKS.items()
        if counts[name]
    ]
