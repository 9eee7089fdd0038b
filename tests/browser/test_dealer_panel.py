"""A dealer at work in a browser, on a desk and on a phone."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from dealers.models import Branch
from listings.models import Listing, Photo, PriceChange
from listings.pricing import assign_plan
from tests import make
from tests.browser.conftest import serious

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
HOME = "/dealer/"
STOCK = "/dealer/listings/listing/"
PLANS = "/dealer/listings/priceplan/"


def picture(colour: str) -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, format="JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_an_advert_is_written_from_its_title_photographed_and_published(
    at_desk: Page, yard: Branch
) -> None:
    page = at_desk
    golf = make.model("Golf", make.make("Volkswagen"))
    page.goto(f"{STOCK}add/")
    page.fill("#whole-title", "Volkswagen Golf 1.5 TSI Life 5dr DSG")
    page.press("#whole-title", "Enter")
    expect(page.locator("#id_derivative")).to_have_value("1.5 TSI Life 5dr DSG")
    expect(page.locator("#id_transmission")).to_have_value("automatic")
    expect(page.locator("#id_make")).to_have_value(str(golf.make_id))
    page.fill("#id_vrm", "ab19 cde")
    page.press("#id_vrm", "Tab")
    expect(page.locator("#id_year")).to_have_value("2019")
    page.fill("#id_mileage", "31250")
    page.fill("#id_price", "15995")
    card = page.locator("[data-preview]")
    expect(card).to_contain_text("Volkswagen Golf 1.5 TSI Life 5dr DSG")
    expect(card).to_contain_text("£15,995")
    expect(card).to_contain_text("31,250 miles")
    page.locator("button[name=_save]").click()
    page.wait_for_url("**/change/**")

    row = Listing.objects.get()
    assert (row.model, row.vrm, row.doors, row.status) == (golf, "AB19CDE", 5, "draft")
    _photograph(page, row)
    page.locator("#allowed-actions").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is published: buyers see it now")).to_be_visible()
    row.refresh_from_db()
    assert row.status == "live"


def _photograph(page: Page, row: Listing) -> None:
    """Add three photos at once and put the last one first, by a button and by dragging."""
    page.set_input_files(
        ".panel-drop input[type=file]", [picture(name) for name in ("red", "green", "blue")]
    )
    photos = page.locator(".panel-photo-list li")
    said = page.locator(".panel-photos-said")
    expect(said).to_contain_text("3 added.")
    expect(photos).to_have_count(3)
    first, second, third = Photo.objects.filter(listing=row).values_list("pk", flat=True)

    page.get_by_role("button", name="Move photo 1 later").click()
    expect(said).to_have_text("Photo 1 is now photo 2 of 3.")
    expect(photos.nth(1)).to_have_attribute("data-id", str(first))
    expect(page.get_by_role("button", name="Move photo 2 later")).to_be_focused()
    assert order(row) == [second, first, third]

    with page.expect_response("**/photos/order/"):
        photos.nth(2).drag_to(photos.nth(0), target_position={"x": 5, "y": 20})
    expect(photos.nth(0)).to_have_attribute("data-id", str(third))
    expect(said).to_have_text("The photo is now number 1 of 3.")
    assert order(row) == [third, second, first]


def order(row: Listing) -> list[int]:
    return list(Photo.objects.filter(listing=row).values_list("pk", flat=True))


def test_a_price_is_edited_in_the_table(at_desk: Page, yard: Branch) -> None:
    page, row = at_desk, make.live(branch=yard)
    page.goto(STOCK)
    price = page.locator(".panel-price input")
    expect(price).to_have_value("33,999")
    price.fill("31995")
    price.press("Enter")
    expect(page.locator(".panel-price-said")).to_have_text("Saved Undo")
    expect(price).to_have_value("31,995")
    row.refresh_from_db()
    assert row.price == 31_995

    price.fill("nonsense")
    price.press("Tab")
    expect(page.locator(".panel-price-said")).to_contain_text("whole pounds")
    row.refresh_from_db()
    assert row.price == 31_995


def test_a_bulk_change_of_price_is_previewed_and_told_row_by_row(
    at_desk: Page, yard: Branch
) -> None:
    page = at_desk
    row = make.live(branch=yard, price=10_000)
    sold = make.live(branch=yard, status="sold", sold_at=timezone.now())
    page.goto(STOCK)
    for each in (row, sold):
        page.locator(f"input.action-select[value='{each.pk}']").check()
    page.select_option("select[name=action]", "change_price")
    page.get_by_role("button", name="Run").click()
    page.wait_for_load_state()
    page.fill("input[name=amount]", "-5")
    page.select_option("select[name=ending]", "any")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("£9,500").first).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="Change 1 price").click()
    expect(page.get_by_text("£10,000 → £9,500")).to_be_visible()
    expect(page.get_by_text("A sold advert keeps its price.")).to_be_visible()
    row.refresh_from_db()
    assert row.price == 9_500
    assert PriceChange.objects.filter(reason="bulk").count() == 1


def test_a_long_run_goes_on_by_itself(
    at_desk: Page, yard: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealers.bulk.steps.BATCH_ROWS", 2)
    page = at_desk
    for _ in range(7):
        make.draft(branch=yard)
    page.goto(STOCK)
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", "publish")
    page.get_by_role("button", name="Run").click()
    page.wait_for_load_state()
    expect(page.get_by_text("7 Draft")).to_be_visible()
    page.get_by_role("button", name="Publish 7 adverts").click()
    page.wait_for_load_state()
    expect(page.locator("[data-count=done]")).to_have_text("7")
    expect(page.locator("[data-count=waiting]")).to_have_text("0")
    assert Listing.objects.filter(status="live").count() == 7


def test_the_charts_are_read_and_a_line_to_do_opens_its_adverts(
    at_desk: Page, yard: Branch
) -> None:
    page, now = at_desk, timezone.now()
    make.live(branch=yard, published_at=now - timedelta(days=40), derivative="Forty days")
    make.draft(branch=yard)
    page.goto(HOME)
    ages = page.locator("section", has_text="Live stock by age").locator("li:not(.panel-axis)")
    expect(ages.nth(1)).to_contain_text("1")
    expect(ages.nth(1)).to_contain_text("31-60 days")
    weeks = page.locator("section", has_text="Added and sold, by week")
    expect(weeks).to_contain_text("2 added")
    ages.nth(1).locator("a").click()
    expect(page.get_by_text("Forty days")).to_be_visible()
    page.goto(HOME)
    page.get_by_text("Publish drafts").click()
    page.wait_for_url("**status__exact=draft**")
    expect(page.locator("#result_list input.action-select")).to_have_count(1)


def test_no_page_has_a_serious_accessibility_finding(at_desk: Page, yard: Branch) -> None:
    page = at_desk
    row = make.live(branch=yard, vrm="AB15CDE", stock_ref="S1", reserved_until=timezone.now())
    make.draft(branch=yard, price=None)
    plan = make.price_plan(yard.dealer, name="Slow")
    assign_plan(plan_id=plan.pk, listing_ids=[row.pk], actor_id=None)
    paths = (
        HOME,
        STOCK,
        f"{STOCK}?status__exact=live",
        f"{STOCK}add/",
        f"{STOCK}{row.pk}/change/",
        PLANS,
        f"{PLANS}add/",
        f"{PLANS}{plan.pk}/change/",
    )
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = serious(page)
    page.goto(STOCK)
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", "change_price")
    found["ticked"] = serious(page)
    page.get_by_role("button", name="Run").click()
    page.wait_for_load_state()
    page.get_by_role("button", name="Preview").click()
    page.locator("button[name=confirm]").wait_for()
    page.wait_for_load_state()
    found["preview"] = serious(page)
    page.locator("button[name=confirm]").click()
    page.wait_for_url("**/run/**")
    found["run"] = serious(page)
    page.context.clear_cookies()
    page.goto(HOME)
    found["sign in"] = serious(page)
    assert {path: texts for path, texts in found.items() if texts} == {}
