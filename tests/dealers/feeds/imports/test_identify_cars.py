"""Which car a row is: by its VIN, then by its registration mark, then by its id."""

import pytest

from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedCar
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, counts, receive, report

pytestmark = pytest.mark.django_db

VIN = "SALLMAMA3BA000001"
WITH_VIN = (*make.FEED_COLUMNS, "vin")


def test_a_vin_finds_the_car_that_got_another_id_and_another_mark() -> None:
    feed = make.feed(columns=WITH_VIN)
    bring(feed, [car(1, vin=VIN)], columns=WITH_VIN)
    before = Listing.objects.get()
    run = bring(feed, [car(5, vin=VIN)], columns=WITH_VIN)
    assert counts(run) == {"updated": 1}
    after = Listing.objects.get()
    assert (after.pk, after.stock_ref, after.vrm) == (before.pk, "S5", "AB15AAF")
    assert FeedCar.objects.get().key == "id:S5"


def test_a_car_typed_in_by_hand_is_taken_over_by_its_mark_and_keeps_what_is_locked() -> None:
    feed = make.feed()
    mine = make.live(
        branch=feed.branch, vrm="AB15AAB", stock_ref=None, price=9_000, locked_fields=["price"]
    )
    run = bring(feed, [car(1, mileage=80_000)])
    assert counts(run) == {"updated": 1}
    mine.refresh_from_db()
    assert (mine.stock_ref, mine.price, mine.mileage) == ("S1", 9_000, 80_000)
    assert Listing.objects.count() == 1


def test_another_dealers_car_with_the_same_mark_is_another_car() -> None:
    theirs = make.live(vrm="AB15AAB", price=5_000)
    run = bring(make.feed(), [car(1)])
    assert counts(run) == {"created": 1}
    theirs.refresh_from_db()
    assert (theirs.price, Listing.objects.filter(vrm="AB15AAB").count()) == (5_000, 2)


def test_the_mark_counts_for_more_than_the_id() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    one, two = Listing.objects.order_by("stock_ref").values_list("id", flat=True)
    run = bring(feed, [car(1, vrm="AB15AAC"), car(2, vrm="AB15AAB")])
    assert counts(run) == {"updated": 2}
    assert list(Listing.objects.order_by("id").values_list("id", "vrm", "stock_ref")) == [
        (one, "AB15AAB", "S2"),
        (two, "AB15AAC", "S1"),
    ]


def test_two_rows_of_one_mark_are_one_car_and_the_last_counts() -> None:
    run = bring(make.feed(), [car(1), car(2, vrm="AB15AAB", price=5_000)])
    assert report(run) == [(2, "S1", "duplicate"), (3, "S2", "created")]
    first, second = run.rows.order_by("number")
    assert first.reasons[0]["message"] == "Line 3 is the same car: the last one counts."
    assert [each["code"] for each in second.warnings] == ["repeated"]
    row = Listing.objects.get()
    assert (row.stock_ref, row.price, row.vrm) == ("S2", 5_000, "AB15AAB")


def test_two_rows_of_one_mark_stay_one_advert_in_every_run() -> None:
    feed = make.feed()
    for _ in range(3):
        run = bring(feed, [car(1), car(2, vrm="AB15AAB")])
        assert run.state == "done"
        assert run.duplicate_count == 1
    row = Listing.objects.get()
    assert (row.stock_ref, row.status, row.events.count()) == ("S2", "live", 2)


def test_a_mark_is_the_same_however_it_is_spaced() -> None:
    feed = make.feed()
    bring(feed, [car(1, stock_ref="")])
    run = bring(feed, [car(1, stock_ref="", vrm="ab15 aab", price=9_000)])
    assert counts(run) == {"updated": 1}
    assert Listing.objects.get().price == 9_000


def test_that_no_column_names_a_car_is_said_before_the_first_import() -> None:
    feed = make.feed(mapping=None, mapping_confirmed_at=None)
    columns = ("make", "model", "year", "price", "mileage")
    rows = [{name: car(n)[name] for name in columns} for n in (1, 2)]
    run = bring(feed, rows, columns=columns)
    assert (run.state, run.hold_code) == ("held", "mapping")
    assert "No column says which car a row is" in run.hold_reason
    assert [each["code"] for each in run.findings] == ["no_identity_column"]
    run = bring(
        feed, [{**row, "VIN": "SALLMAMA3BA000001"} for row in rows], columns=(*columns, "VIN")
    )
    assert (run.hold_code, run.findings) == ("mapping", [])
    assert "which car" not in run.hold_reason


def test_a_row_that_names_no_car_is_rejected_and_hides_none() -> None:
    feed = make.feed()
    run = bring(feed, [car(1, stock_ref="", vrm=""), car(2)])
    assert report(run) == [(2, "", "rejected"), (3, "S2", "created")]
    assert run.rows.get(line=2).reasons[0]["code"] == "no_identity"


def test_a_car_is_not_withdrawn_because_its_row_is_rejected() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    for _ in range(3):
        run = bring(feed, [car(1, year=2060), car(2)])
        assert counts(run) == {"unchanged": 1, "rejected": 1}
    assert Listing.objects.filter(status="live").count() == 2


def test_two_feeds_that_share_a_car_have_one_advert() -> None:
    branch = make.branch()
    main, extra = make.feed(branch), make.feed(branch)
    assert counts(bring(main, [car(1), car(2)])) == {"created": 2}
    run = bring(extra, [car(2, stock_ref="X2"), car(3)])
    assert counts(run) == {"updated": 1, "created": 1}
    assert list(Listing.objects.order_by("vrm").values_list("vrm", flat=True)) == [
        "AB15AAB", "AB15AAC", "AB15AAD",
    ]  # fmt: skip


def test_a_car_is_withdrawn_only_when_both_of_its_feeds_lack_it() -> None:
    branch = make.branch()
    main, extra = make.feed(branch), make.feed(branch)
    bring(main, [car(1), car(2)])
    bring(extra, [car(2), car(3)])
    for _ in range(2):
        run = bring(main, [car(1)])
    assert counts(run) == {"unchanged": 1}
    assert Listing.objects.get(stock_ref="S2").status == "live"
    for _ in range(2):
        run = bring(extra, [car(3)])
    assert counts(run) == {"unchanged": 1, "withdrawn": 1}
    assert Listing.objects.get(stock_ref="S2").status == "withdrawn"
    assert counts(bring(main, [car(1), car(2)])) == {"unchanged": 1, "revived": 1}


@pytest.mark.parametrize("is_changed", [True, False])
def test_when_one_of_two_feeds_leaves_a_car_the_values_of_the_other_return(
    is_changed: bool,
) -> None:
    branch = make.branch()
    main, extra = make.feed(branch), make.feed(branch)
    theirs = car(2, price=8_000, mileage=71_000)
    bring(main, [car(1), theirs])
    bring(extra, [car(2, price=9_000, mileage=72_000), car(3)])
    for _ in range(2):
        bring(extra, [car(3)])
    rows = [car(1, price=9_900 if is_changed else 10_001), theirs]
    assert counts(bring(main, rows))["updated"] == 1 + is_changed
    row = Listing.objects.get(stock_ref="S2")
    assert (row.status, row.price, row.mileage) == ("live", 8_000, 71_000)
    assert counts(bring(main, rows)) == {"unchanged": 2}


def test_two_feeds_that_lack_a_car_at_once_still_take_it_off() -> None:
    branch = make.branch()
    main, extra = make.feed(branch), make.feed(branch)
    bring(main, [car(1), car(2)])
    bring(extra, [car(2), car(3)])
    for _ in range(2):
        bring(main, [car(1)])
        bring(extra, [car(3)])
    assert Listing.objects.get(stock_ref="S2").status == "withdrawn"
    assert Listing.objects.filter(status="live").count() == 2


def test_two_feeds_may_give_one_id_to_different_cars() -> None:
    branch = make.branch()
    main, extra = make.feed(branch), make.feed(branch)
    bring(main, [car(1)])
    for _ in range(2):
        run = bring(extra, [car(2, stock_ref="S1")])
    assert counts(run) == {"unchanged": 1}
    assert counts(bring(main, [car(1)])) == {"unchanged": 1}
    stock = Listing.objects.order_by("vrm").values_list("vrm", "stock_ref", "status")
    assert list(stock) == [("AB15AAB", "S1", "live"), ("AB15AAC", None, "live")]


def test_a_feed_never_withdraws_what_only_another_has() -> None:
    branch = make.branch()
    main, extra = make.feed(branch), make.feed(branch)
    make.live(branch=branch, vrm="AB15XYZ", stock_ref="BY-HAND")
    bring(extra, [car(n) for n in range(30, 40)])
    for _ in range(3):
        assert bring(main, [car(n) for n in range(5)]).state == "done"
    assert Listing.objects.filter(status="live").count() == 16


def test_a_car_that_one_feed_says_is_sold_is_not_put_back_by_the_other() -> None:
    columns = (*make.FEED_COLUMNS, "availability")
    branch = make.branch()
    main, extra = make.feed(branch, columns=columns), make.feed(branch)
    bring(main, [car(1), car(2)], columns=columns)
    bring(extra, [car(1), car(2)])
    bring(main, [car(1, availability="sold"), car(2)], columns=columns)
    assert counts(bring(extra, [car(1), car(2)])) == {"unchanged": 2}
    assert counts(bring(extra, [car(1, price=5_000), car(2)])) == {"held": 1, "unchanged": 1}
    row = Listing.objects.get(stock_ref="S1")
    assert (row.status, row.price) == ("sold", 10_001)


def test_a_rejected_row_under_a_new_id_still_says_that_its_car_is_there() -> None:
    feed = make.feed()
    bring(feed, [car(1), car(2)])
    for _ in range(3):
        run = bring(feed, [car(1, stock_ref="NEW", year=2060), car(2)])
        assert counts(run) == {"unchanged": 1, "rejected": 1}
    assert Listing.objects.filter(status="live").count() == 2


def test_a_row_whose_cells_are_shifted_still_says_that_its_car_is_there() -> None:
    """A comma in a text without quotation marks moves the id out of its column."""
    columns = ("model", "make", "vrm", "stock_ref", "year", "price", "mileage")
    feed = make.feed(columns=columns)
    rows = [{name: row[name] for name in columns} for row in (car(1), car(2))]
    bring(feed, rows, columns=columns)
    content = as_csv(rows, columns).replace(b"Range Rover", b"Range, Rover", 1)
    for _ in range(3):
        run = receive(feed, content)
        run = get_on(run_id=run.pk, seconds=LONG) or run
        assert counts(run) == {"unchanged": 1, "rejected": 1}
    assert run.rows.get(outcome="rejected").reasons[0]["code"] == "shifted_columns"
    assert Listing.objects.filter(status="live").count() == 2
