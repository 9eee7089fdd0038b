"""An applied file is taken back as a whole, after its difference was shown."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports.absences import withdraw_lapsed
from dealers.feeds.imports.pipeline import get_on
from dealers.models import Branch, BulkRun, FeedCar, FeedRun, StockFeed, User
from dealers.permissions import SYSTEM
from listings.adverts import edit_listing
from listings.models import ChangeSet, Listing, PhotoSource, ReplacedPhotoList
from listings.photos import prune_replaced_lists, set_photo_urls
from tests import make
from tests.dealers.feeds.stock import LONG, bring, car, counts, mark
from tests.dealers.panel.test_undo import work

pytestmark = pytest.mark.django_db
RUNS = "/dealer/dealers/feedrun/"


def stock() -> dict[str | None, tuple[str, int | None, int]]:
    rows = Listing.objects.order_by("stock_ref")
    return {row.stock_ref: (row.status, row.price, row.mileage) for row in rows}


def undo(desk: Client, run: FeedRun) -> None:
    answer = desk.post(f"{RUNS}{run.pk}/undo/")
    begun = BulkRun.objects.latest("pk")
    assert answer["Location"] == f"/dealer/listings/listing/run/{begun.pk}/"


def test_a_bad_file_is_taken_back(desk: Client, feed: StockFeed, owner: User) -> None:
    """Prices less than half of what they were, cars of somebody else, and one sold."""
    bring(feed, [car(n) for n in range(1, 5)])
    before = stock()
    bad = [car(1, price=4_000), car(2, availability="sold"), car(3, mileage=9), car(4), car(5)]
    run = bring(feed, bad, columns=[*car(1), "availability"])
    if counts(run).get("created") != 1:
        pytest.fail(str(counts(run)))
    changed = stock()
    page = desk.get(f"{RUNS}{run.pk}/undo/")
    text = page.content.decode()
    assert "Price: £4,000 → £10,001" in text
    assert "Status: live → withdrawn" in text
    assert stock() == changed
    undo(desk, run)
    assert stock() == {**before, "S5": ("withdrawn", 10_005, 72_253)}
    text = desk.get(f"{RUNS}{run.pk}/change/").content.decode()
    assert "has undone this run" in text
    assert "Undo this run…" not in text


def test_what_a_file_took_off_sale_is_back_and_the_feed_knows(
    desk: Client, feed: StockFeed
) -> None:
    bring(feed, [car(n) for n in range(1, 14)])
    held = bring(feed, [car(1)])
    approve_run(run_id=held.pk, actor=SYSTEM)
    run = get_on(run_id=held.pk, seconds=LONG) or held
    assert counts(run)["withdrawn"] == 12
    undo(desk, run)
    assert {status for status, *_ in stock().values()} == {"live"}
    assert not FeedCar.objects.exclude(gone_at=None, absent_since=None).exists()
    again = bring(feed, [car(n) for n in range(1, 14)])
    assert counts(again) == {"unchanged": 13}


def test_cars_that_were_missed_for_the_first_time_are_not_missed(
    desk: Client, feed: StockFeed
) -> None:
    bring(feed, [car(1), car(2), car(3)])
    run = bring(feed, [car(1, price=9_000), car(2)])
    assert FeedCar.objects.filter(absent_since__isnull=False).count() == 1
    undo(desk, run)
    assert FeedCar.objects.filter(absent_since__isnull=False).count() == 0


def test_what_a_person_or_a_later_file_wrote_stays(desk: Client, feed: StockFeed) -> None:
    bring(feed, [car(1), car(2), car(3)])
    run = bring(feed, [car(n, price=4_000, mileage=5) for n in (1, 2, 3)])
    first = Listing.objects.get(stock_ref="S1")
    edit_listing(listing_id=first.pk, changes={"price": 11_111}, actor_id=None)
    bring(feed, [car(1, price=4_000, mileage=5), car(2, price=12_000, mileage=5), car(3)])
    text = desk.get(f"{RUNS}{run.pk}/undo/").content.decode()
    assert "Written since, and left: Price" in text
    undo(desk, run)
    assert stock() == {
        "S1": ("live", 11_111, 72_253),
        "S2": ("live", 12_000, 72_253),
        "S3": ("live", 10_003, 72_253),
    }
    assert Listing.objects.get(stock_ref="S2").locked_fields == []


def test_the_same_bad_file_does_not_come_back_in(desk: Client, feed: StockFeed) -> None:
    bring(feed, [car(1)])
    bad = [car(1, price=4_000), car(2)]
    undo(desk, bring(feed, bad))
    assert counts(bring(feed, bad)) == {"unchanged": 2}
    assert stock()["S1"] == ("live", 10_001, 72_253)
    assert stock()["S2"][0] == "withdrawn"
    bring(feed, [car(1, price=9_500)])
    assert stock()["S1"] == ("live", 9_500, 72_253)


def test_a_long_one_goes_on_in_a_worker(
    desk: Client, feed: StockFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealers.bulk.steps.BATCH_ROWS", 2)
    run = bring(feed, [car(n) for n in range(1, 8)])
    undo(desk, run)
    assert [status for status, *_ in stock().values()].count("withdrawn") == 2
    work()
    assert {status for status, *_ in stock().values()} == {"withdrawn"}


@pytest.mark.parametrize(("days", "is_in_time"), [(6, True), (8, False)])
def test_for_seven_days(desk: Client, feed: StockFeed, days: int, is_in_time: bool) -> None:
    run = bring(feed, [car(1)])
    ChangeSet.objects.update(created_at=timezone.now() - timedelta(days=days))
    page = desk.get(f"{RUNS}{run.pk}/change/").content.decode()
    assert ("Undo this run…" in page) == is_in_time
    desk.post(f"{RUNS}{run.pk}/undo/")
    assert stock()["S1"][0] == ("withdrawn" if is_in_time else "live")


def test_sales_and_strangers_undo_no_file(client: Client, feed: StockFeed) -> None:
    run = bring(feed, [car(1)])
    client.force_login(make.member(feed.dealer, "sales"))
    assert client.post(f"{RUNS}{run.pk}/undo/").status_code == 403
    client.force_login(make.member(make.dealer("Other Cars")))
    assert client.post(f"{RUNS}{run.pk}/undo/").status_code == 404
    assert stock()["S1"][0] == "live"


def test_a_run_that_was_only_tried_has_nothing_to_undo(desk: Client, feed: StockFeed) -> None:
    run = bring(feed, [car(1)], dry_run=True)
    assert "Undo this run…" not in desk.get(f"{RUNS}{run.pk}/change/").content.decode()
    assert desk.get(f"{RUNS}{run.pk}/undo/")["Location"] == f"{RUNS}{run.pk}/change/"


@pytest.mark.parametrize("is_returning", [False, True])
def test_a_reference_that_another_car_took_goes_back(
    desk: Client, feed: StockFeed, is_returning: bool
) -> None:
    make.model("Ka", make.make("Ford"))
    other = car(5, stock_ref="S1", make="Ford", model="Ka", year=2011, mileage=31_000)
    bring(feed, [car(1), car(2), car(3)])
    if is_returning:  # it gives up a number of its own
        rows = [car(1, stock_ref="S3"), car(2), car(3, stock_ref="S1")]
    else:
        rows = [other, car(2), car(3)]
    before = dict(Listing.objects.values_list("vrm", "stock_ref"))
    run = bring(feed, rows)
    undo(desk, run)
    after = dict(Listing.objects.values_list("vrm", "stock_ref"))
    assert {vrm: after[vrm] for vrm in before} == before
    assert {after[vrm] for vrm in after.keys() - before.keys()} <= {None}


def test_a_reference_that_somebody_else_has_by_now_stays_theirs(
    desk: Client, feed: StockFeed
) -> None:
    bring(feed, [car(1), car(2)])
    run = bring(feed, [car(1, stock_ref="N1", price=9_000), car(2)])
    make.draft(branch=feed.branch, stock_ref="S1")
    undo(desk, run)
    assert Listing.objects.filter(stock_ref="N1").values_list("price", flat=True).get() == 10_001
    assert Listing.objects.get(stock_ref="S1").vrm is None


def test_what_lapsed_because_the_next_file_never_came_is_back(
    desk: Client, feed: StockFeed
) -> None:
    bring(feed, [car(n) for n in range(1, 4)])
    run = bring(feed, [car(1), car(2, price=9_000)])
    assert counts(run) == {"unchanged": 1, "updated": 1, "held": 1}
    FeedCar.objects.exclude(absent_since=None).update(
        absent_since=timezone.now() - timedelta(hours=25)
    )
    assert withdraw_lapsed() == 1
    assert stock()["S3"] == ("withdrawn", 10_003, 72_253)
    run.refresh_from_db()
    assert counts(run) == {"unchanged": 1, "updated": 1, "withdrawn": 1}
    assert run.rows.get(line=None).outcome == "withdrawn"
    assert "Status: withdrawn → live" in desk.get(f"{RUNS}{run.pk}/undo/").content.decode()
    undo(desk, run)
    assert stock() == {f"S{n}": ("live", 10_000 + n, 72_253) for n in range(1, 4)}
    assert withdraw_lapsed() == 0
    assert not FeedCar.objects.exclude(gone_at=None, absent_since=None).exists()


PHOTOS = (*make.FEED_COLUMNS, "photos")


def picture(name: str) -> str:
    return f"https://pictures.example.com/{name}.jpg"


def pictures() -> dict[str, list[str]]:
    """Return the addresses of each advert's photos, by its mark, in their order."""
    sources = PhotoSource.objects.wanted().order_by("listing__vrm", "place")
    found: dict[str, list[str]] = {}
    for vrm, url in sources.values_list("listing__vrm", "url"):
        found.setdefault(str(vrm), []).append(url)
    return found


def test_photos_come_from_the_addresses_before_where_nobody_changed_them(
    desk: Client, branch: Branch
) -> None:
    feed = make.feed(branch, columns=PHOTOS)
    old = [car(n, photos="|".join(picture(f"{n}{side}") for side in "abc")) for n in (1, 2, 3)]
    bring(feed, old, columns=PHOTOS)
    before = pictures()
    new = [car(n, photos="|".join(picture(f"{n}{side}") for side in "cx")) for n in (1, 2, 3)]
    run = bring(feed, [*new[:2], old[2], car(4, photos=picture("4a"))], columns=PHOTOS)
    assert pictures() != before
    second = Listing.objects.get(stock_ref="S2")
    set_photo_urls(listing_id=second.pk, urls=[picture("mine")], actor_id=None)
    undo(desk, run)
    after = pictures()
    assert (after[mark(1)], after[mark(3)]) == (before[mark(1)], before[mark(3)])
    assert after[mark(2)] == [picture("mine")]
    said = dict(BulkRun.objects.latest("pk").rows.values_list("listing__stock_ref", "said"))
    assert said["S1"] == "As before: photos."
    assert said["S2"] == "Written since, and left: photos."


def test_lists_that_nothing_brings_back_are_forgotten(desk: Client, branch: Branch) -> None:
    feed = make.feed(branch, columns=PHOTOS)
    for side in "ab":
        bring(feed, [car(1, photos=picture(side))], columns=PHOTOS)
    assert prune_replaced_lists() == 0
    week = timezone.now() - timedelta(days=8, minutes=1)
    assert ReplacedPhotoList.objects.update(replaced_at=week) == 1
    assert prune_replaced_lists() == 1
