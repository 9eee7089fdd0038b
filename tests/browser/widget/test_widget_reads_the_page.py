"""`<used-cars auto>` tells the server what its page says, and nothing of its reader.

What the server makes of an article is tested where that is decided; here it is told.
"""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests import make
from tests.browser.other_site import OtherSite
from tests.browser.widget.conftest import Html, Reader, wait_for
from tests.seed import nine

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.enable_socket,
    pytest.mark.parametrize("reader", ["desktop"], indirect=True),
    pytest.mark.slow,
]
CRITERIA = {"make": ["land-rover"], "model": ["range-rover"]}
ARTICLE = """<!doctype html><html lang="en"><head>
<title>News</title><link rel="icon" href="data:,">
<meta property="og:title" content="Range  Rover   review">
<meta name="keywords" content="SUV, off-road">
<script type="application/ld+json">
{"@graph": [{"@type": "NewsArticle", "keywords": "Land Rover,SUV",
  "about": {"name": "Range Rover"}}]}</script>
<script type="application/ld+json">{not json</script>
<script src="SERVER/widget/v1.js" async></script></head><body>
<nav><p>Home</p></nav>
<article><h1>Up the <em>hill</em></h1><p>We drove it.</p>
<aside><h3>Car review</h3><p>Range Rover</p></aside>
<form><p>Your name</p><input value="Jane Doe"><textarea>secret</textarea></form>
<p hidden>unseen</p><div contenteditable><p>typed</p></div>
<div class="comments"><p>A comment by Jane</p></div>
<ul><li>Mud</li></ul><a rel="tag">4x4</a><used-cars auto reserve limit="3"></used-cars></article>
<footer><p>Imprint</p></footer></body></html>"""


def answer_matches(page: Page, criteria: Any, status: int = 200) -> list[str]:
    """Let the server say which cars pages are about; return where the questions gather."""
    asked: list[str] = []

    def say(route: Route) -> None:
        asked.append(route.request.post_data or "")
        route.fulfill(
            status=status,
            json={"criteria": criteria},
            headers={"Access-Control-Allow-Origin": "*"},
        )

    page.route("**/api/v1/editorial/match/", say)
    return asked


def test_the_page_s_words_are_sent_and_the_cars_they_are_about_shown(
    reader: Reader, site: OtherSite, live_server: Any
) -> None:
    nine()
    make.live(model=make.model("A3", make.make("Audi")), price=5_000)
    page = reader.open()
    asked = answer_matches(page, CRITERIA)
    site.put("/news/hill", ARTICLE.replace("SERVER", live_server.url))
    page.goto(f"{site.url}/news/hill?reader=jane&token=abc#part")
    wait_for(page, "shown")
    expect(page.locator(".uc-price")).to_have_text(["£33,999", "£36,999", "£37,649"])
    assert [json.loads(each) for each in asked] == [
        {
            "title": "Range Rover review",
            "headings": ["Up the hill", "Car review"],
            "text": "Up the hill\n\nWe drove it.\n\nCar review\n\nRange Rover\n\nMud",
            "tags": ["SUV", "off-road", "4x4", "Land Rover", "Range Rover"],
            "url": f"{site.url}/news/hill",
        }
    ]
    assert reader.complaints == []


def test_attributes_narrow_what_the_page_is_about(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    nine()
    page = reader.open()
    asked = answer_matches(page, CRITERIA)
    tag = "<used-cars auto reserve {}></used-cars>"
    blocks = tag.format('fuel="petrol"') + tag.format('limit="1"')
    page.goto(site.put("/", article(blocks)))
    page.locator("used-cars").nth(1).scroll_into_view_if_needed()
    expect(page.locator("used-cars").nth(0).locator(".uc-price").first).to_have_text("£42,844")
    expect(page.locator("used-cars").nth(1).locator(".uc-price")).to_have_text("£33,999")
    assert len(asked) == 1


@pytest.mark.parametrize(("criteria", "status"), [(None, 200), ({}, 200), (CRITERIA, 500)])
def test_a_page_about_no_car_has_no_block(
    reader: Reader, site: OtherSite, article: Html, criteria: Any, status: int
) -> None:
    nine()
    page = reader.open()
    answer_matches(page, criteria, status)
    page.goto(site.put("/", article("<used-cars auto></used-cars>")))
    wait_for(page, "none")
    assert not [url for url in reader.requests if "/api/v1/widget/?" in url]
    assert [text for text in reader.complaints if "status of 500" not in text] == []


def test_a_long_page_is_cut_before_it_is_sent(
    reader: Reader, site: OtherSite, article: Html
) -> None:
    page = reader.open()
    asked = answer_matches(page, None)
    words = "".join(f"<p>{'word ' * 200}</p>" for _ in range(100))
    page.goto(site.put("/", article("<used-cars auto loading='eager'></used-cars>", before=words)))
    expect(page.locator("used-cars")).to_have_attribute("data-state", "none")
    assert 39_000 < len(json.loads(asked[0])["text"]) <= 40_200
