"""A dealer's stock arrives as a file."""

import pytest
from django.utils import timezone

from dealers.models import FeedRun
from listings.adverts import edit_listing, lifecycle, unlock_fields
from listings.models import Listing, ListingEvent, Make, PriceChange
from tests import make
from tests.dealers.feeds.stock import bring, car, counts, report

pytestmark = pytest.mark.django_db


def test_a_file_puts_its_cars_on_sale() -> None:
    feed = make.feed()
    run = bring(feed, [car(1), car(2)])
    assert (run.state, counts(run)) == ("done", {"created": 2})
    first = Listing.objects.get(stock_ref="S1")
    assert (first.status, first.price, first.vrm) == ("live", 10_001, "AB15AAB")
    assert first.title == "Land Rover Range Rover 3.0 TDV6 Vogue SE 4dr Auto"
    assert (first.fuel, first.transmission, first.doors) == ("diesel", "automatic", 4)
    assert (first.dealer_id, first.branch_id) == (feed.dealer_id, feed.branch_id)
    events = ListingEvent.objects.filter(listing=first).order_by("id")
    assert [(e.kind, e.from_status, e.to_status, e.source) for e in events] == [
        ("created", None, "draft", "feed"),
        ("published", "draft", "live", "feed"),
    ]
    price = PriceChange.objects.get(listing=first)
    assert (price.new_price, price.reason) == (10_001, "feed")
    assert report(run) == [(2, "S1", "created"), (3, "S2", "created")]


def test_the_same_file_again_writes_no_advert() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    before = list(Listing.objects.order_by("id").values())
    run = bring(feed, [car(1), car(2)])
    assert (run.state, counts(run), report(run)) == ("done", {"unchanged": 2}, [])
    assert list(Listing.objects.order_by("id").values()) == before


def test_what_changed_is_written_field_by_field() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    run = bring(feed, [car(1), car(2, price="£9,995", mileage="80000")])
    assert counts(run) == {"updated": 1, "unchanged": 1}
    row = run.rows.get()
    assert (row.external_id, row.fields) == ("S2", ["mileage", "price"])
    assert Listing.objects.get(stock_ref="S2").price == 9_995
    assert PriceChange.objects.latest("id").old_price == 10_002
    event = ListingEvent.objects.latest("id")
    assert (event.kind, event.changes) == (
        "edited",
        {"mileage": [72_253, 80_000], "price": [10_002, 9_995]},
    )


def test_a_car_is_withdrawn_when_two_files_lack_it_and_comes_back_as_it_was() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    first = bring(feed, [car(1)])
    assert counts(first) == {"unchanged": 1, "held": 1}
    assert Listing.objects.get(stock_ref="S2").status == "live"
    second = bring(feed, [car(1)])
    assert counts(second) == {"unchanged": 1, "withdrawn": 1}
    gone = Listing.objects.get(stock_ref="S2")
    assert gone.status == "withdrawn"
    third = bring(feed, [car(1), car(2)])
    assert counts(third) == {"unchanged": 1, "revived": 1}
    back = Listing.objects.get(stock_ref="S2")
    assert (back.pk, back.status) == (gone.pk, "live")


def test_what_a_person_wrote_wins_until_it_is_unlocked() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    listing = Listing.objects.get()
    edit_listing(listing_id=listing.pk, changes={"price": 9_000}, actor_id=None)
    run = bring(feed, [car(1, price=8_000, mileage=73_000)])
    listing.refresh_from_db()
    assert (listing.price, listing.mileage, listing.locked_fields) == (9_000, 73_000, ["price"])
    assert [w["code"] for w in run.rows.get().warnings] == ["locked"]
    unlock_fields(listing_id=listing.pk, fields=["price"], actor_id=None)
    run = bring(feed, [car(1, price=8_000, mileage=73_000)])
    listing.refresh_from_db()
    assert (listing.price, counts(run)) == (8_000, {"updated": 1})


def test_what_a_person_sold_stays_sold() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    lifecycle.sell(listing_id=Listing.objects.get().pk, actor_id=None)
    run = bring(feed, [car(1, price=5_000)])
    assert counts(run) == {"held": 1}
    assert (Listing.objects.get().status, Listing.objects.get().price) == ("sold", 10_001)
    assert counts(bring(feed, [car(1, price=5_000)])) == {"unchanged": 1}


def test_a_known_mark_under_a_new_id_is_the_same_car() -> None:
    feed = make.feed()
    bring(feed, [car(1)])
    run = bring(feed, [car(1, stock_ref="NEW")])
    assert counts(run) == {"updated": 1}
    assert Listing.objects.get().stock_ref == "NEW"
    assert counts(bring(feed, [car(1, stock_ref="NEW")])) == {"unchanged": 1}


def test_of_rows_that_repeat_a_car_the_last_counts() -> None:
    feed = make.feed()
    run = bring(feed, [car(1, price=1_000), car(2), car(1, price=2_000)])
    assert counts(run) == {"created": 2, "duplicate": 1}
    assert Listing.objects.get(stock_ref="S1").price == 2_000
    run = bring(feed, [car(1, price=2_000), car(2), car(1, price=3_000), car(2)])
    assert counts(run) == {"updated": 1, "unchanged": 1, "duplicate": 2}
    run = bring(feed, [car(1, price=4_000), car(2), car(1, price=3_000)])
    assert counts(run) == {"unchanged": 2, "duplicate": 1}
    assert Listing.objects.get(stock_ref="S1").price == 3_000


def test_a_dry_run_reports_the_same_and_changes_nothing() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2), car(3)])
    bring(feed, [car(1), car(2)])
    before = list(Listing.objects.order_by("id").values())
    rows = [car(1), car(2, price=9_000), car(4, make="Trabant", model="601")]
    dry = bring(feed, rows, dry_run=True)
    assert list(Listing.objects.order_by("id").values()) == before
    assert not Make.objects.filter(name="Trabant").exists()
    real = bring(feed, rows)
    assert counts(dry) == counts(real) == {
        "created": 1, "updated": 1, "unchanged": 1, "withdrawn": 1,
    }  # fmt: skip
    assert report(dry) == report(real)


def test_a_row_that_the_database_refuses_does_not_stop_the_others() -> None:
    columns = (*make.FEED_COLUMNS, "vin")
    feed = make.feed(columns=columns)
    rows = [car(1), car(2, vin="SALLMAMA3BA000002"), car(3)]
    bring(feed, rows, columns=columns)
    make.live(branch=feed.branch, vrm="AB15XYZ", stock_ref=None)
    rows[1]["vrm"] = "AB15XYZ"
    run = bring(feed, [{**row, "price": "1"} for row in rows], columns=columns)
    assert counts(run) == {"updated": 2, "rejected": 1}
    refused = run.rows.get(outcome="rejected")
    assert (refused.line, refused.reasons[0]["code"]) == (3, "already_live")
    assert Listing.objects.get(stock_ref="S2").price == 10_002


def test_no_file_empties_a_forecourt() -> None:
    feed = make.feed()
    cars = [car(n) for n in range(60)]
    bring(feed, cars)
    for some in ([], cars[:29], cars[:45]):
        run = bring(feed, some)
        assert run.state == "held", len(some)
        assert Listing.objects.filter(status="live").count() == 60


def test_an_older_file_is_dropped() -> None:
    feed = make.feed()
    early = timezone.now()
    run = FeedRun(feed=feed)
    bring(feed, [car(1)])
    with pytest.raises(Exception, match="newer file"):
        bring(feed, [car(1, price=5)], source_at=early)
    del run
