"""Whatever files a dealer sends, in whatever order, the stock is what a plain model says."""

from dataclasses import asdict
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from dealers.feeds.held_runs import approve_run, drop_run
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRow, FeedRun, StockFeed
from dealers.permissions import SYSTEM
from listings.adverts import edit_listing, lifecycle, unlock_fields
from listings.choices import Status
from listings.models import Listing, ListingEvent, PriceChange
from tests import make
from tests.dealers.feeds.imports.model import BAD, Advert, Cells, Stock
from tests.dealers.feeds.stock import LONG, bring, counts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.timeout(600),
    pytest.mark.slow,
]  # an import for each day of each example

EXAMPLES = settings().max_examples // 5  # each is a history of many files
COLUMNS = ("stock_ref", "vrm", "vin", "make", "model", "year", "price", "mileage")
MODELS = {"Land Rover": "Range Rover", "Ford": "Ka"}
VINS = tuple(f"SALLMAMA3BA00000{n}" for n in range(4))
NAMES = ("stock_ref", "vrm", "vin", "make__name", "price", "mileage", "status")
MARKS = tuple(f"AB15AB{letter}" for letter in "ABCDEFGHJKLMNPRSTUVW")


def tidy_row(number: int) -> Cells:
    return Cells(f"S{number}", MARKS[number], "9000")


odd_rows = st.builds(
    Cells,
    st.sampled_from(["", "S0", "S1", "S2", "S3", "T0", "T1"]),
    st.sampled_from(["", *MARKS[:5]]),
    st.sampled_from(["9000", "8000", ""]),
    st.sampled_from(["40000", "41000", ""]),
    st.sampled_from(["2015", "2015", "2015", BAD]),
    st.sampled_from(["", "", "", *VINS]),
    st.sampled_from(["Land Rover", "Land Rover", *MODELS]),
)
tidy_files = st.sets(st.integers(0, 17)).map(lambda chosen: [tidy_row(n) for n in sorted(chosen)])
files = st.builds(
    lambda tidy, odd, shuffle: shuffle.sample(tidy + odd, len(tidy) + len(odd)),
    tidy_files | st.just([tidy_row(n) for n in range(18)]),
    st.lists(odd_rows, max_size=5),
    st.randoms(use_true_random=False),
)
steps = st.one_of(
    st.tuples(st.just("file"), files, st.sampled_from(["approve", "drop", "leave"])),
    st.tuples(
        st.sampled_from(["edit", "unlock", "sell", "withdraw"]), st.integers(0, 9), st.just("")
    ),
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=1, max_size=9), st.booleans())
def test_the_stock_is_what_the_model_says(history: list[Any], clears_blanks: bool) -> None:
    with transaction.atomic():
        make.model("Ka", make.make("Ford"))
        feed = make.feed(columns=COLUMNS, blanks="clear" if clears_blanks else "keep")
        model = Stock(clears_blanks)
        for what, subject, decision in history:
            note(f"{what} {subject} {decision}")
            if what == "file":
                send(feed, model, subject, decision)
            elif subject < len(model.adverts):
                by_hand(feed, model.adverts[subject], what)
            assert stock_of(feed) == [members(advert) for advert in model.adverts]
            nothing_is_half(feed)
        transaction.set_rollback(True)


def send(feed: StockFeed, model: Stock, rows: list[Cells], decision: str) -> None:
    state, outcomes = model.receive(rows, is_approved=False)
    sent = [{**asdict(row), "model": MODELS[row.make]} for row in rows]
    run = bring(feed, sent, columns=COLUMNS)
    assert (run.state, {} if state == "held" else counts(run)) == (state, outcomes)
    if state == "held" and decision == "approve":
        _, outcomes = model.receive(rows, is_approved=True)
        approve_run(run_id=run.pk, actor=SYSTEM)
        approved = get_on(run_id=run.pk, seconds=LONG)
        assert approved is not None
        assert (approved.state, counts(approved)) == ("done", outcomes)
    elif state == "held" and decision == "drop":
        drop_run(run_id=run.pk, actor=SYSTEM)


def by_hand(feed: StockFeed, advert: Advert, what: str) -> None:
    pk = ids_of(feed)[advert.number]
    if what == "edit":
        edit_listing(listing_id=pk, changes={"price": 7_500 + advert.number}, actor_id=None)
        changed = advert.price != 7_500 + advert.number
        advert.price, advert.is_locked = 7_500 + advert.number, advert.is_locked or changed
    elif what == "unlock":
        unlock_fields(listing_id=pk, fields=["price"], actor_id=None)
        advert.is_unlocked, advert.is_locked = advert.is_unlocked or advert.is_locked, False
    elif advert.status == Status.LIVE:
        act = lifecycle.sell if what == "sell" else lifecycle.withdraw
        advert.status = act(listing_id=pk, actor_id=None).status


def ids_of(feed: StockFeed) -> list[int]:
    stock = Listing.objects.filter(dealer=feed.dealer_id)
    return list(stock.order_by("pk").values_list("pk", flat=True))


def stock_of(feed: StockFeed) -> list[tuple[object, ...]]:
    stock = Listing.objects.filter(dealer=feed.dealer_id).order_by("pk")
    return list(stock.values_list(*NAMES))


def members(advert: Advert) -> tuple[object, ...]:
    facts = (advert.make, advert.price, advert.mileage, advert.status)
    return (advert.stock_ref, advert.vrm, advert.vin, *facts)


def nothing_is_half(feed: StockFeed) -> None:
    """Every advert's status and price are the last that its log and its history say."""
    for pk, status, price in Listing.objects.filter(dealer=feed.dealer_id).values_list(
        "pk", "status", "price"
    ):
        assert ListingEvent.objects.filter(listing=pk).latest("id").to_status == status
        change = PriceChange.objects.filter(listing=pk).last()
        assert (change and change.new_price) == price
    runs = FeedRun.objects.filter(feed=feed, state="done")
    assert not FeedRow.objects.filter(run__in=runs, outcome="").exists()
