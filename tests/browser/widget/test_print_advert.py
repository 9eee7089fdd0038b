"""A buyer prints an advert and takes the sheet along."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from listings.models import Listing
from tests import make
from tests.browser.widget.conftest import Reader
from tests.browser.widget.test_advert_photos import car, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_printed_advert_is_one_page(reader: Reader, live_server: Any, paper: str) -> None:
    row = car(12)
    type(row.dealer).objects.update(phone="0113 496 0000")
    Listing.objects.filter(pk=row.pk).update(
        description="Every word of this is true.\n\n" * 400,
        features=[f"Feature {n} that takes a whole line of its own" for n in range(120)],
        engine_cc=2993,
        power_bhp=258,
        seats=5,
        owners=2,
        colour="black",
        body_type="suv",
    )
    for price in (33_000, 32_000, 31_000, 30_000, 29_000, 28_000):
        Listing.objects.filter(pk=row.pk).update(price=price)
    for pk in (row.pk, make.live(branch=row.branch).pk):
        page = opened(reader, f"{live_server.url}/cars/{pk}/")
        sheets = re.findall(rb"/Count (\d+)", page.pdf(format=paper))
        assert sheets == [b"1"]
        page.emulate_media(media="print")
        for hidden in (".around", ".place", ".top"):
            expect(page.locator(hidden).first).to_be_hidden()
        call = page.get_by_role("link", name="Call 0113 496 0000")
        expect(call).to_have_css("background-color", "rgba(0, 0, 0, 0)")
        expect(call).to_have_css("color", "rgb(0, 0, 0)")
        expect(page.locator(".printed")).to_contain_text(f"/cars/{pk}/")
        expect(page.get_by_text("Every word of this is true.").first).to_be_visible(
            visible=pk == row.pk
        )
