"""Staff at work in a browser, on a desk and on a phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dealers.models import AuditEvent, Branch, FeedRun
from listings.models import AdvertSignal, Listing, ListingEvent
from tests import make
from tests.browser.conftest import serious

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
LIST = "/admin/listings/listing/"


def test_staff_filter_by_price_publish_and_reject(signed_in: Page) -> None:
    page = signed_in
    cheap, scrap = make.draft(price=9_995), make.draft(price=8_495, write_off="b")
    dear = make.draft(price=60_000)

    page.goto(LIST)
    page.get_by_role("button", name="Filters", exact=True).click()
    page.fill("input[name=price_to]", "10000")
    page.get_by_role("button", name="Apply Filters").click()
    page.wait_for_url("**price_to=10000**")
    expect(page.locator("#result_list input.action-select")).to_have_count(2)

    for row in (cheap, scrap):
        page.locator(f"input.action-select[value='{row.pk}']").check()
    page.select_option("select[name=action]", "publish")
    page.get_by_role("button", name="Run").click()
    page.wait_for_load_state()
    expect(page.get_by_text("1 advert published.")).to_be_visible()
    expect(page.get_by_text("written off in category A or B")).to_be_visible()
    page.wait_for_load_state()
    states = dict(Listing.objects.values_list("pk", "status"))
    assert states == {cheap.pk: "live", scrap.pk: "draft", dear.pk: "draft"}

    page.locator(f"input.action-select[value='{cheap.pk}']").check()
    page.select_option("select[name=action]", "reject")
    page.get_by_role("button", name="Run").click()
    page.wait_for_load_state()
    page.fill("textarea[name=reason]", "The photos show another car.")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("1 advert rejected.")).to_be_visible()
    assert ListingEvent.objects.get(kind="rejected").reason == "The photos show another car."


def test_staff_search_by_mark_and_no_address_shows_it(signed_in: Page) -> None:
    page = signed_in
    wanted = make.live(vrm="AB15CDE")
    make.live(vrm="XY65ZZZ")
    seen: list[str] = []
    page.on("request", lambda sent: seen.append(sent.url))
    page.goto(LIST)
    page.fill("#searchbar", "ab15 cde")
    page.press("#searchbar", "Enter")
    page.wait_for_url("**q=*")
    expect(page.locator("#result_list input.action-select")).to_have_count(1)
    assert not [url for url in seen if "ab15" in url.lower()]
    page.locator(f"#result_list a[href*='/{wanted.pk}/change/']").first.click()
    expect(page.locator("input[name=vrm]")).to_have_value("AB15CDE")


def test_staff_edit_an_advert_and_withdraw_it(signed_in: Page) -> None:
    page = signed_in
    row = make.live()
    page.goto(f"{LIST}{row.pk}/change/")
    page.fill("input[name=price]", "31995")
    page.locator("button[name=_continue]").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("1 advert withdrawn.")).to_be_visible()
    row.refresh_from_db()
    assert (row.price, row.status) == (31_995, "withdrawn")


def test_staff_work_in_a_dealers_panel_and_leave_it(signed_in: Page, yard: Branch) -> None:
    page = signed_in
    row = make.draft(branch=yard)
    page.goto(f"/admin/dealers/dealer/{yard.dealer_id}/change/")
    page.get_by_role("button", name="Open the dealer").click()
    page.wait_for_url("**/dealer/")
    banner = page.get_by_role("form", name="Visit of staff")
    expect(banner).to_contain_text("You are in the panel of Harbour Cars as staff.")
    assert serious(page) == []
    page.goto(f"/dealer/listings/listing/{row.pk}/change/")
    expect(banner).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("is published: buyers see it now")).to_be_visible()
    row.refresh_from_db()
    assert row.status == "live"
    banner.get_by_role("button", name="Leave").click()
    page.wait_for_url(f"**/admin/dealers/dealer/{yard.dealer_id}/change/")
    kinds = AuditEvent.objects.filter(dealer=yard.dealer).order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "staff_entered",
        "staff_posted",
        "staff_left",
    ]


def test_home_says_what_waits_and_leads_to_where_it_is_decided(
    signed_in: Page, yard: Branch
) -> None:
    page = signed_in
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    assert serious(page) == []
    feed = make.feed(yard, name="Stock")
    run = FeedRun.objects.create(
        feed=feed,
        state="held",
        hold_code="shrunk",
        hold_reason="The file has 12 cars; the last one had 52.",
        source_at=timezone.now(),
    )
    pending = make.make("Rovver " + "Lang" * 12, confirmation="pending")
    make.draft(branch=yard, model=make.model("Vitesse", pending, confirmation="pending"))
    AdvertSignal.objects.create(listing=make.live(branch=yard), suspicion="low_price")
    page.reload()
    waiting = page.get_by_role("region", name="What waits for you")
    expect(waiting).to_contain_text("Harbour Cars' feed “Stock” has waited since")
    expect(waiting).to_contain_text("The file has 12 cars; the last one had 52.")
    expect(waiting).to_contain_text("1 advert of Harbour Cars waits for it since")
    expect(waiting.get_by_role("heading", level=3)).to_have_text(
        ["Stock files that are held", "Adverts that look wrong", "Makes to place"]
    )
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    waiting.get_by_role("button", name="Decide on Stock of Harbour Cars").click()
    page.wait_for_url(f"**/dealer/dealers/feedrun/{run.pk}/change/")
    expect(page.get_by_text("The file has 12 cars").first).to_be_visible()
