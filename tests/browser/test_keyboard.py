"""Somebody without a mouse, or zoomed far in, at work in the panel and the staff admin."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from dealers.models import Branch
from listings.models import Listing
from tests import make
from tests.browser.conftest import PASSWORD, serious

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
ZOOMED = ViewportSize(width=720, height=450)  # a window of 1440 by 900 at 200 per cent
FAR_ZOOMED = ViewportSize(width=320, height=225)  # one of 1280 by 900 at 400 per cent
FOCUS = """() => {
  const it = document.activeElement, seen = it.getBoundingClientRect(), look = getComputedStyle(it);
  return {
    name: (it.ariaLabel || it.innerText || it.value || "").trim().split("\\n").pop(),
    path: it.getAttribute("href") ?? "",
    id: it.id,
    tag: it.tagName,
    isMarked: (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0)
      || look.boxShadow !== "none",
    isInView: seen.width > 0 && seen.bottom > 0 && seen.top < innerHeight
      && seen.right > 0 && seen.left < innerWidth,
  };
}"""


def tab(page: Page) -> dict[str, Any]:
    """Press Tab, and return where the focus is: it must be seen there."""
    page.keyboard.press("Tab")
    focus: dict[str, Any] = page.evaluate(FOCUS)
    assert focus["tag"] != "BODY", "the focus is lost"
    assert focus["isMarked"], f"nothing shows the focus on {focus}"
    assert focus["isInView"], f"the focus is out of view on {focus}"
    return focus


def tab_to(page: Page, wanted: str, *, at_most: int = 60) -> list[dict[str, Any]]:
    """Press Tab until something with this id has the focus; return all that had it."""
    passed = []
    for _ in range(at_most):
        passed.append(tab(page))
        if passed[-1]["id"] == wanted:
            return passed
    raise AssertionError(f"Tab does not reach {wanted}: {[each['name'] for each in passed]}")


def menu_paths(page: Page) -> list[str]:
    links = page.locator("#nav-sidebar-apps a").all()
    return [str(each.get_attribute("href")) for each in links]


@pytest.fixture(params=["dealer", "staff"])
def home(request: pytest.FixtureRequest, page: Page, yard: Branch) -> Page:
    """Somebody at home in the panel or in the staff admin, at either size."""
    if request.param == "dealer":
        make.member(yard.dealer, email="olive@example.com", password=PASSWORD, full_name="Olive")
    else:
        make.staff(email="olive@example.com", password=PASSWORD, full_name="Olive")
    path = {"dealer": "/dealer/", "staff": "/admin/"}[request.param]
    page.goto(path)
    page.keyboard.press("Tab")
    page.locator("input[name=username]").focus()
    page.keyboard.type("olive@example.com")
    tab(page)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith(path) and "login" not in url)
    return page


def test_tab_reaches_every_page_of_the_menu_and_the_account(home: Page) -> None:
    page = home
    assert tab(page)["name"] == "Skip to the content"
    opener = page.locator("#menu-opener")
    if opener.is_visible():
        tab_to(page, "menu-opener")
        expect(opener).to_have_attribute("aria-expanded", "false")
        page.keyboard.press("Enter")
        expect(page.locator("#menu-closer")).to_be_focused()
        expect(opener).to_have_attribute("aria-expanded", "true")
        assert serious(page) == []
    passed = dict.fromkeys(each["path"] for each in tab_to(page, "account-opener"))
    assert [path for path in passed if path in menu_paths(page)] == menu_paths(page)
    expect(page.locator("#nav-sidebar-apps a[aria-current=page]")).to_have_text(re.compile("Home"))

    account = page.locator("#account-opener")
    expect(account).to_have_accessible_name(re.compile("Account of.*Olive"))
    expect(account).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(account).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("button", name="Light")).to_be_focused()
    assert serious(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("html")).to_have_class("dark")
    page.keyboard.press("Escape")
    expect(account).to_be_focused()
    expect(account).to_have_attribute("aria-expanded", "false")


def test_escape_and_moving_on_close_the_menu(home: Page) -> None:
    page, opener = home, home.locator("#menu-opener")
    if not opener.is_visible():
        page.set_viewport_size(ZOOMED)
    opener.focus()
    page.keyboard.press("Space")
    expect(page.locator("#nav-sidebar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.locator("#nav-sidebar")).to_be_hidden()
    page.keyboard.press("Enter")
    tab_to(page, "account-opener")
    page.keyboard.press("Tab")
    expect(page.locator("#nav-sidebar")).to_be_hidden()


def test_the_link_past_the_menu_leads_to_the_content(home: Page) -> None:
    page = home
    assert tab(page)["name"] == "Skip to the content"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("size", [ZOOMED, FAR_ZOOMED], ids=["200", "400"])
def test_the_menu_works_zoomed_in(home: Page, size: Any) -> None:
    page = home
    page.set_viewport_size(size)
    page.reload()
    page.locator("#menu-opener").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#menu-closer")).to_be_focused()
    passed = dict.fromkeys(each["path"] for each in tab_to(page, "account-opener"))
    assert [path for path in passed if path in menu_paths(page)] == menu_paths(page)
    page.keyboard.press("Enter")
    out = page.locator("#logout-form button")
    while not out.evaluate("each => each === document.activeElement"):
        tab(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_rows_filters_and_errors_without_a_mouse(at_desk: Page, yard: Branch) -> None:
    page, row = at_desk, make.live(branch=yard)
    page.goto("/dealer/listings/listing/")
    name = f"Select {row.year} {row.title}"
    expect(page.locator("input.action-select")).to_have_accessible_name(name)

    filters = page.locator("#filters-opener")
    tab_to(page, "filters-opener")
    page.keyboard.press("Enter")
    expect(page.locator("#filters-closer")).to_be_focused()
    expect(page.get_by_label("Price: From")).to_be_visible()
    page.get_by_role("combobox", name="By days live").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#changelist-filter")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(filters).to_be_focused()
    expect(page.locator("#changelist-filter")).to_be_hidden()

    page.goto(f"/dealer/listings/listing/{row.pk}/change/")
    page.fill("#id_mileage", "-1")
    page.locator("button[name=_save]").click()
    summary = page.locator("[data-errors]").first
    expect(summary).to_be_focused()
    expect(page.locator("#id_mileage")).to_have_accessible_description(re.compile("greater|least"))
    expect(page.locator("#id_mileage")).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link", name="Mileage").press("Enter")
    expect(page.locator("#id_mileage")).to_be_focused()
    assert serious(page) == []
    assert Listing.objects.get().mileage == row.mileage


def test_what_was_done_is_read_aloud(at_desk: Page, yard: Branch) -> None:
    page, row = at_desk, make.live(branch=yard)
    page.goto(f"/dealer/listings/listing/{row.pk}/change/")
    page.fill("#id_price", "31995")
    page.locator("button[name=_save]").click()
    expect(page.get_by_role("status").filter(has_text="Saved: ")).to_be_visible()
    assert Listing.objects.get().price == 31_995
