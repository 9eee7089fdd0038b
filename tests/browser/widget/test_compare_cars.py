"""A buyer compares cars in a browser, with and without a script."""

from typing import Any

import pytest
from playwright.sync_api import expect

from listings.models import Listing
from tests import make
from tests.browser.widget.conftest import Reader
from tests.browser.widget.test_public_pages import assert_no_barrier, fits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


def cars() -> list[Listing]:
    place = make.branch()
    return [
        make.live(branch=place, price=price, seats=seats)
        for price, seats in ((30_000, 5), (31_000, 7), (32_000, None))
    ]


def test_cars_are_chosen_compared_and_taken_away_without_a_script(
    reader: Reader, live_server: Any
) -> None:
    one, two, _ = cars()
    page = reader.open(java_script_enabled=False)
    page.goto(f"{live_server.url}/cars/{one.pk}/")
    card = page.locator(".uc-card", has_text="£31,000")
    card.get_by_role("link", name="Compare with this car").click()
    page.wait_for_url(f"{live_server.url}/cars/compare/?id={one.pk}&id={two.pk}")
    price = page.get_by_role("row", name="Price (differs)")
    expect(price.get_by_role("cell")).to_have_text(["£30,000", "£31,000"])
    expect(page.get_by_role("row", name="Mileage")).to_be_visible()
    page.get_by_label("Show only what differs").check()
    expect(page.get_by_role("row", name="Mileage")).to_be_hidden()
    expect(price).to_be_visible()
    page.get_by_role("link", name="Add to the comparison").click()
    expect(price.get_by_role("cell")).to_have_text(["£30,000", "£31,000", "£32,000"])
    page.get_by_role("link", name=f"Take {one.title} away").first.click()
    expect(price.get_by_role("cell")).to_have_text(["£31,000", "£32,000"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_comparison_has_no_barrier_and_scrolls_by_keys(
    reader: Reader, live_server: Any, scheme: str
) -> None:
    rows = [*cars(), *cars()]
    page = reader.open(color_scheme=scheme)
    query = "&".join(f"id={row.pk}" for row in rows)
    page.goto(f"{live_server.url}/cars/compare/?{query}&id=999")
    assert_no_barrier(page)
    assert fits(page)
    table = page.get_by_role("region", name="The cars side by side")
    table.focus()
    wide = table.evaluate("each => each.scrollWidth > each.clientWidth")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "each => !each[1] || each[0].scrollLeft > 0", arg=[table.element_handle(), wide]
    )
    first = page.get_by_role("row", name="Price").get_by_role("rowheader")
    box, around = first.bounding_box(), table.bounding_box()
    assert box is not None
    assert around is not None
    assert abs(box["x"] - around["x"]) < 3
    assert reader.complaints == []
