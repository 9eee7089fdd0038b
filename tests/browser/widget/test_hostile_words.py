"""What strangers write, in adverts or around the block, never runs."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.other_site import OtherSite
from tests.browser.widget.conftest import Html, Reader, wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
    pytest.mark.parametrize("reader", ["desktop"], indirect=True),
    pytest.mark.slow,
]
HOSTILE = (
    '</script></style></title>"><img src=x onerror="window.top.ran=1">'
    "<script>window.top.ran=1</script><svg onload=window.top.ran=1>"
)


def hostile_advert() -> Any:
    dealer = make.dealer(HOSTILE[:120], slug="hostile")
    place = make.branch(dealer, name=HOSTILE[:120], town=HOSTILE[:80], address=HOSTILE)
    return make.live(
        branch=place,
        model=make.model(HOSTILE[:70], slug="hostile-model"),
        derivative=HOSTILE,
        description=HOSTILE,
        features=[HOSTILE[:120]],
    )


def test_the_block_shows_hostile_adverts_as_texts(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    row = hostile_advert()
    page = reader.open()
    heading = HOSTILE.replace('"', "&quot;")
    page.goto(
        site.put(
            "/", article(f'<used-cars limit="1" theme="{heading}" heading="{heading}"></used-cars>')
        )
    )
    wait_for(page, "shown")
    expect(page.locator(".uc-title")).to_have_text(row.title)
    expect(page.locator(".uc-heading")).to_have_text(HOSTILE)
    assert page.locator("used-cars img").count() == 0
    assert page.evaluate("window.ran") is None
    assert reader.complaints == []


def test_pages_fragments_and_frames_show_hostile_adverts_as_texts(
    reader: Reader, site: OtherSite, live_server: Any
) -> None:
    row = hostile_advert()
    page = reader.open()
    page.goto(f"{live_server.url}/cars/{row.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(row.title)
    page.goto(f"{live_server.url}/cars/?model=hostile-model")
    expect(page.locator(".uc-title")).to_have_text(row.title)
    frame = f'<iframe src="{live_server.url}/widget/frame/" title="Cars"></iframe>'
    page.goto(site.put("/", f"<!doctype html><link rel=icon href=data:,><title>x</title>{frame}"))
    expect(page.frame_locator("iframe").locator(".uc-title")).to_have_text(row.title)
    assert page.evaluate("window.ran") is None
    fragment = page.request.get(f"{live_server.url}/widget/fragment/").text()
    link = '<!doctype html><link rel="icon" href="data:,"><title>x</title>'
    page.goto(site.put("/fragment", f"{link}{fragment}"))
    expect(page.locator(".uc-title")).to_have_text(row.title)
    assert page.evaluate("window.ran") is None
    assert reader.complaints == []


def test_an_answer_with_other_addresses_than_of_the_web_is_not_shown(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    make.live()
    page = reader.open()

    def changed(route: Any) -> None:
        answer = route.fetch()
        body = answer.json()
        body["adverts"][0]["url"] = "javascript:window.ran=1"
        route.fulfill(response=answer, json=body)

    page.route("**/api/v1/widget/", changed)
    page.goto(site.put("/", article("<used-cars></used-cars>")))
    wait_for(page, "hidden")
    assert page.locator("used-cars a").count() == 0
    assert reader.complaints == []


def test_no_other_site_may_frame_our_pages(
    reader: Reader, site: OtherSite, live_server: Any
) -> None:
    page = reader.open()
    frame = f'<iframe src="{live_server.url}/cars/"></iframe>'
    page.goto(site.put("/", f"<!doctype html><link rel=icon href=data:,><title>x</title>{frame}"))
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_have_count(0)
    assert any("frame-ancestors" in text for text in reader.complaints)
