"""A feed from its first file to a held one, in a browser, on a desk and on a phone."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from dealers.feeds.imports.pipeline import get_on
from dealers.models import Branch, FeedRun, StockFeed
from listings.adverts import edit_listing
from listings.models import Listing
from tests import make
from tests.browser.conftest import serious
from tests.dealers.feeds.conftest import _catalogue, _messages_that_nobody_reads, _own_files
from tests.dealers.feeds.stock import LONG, bring, car

__all__ = ["_catalogue", "_messages_that_nobody_reads", "_own_files"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
FEEDS = "/dealer/dealers/stockfeed/"
RUNS = "/dealer/dealers/feedrun/"
STOCK = "/dealer/listings/listing/"
FILE = (
    b"Stock No,Reg,Make,Model,Derivative,Year,Our price,Miles,Warranty\r\n"
    b"A1,AB15 CDE,Land Rover,Range Rover,3.0 TDV6 Vogue SE 4dr Auto,2015,15995,72253,yes\r\n"
    b"A2,AB15 CDF,Land Rover,Range Rover,3.0 TDV6 Vogue SE 4dr Auto,2015,16995,62253,no\r\n"
    b"A3,AB15 CDG,Land Rover,Range Rover,3.0 TDV6 Vogue SE 4dr Auto,2060,17995,52253,no\r\n"
)


def payload(content: bytes) -> FilePayload:
    return {"name": "stock.csv", "mimeType": "text/csv", "buffer": content}


def upload(page: Page, content: bytes, *, dry_run: bool = False) -> FeedRun:
    """Upload a file on the page of a feed, and return the run whose page it leads to."""
    page.set_input_files("input[name=file]", payload(content))
    if dry_run:
        page.get_by_label("Only try it").check()
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url(f"**{RUNS}*/change/")
    return FeedRun.objects.order_by("-id")[0]


def worked(page: Page, run: FeedRun) -> None:
    """Do what the worker would, while the page looks on and shows the outcome by itself."""
    expect(page.locator("[data-run-state]")).to_be_visible()
    get_on(run_id=run.pk, seconds=LONG)
    expect(page.locator("[data-run-state]")).to_have_count(0)


def test_a_feed_is_written_tried_mapped_and_read(at_desk: Page, yard: Branch) -> None:
    page = at_desk
    page.goto(f"{FEEDS}add/")
    page.fill("#id_name", "Forecourt system")
    page.locator("button[name=_save]").click()
    page.wait_for_url(f"**{FEEDS}*/change/")
    feed = StockFeed.objects.get()
    assert feed.branch == yard
    assert serious(page) == []

    tried = upload(page, FILE, dry_run=True)
    worked(page, tried)
    expect(page.get_by_text("Nobody has confirmed yet what")).to_be_visible()
    page.get_by_role("link", name="Look over its columns").click()
    page.wait_for_load_state()
    price = page.get_by_label("Field of Our price")
    expect(price).to_have_value("price")
    expect(page.get_by_text("15995")).to_be_visible()
    page.get_by_label("Field of Warranty").select_option("")
    assert serious(page) == []
    page.get_by_role("button", name="Confirm and try the file").click()
    page.wait_for_url(f"**{RUNS}*/change/")
    worked(page, tried)
    expect(page.get_by_text("Only tried: nothing is changed")).to_be_visible()
    expect(page.locator(".panel-report tbody tr")).to_have_count(3)
    page.wait_for_load_state()
    assert not Listing.objects.exists()

    page.get_by_role("link", name="To the feed").click()
    page.wait_for_load_state()
    worked(page, upload(page, FILE))
    expect(page.locator(".panel-report tbody tr")).to_have_count(3)
    page.wait_for_load_state()
    assert serious(page) == []
    page.get_by_role("link", name="Rejected 1").click()
    row = page.locator(".panel-report tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("4")
    expect(row).to_contain_text("Year: This year is to come. (“2060”)")
    with page.expect_download() as download:
        page.get_by_role("link", name="Report as CSV").click()
    assert len(download.value.path().read_text().splitlines()) == 4
    assert list(Listing.objects.order_by("price").values_list("price", flat=True)) == [
        15_995,
        16_995,
    ]


def test_a_held_file_is_to_do_and_approved(at_desk: Page, yard: Branch) -> None:
    page, feed = at_desk, make.feed(yard, name="Forecourt system")
    cars = [car(number) for number in range(30)]
    bring(feed, cars)
    run = bring(feed, cars[:19])
    page.goto("/dealer/")
    page.get_by_text("Decide on stock files that are held").click()
    page.wait_for_url(f"**{RUNS}?state__exact=held")
    assert serious(page) == []
    page.locator("#result_list a[href*='/feedrun/']").first.click()
    page.wait_for_load_state()
    page.get_by_text("11 adverts that the file lacks").click()
    expect(page.locator(".panel-lacking li")).to_have_count(11)
    assert serious(page) == []
    page.get_by_role("link", name="Approve…").click()
    page.wait_for_load_state()
    expect(page.get_by_text("11 adverts that it lacks will be off sale at once")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(f"**{RUNS}*/change/")
    worked(page, run)
    assert Listing.objects.filter(status="live").count() == 19
    page.goto(FEEDS)
    expect(page.get_by_role("link", name="Forecourt system")).to_be_visible()
    assert serious(page) == []


def test_a_locked_field_is_given_back_on_the_adverts_page(at_desk: Page, yard: Branch) -> None:
    page, feed = at_desk, make.feed(yard, name="Forecourt system")
    bring(feed, [car(1)])
    row = Listing.objects.get()
    edit_listing(listing_id=row.pk, changes={"price": 9_000}, actor_id=None)
    page.goto(f"{STOCK}{row.pk}/change/")
    page.get_by_text("Who wrote each field last").click()
    expect(page.locator(".panel-authors")).to_contain_text("Feed Forecourt system, run")
    assert serious(page) == []
    page.get_by_role("button", name="Unlock Price").click()
    expect(page.get_by_text("Price is unlocked")).to_be_visible()
    row.refresh_from_db()
    assert row.locked_fields == []
