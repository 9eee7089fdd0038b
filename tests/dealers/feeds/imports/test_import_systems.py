"""Files of well-known systems, written after their documentation, need one confirmation."""

from pathlib import Path

import pytest

from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.models import Listing, PhotoSource
from tests import make
from tests.dealers.feeds.stock import LONG, counts, receive

pytestmark = pytest.mark.django_db

FORMATS = Path(__file__).parents[1] / "formats"
FOCUS = {
    "derivative": "1.0 EcoBoost Zetec 5dr",
    "year": 2017,
    "mileage": 41_000,
    "price": 9_995,
    "fuel": "petrol",
    "transmission": "manual",
    "colour": "blue",
    "seats": 5,
    "engine_cc": 999,
    "owners": 2,
}


def finish(run: FeedRun) -> FeedRun:
    return get_on(run_id=run.pk, seconds=LONG) or run


def imported(name: str) -> tuple[StockFeed, FeedRun]:
    make.model("Focus", make.make("Ford"))
    make.model("Discovery Sport", make.make("Land Rover"))
    feed = make.feed(mapping=None, mapping_confirmed_at=None)
    run = finish(receive(feed, (FORMATS / name).read_bytes()))
    assert (run.state, run.hold_code) == ("held", "mapping")
    approve_run(run_id=run.pk, actor=SYSTEM)
    return feed, finish(run)


@pytest.mark.parametrize(
    ("name", "differs", "second"),
    [
        ("schema_org.json", {}, None),
        ("mobile_de.xml", {}, "live"),
        (
            "auto_trader.json",
            {"derivative": "1.0T EcoBoost Zetec Edition 5dr", "mot_expires_on": "2027-05-29"},
            "live",
        ),
        ("nested.json", {"mot_expires_on": "2027-05-29", "power_bhp": 125}, None),
        ("inventory_presser.csv", {"seats": None, "owners": None, "engine_cc": 1000}, None),
    ],
)
def test_a_file_of_a_system_needs_one_confirmation(
    name: str, differs: dict[str, object], second: str | None
) -> None:
    """The second car is sold in some of the files, and so it is not advertised."""
    feed, run = imported(name)
    assert (run.state, run.findings) == ("done", [])
    assert counts(run) == ({"created": 2} if second else {"created": 1, "rejected": 1})
    focus = Listing.objects.select_related("make", "model").get(model__name="Focus")
    expected = {**FOCUS, **differs}
    said = {field: getattr(focus, field) for field in expected}
    assert {**said, "mot_expires_on": str(focus.mot_expires_on)} == {
        "mot_expires_on": "None",
        **expected,
    }
    assert (focus.status, focus.body_type in ("hatchback", "saloon")) == ("live", True)
    assert focus.vin == "WF05XXGCC5HA12345"
    photos = PhotoSource.objects.filter(listing=focus).values_list("url", flat=True)
    assert len(photos) == 2  # of mobile.de's four addresses, two are the same pictures in small
    assert name != "mobile_de.xml" or all(address.endswith("_XL.jpg") for address in photos)
    assert not any(address.endswith(("_s.jpg", "logo.png")) for address in photos)
    other = Listing.objects.filter(model__name="Discovery Sport").first()
    assert (other.status if other else None) == second
    if other:
        assert (other.mileage, other.price) in ((38_111, 21_995), (38_112, 21_995))
    again = finish(receive(feed, (FORMATS / name).read_bytes()))
    assert counts(again).get("unchanged") == (2 if second else 1)
