"""How a dealer's cars sell beside those of the whole marketplace, by kind of car."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from dealers.panel.charts import BarPair, bars, pairs
from dealers.panel.context import require_context
from dealers.panel.site import MenuEntry, panel
from dealers.permissions import Permission
from listings.choices import PriceRating
from listings.pricing.value import retail
from listings.pricing.value.dealer_floor import DEALERS_MIN
from listings.pricing.value.retail import RetailFigures
from listings.pricing.value.selling_time import DaysToSell

WEEKS_SHOWN = 12
_UNTOLD = "-"


@dataclass(frozen=True)
class OwnAndMarket:
    """One figure in words: the dealer's, and the marketplace's."""

    own: str
    market: str


@dataclass(frozen=True)
class KindRow:
    """A kind of car and its figures, in the order of the table's columns."""

    name: str
    figures: list[OwnAndMarket]


def market(request: HttpRequest) -> HttpResponse:
    """Show the figures of the dealer and of the marketplace side by side."""
    current = require_context(request)
    own, whole = retail.own_figures(current.dealer.pk), retail.market_figures()
    weeks = retail.market_weeks(WEEKS_SHOWN)
    context = {
        **panel.each_context(request),
        "title": "Market",
        "rows": [_row(name, own[name], whole.get(name, RetailFigures())) for name in sorted(own)],
        "is_measured": bool(whole),
        "shares": _shares(own[retail.ALL], whole.get(retail.ALL, RetailFigures())),
        "weeks": bars([(f"{day:%-d %b}", each.live or 0, "") for day, each in weeks if each.live]),
        "dealers_min": DEALERS_MIN,
        "sales_days": retail.WINDOW_DAYS,
        "audience_days": retail.AUDIENCE_DAYS,
    }
    return TemplateResponse(request, "dealers/panel/market.html", context)


def _row(name: str, own: RetailFigures, whole: RetailFigures) -> KindRow:
    figures = [OwnAndMarket(*each) for each in zip(_figures(own), _figures(whole), strict=True)]
    return KindRow(name or "All cars", figures)


def _figures(of: RetailFigures) -> tuple[str, ...]:
    return (
        _count(of.live),
        _count(of.sold),
        _days(of.days) if of.sold is not None else _UNTOLD,
        _UNTOLD if of.turn is None else f"{of.turn:.1f}",
        _each(of.opened, of.live),
        _each(of.enquired, of.live),
    )


def _count(number: int | None) -> str:
    return _UNTOLD if number is None else f"{number:,}"


def _each(total: int | None, live: int | None) -> str:
    return f"{total / live:.1f}" if live and total is not None else _UNTOLD


def _days(days: DaysToSell | None) -> str:
    if days is None:
        return "not enough sales"
    if days.median is None:
        return "over a year"
    low = "0" if days.low is None else f"{days.low:.0f}"
    high = "over 365" if days.high is None else f"{days.high:.0f}"
    return f"{days.median:.0f} ({low} to {high})"


def _shares(own: RetailFigures, whole: RetailFigures) -> list[BarPair]:
    """Return how many per cent of the adverts with a label have which, own and marketplace's."""
    first, second = _percents(own), _percents(whole)
    return pairs([(each.label, first[each], second[each]) for each in PriceRating])


def _percents(of: RetailFigures) -> dict[str, int]:
    counts = {each: (of.ratings or {}).get(each, 0) for each in PriceRating}
    total = sum(counts.values()) or 1
    return {each: round(100 * count / total) for each, count in counts.items()}


panel.add_page("market/", market, name="market", permission=Permission.VIEW)
panel.add_entry(MenuEntry("Market", "monitoring", "market", order=35))
