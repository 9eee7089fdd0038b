"""Cars with every field filled in, and files about them that need one confirmation."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from dealers.feeds.configuration import confirm_mapping
from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.choices import (
    BodyType,
    Colour,
    Drivetrain,
    EuroStandard,
    ServiceHistory,
    VatScheme,
    WriteOff,
)
from tests.dealers.feeds.stock import LONG, receive

FACTS: dict[str, Any] = {
    "admin_fee": 149,
    "vat_scheme": VatScheme.MARGIN,
    "seats": 5,
    "body_type": BodyType.SUV,
    "colour": Colour.GREEN,
    "drivetrain": Drivetrain.FOUR_WHEEL,
    "engine_cc": 2_993,
    "power_bhp": 255,
    "co2_g_km": 199,
    "mpg": Decimal("37.7"),
    "battery_kwh": Decimal("1.5"),
    "electric_range_miles": 2,
    "euro_standard": EuroStandard.EURO_5,
    "owners": 2,
    "service_history": ServiceHistory.FULL_DEALER,
    "mot_expires_on": date(2027, 3, 1),
    "first_registered_on": date(2015, 6, 30),
    "write_off": WriteOff.S,
    "description": "- One owner.\n\nTwo  keys, “as new” & <not> smoked in; £2,000 of extras.\n",
    "features": ["Heated seats; front, rear", "Tow bar | detachable", "=Sat nav", "Isofix."],
}


def number() -> Iterator[dict[str, Any]]:
    """Yield what tells cars apart, for ever."""
    for n in range(1, 1_000):
        yield {
            "stock_ref": f"S{n}",
            "vrm": f"AB15A{chr(65 + n // 20)}{'ABCDEFGHJKLMNOPRSTUV'[n % 20]}",
            "vin": f"SALLMAMA3BA0{n:05}",
        }


def bring(feed: StockFeed, content: bytes) -> FeedRun:
    """Import a file, with the one confirmation that its columns need the first time."""
    run = receive(feed, content)
    get_on(run_id=run.pk, seconds=LONG)
    feed.refresh_from_db()
    if feed.mapping_confirmed_at is None:
        confirm_mapping(feed_id=feed.pk, mapping=feed.suggested_mapping, actor=SYSTEM)
        approve_run(run_id=run.pk, actor=SYSTEM)
        get_on(run_id=run.pk, seconds=LONG)
    run.refresh_from_db()
    return run
