"""Every format that suppliers are shown becomes the same advert, from the file to the search."""

import pytest
from django.test import Client

from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.adverts import lifecycle
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, bring, car, counts, receive
from tests.dealers.feeds.test_documented_samples import PAIR, SAMPLES, WORKBOOK

pytestmark = pytest.mark.django_db


def finish(run: FeedRun) -> FeedRun:
    return get_on(run_id=run.pk, seconds=LONG) or run


@pytest.mark.parametrize(
    ("content", "cars"),
    [
        (SAMPLES[0], 2),
        (SAMPLES[1], 1),
        (PAIR, 1),
        (WORKBOOK, 2),
        (SAMPLES[4], 1),
        (SAMPLES[5], 1),
        (SAMPLES[6], 1),
        (SAMPLES[7], 2),
        (SAMPLES[8], 1),
    ],
    ids=["generic", "auto_trader", "dms14", "xlsx", "google", "meta", "json", "json_lines", "xml"],
)
def test_a_sample_becomes_adverts_once_its_columns_are_confirmed(
    content: bytes, cars: int, client: Client
) -> None:
    make.model("Focus", make.make("Ford"))
    feed = make.feed(mapping=None, mapping_confirmed_at=None)
    run = finish(receive(feed, content))
    assert (run.state, run.hold_code, Listing.objects.count()) == ("held", "mapping", 0)
    approve_run(run_id=run.pk, actor=SYSTEM)
    run = finish(run)
    assert (run.state, counts(run), run.findings) == ("done", {"created": cars}, [])
    focus = Listing.objects.get(model__name="Focus")
    assert (focus.year, focus.mileage, focus.price, focus.status) == (2017, 41_000, 9_995, "live")
    assert counts(finish(receive(feed, content))) == {"unchanged": cars}
    found = client.get("/api/v1/listings/", {"make": "ford", "price_max": "10000"}).json()
    assert [row["id"] for row in found["results"]] == [focus.pk]


def test_a_feed_that_changes_its_format_is_the_same_feed() -> None:
    """The names of these two samples differ, and so does everything else about them."""
    make.model("Focus", make.make("Ford"))
    feed = make.feed(mapping=None, mapping_confirmed_at=None)
    run = finish(receive(feed, SAMPLES[8]))
    approve_run(run_id=run.pk, actor=SYSTEM)
    assert counts(finish(run)) == {"created": 1}
    run = finish(receive(feed, SAMPLES[7]))
    assert (run.state, Listing.objects.filter(vrm="AB17CDE").count()) == ("done", 1)


def test_a_feed_that_does_not_publish_leaves_drafts_to_people() -> None:
    feed = make.feed(publishes=False)
    assert counts(bring(feed, [car(1), car(2)])) == {"created": 2}
    assert set(Listing.objects.values_list("status", flat=True)) == {"draft"}
    lifecycle.publish(listing_id=Listing.objects.get(stock_ref="S1").pk, actor_id=None)
    assert counts(bring(feed, [car(1, price=5_000), car(2)])) == {"updated": 1, "unchanged": 1}
    StockFeed.objects.update(publishes=True)
    assert counts(bring(feed, [car(1, price=5_000), car(2)])) == {"unchanged": 1, "updated": 1}
    assert set(Listing.objects.values_list("status", flat=True)) == {"live"}
