"""The block for pages and readers without a script: fragment, frame and oEmbed."""

import json
import re
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.seed import CARS, nine

pytestmark = pytest.mark.django_db
QUESTION = "make=land-rover&model=range-rover"
FRAGMENT, FRAME = "/widget/fragment/", "/widget/frame/"
HOSTILE = "</script><script>alert(1)</script>"
RESULTS = f"http://testserver/cars/?{QUESTION}"


def titles(html: str) -> list[str]:
    return re.findall(r'<h[23] class="uc-title">(.*?)</h[23]>', html)


def oembed(client: Client, url: str, more: str = "") -> Any:
    return client.get(f"/oembed?url={quote(url, safe='')}{more}")


def test_the_fragment_has_the_nine_cars_and_their_linked_data(client: Client) -> None:
    nine()
    answer = client.get(f"{FRAGMENT}?{QUESTION}")
    html = answer.content.decode()
    assert titles(html) == [f"Land Rover Range Rover {derivative}" for derivative, *_ in CARS]
    assert html.count(">View details</a>") == 9
    assert 'href="http://testserver/cars/?make=land-rover&amp;model=range-rover"' in html
    assert " style=" not in html
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    cars = [each["item"] for each in json.loads(text)["itemListElement"]]
    assert [car["offers"]["price"] for car in cars] == [price for _, _, price, *_ in CARS]
    assert cars[0]["mileageFromOdometer"]["unitCode"] == "SMI"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=20, stale-while-revalidate=30"
    again = client.get(f"{FRAGMENT}?{QUESTION}", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_fragment_without_cars_is_empty_and_a_mistake_is_refused(client: Client) -> None:
    make.model()
    assert client.get(f"{FRAGMENT}?{QUESTION}").status_code == 204
    assert client.get(f"{FRAGMENT}?mak=bmw").status_code == 400
    assert client.get(f"{FRAGMENT}?model=range-rover&make=land-rover").status_code == 301


def test_only_the_frame_may_be_framed(client: Client) -> None:
    row = make.live()
    for path in (FRAME, f"{FRAME}{row.pk}/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert not answer.has_header("X-Frame-Options")
        assert "frame-ancestors *" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert titles(answer.content.decode()) == [row.title]
        assert 'target="_top"' in answer.content.decode()
    for path in ("/cars/", f"/cars/{row.pk}/", FRAGMENT):
        answer = client.get(path, follow=True)
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_a_frame_takes_its_looks_and_its_name_from_the_address(client: Client) -> None:
    make.live()
    html = client.get(f"{FRAME}?placement=rss&theme=dark").content.decode()
    assert 'data-theme="dark"' in html
    assert 'data-placement="rss"' in html
    for query in ("theme=%22onload", "placement=%3Cb%3E"):
        answer = client.get(f"{FRAME}?{query}")
        assert (answer.status_code, b"<b>" in answer.content) == (400, False)


def test_a_frame_hands_its_name_on_to_our_own_page_of_a_car(
    client: Client, settings: Settings
) -> None:
    row = make.live()
    for path in (FRAME, f"{FRAME}{row.pk}/"):
        html = client.get(f"{path}?placement=rss").content.decode()
        (link,) = re.findall(r'class="uc-link" href="([^"]+)"', html)
        assert link.startswith(f"http://testserver/cars/{row.pk}/")
        assert link.endswith("/?placement=rss")
        assert '"url":"http://testserver' in html.replace(": ", ":")
        assert html.count("placement=rss") == 2  # its form too; linked data names its one address
        assert "placement" not in client.get(path).content.decode()
    settings.PUBLIC_LISTING_URL = "https://www.example.com/used/{id}"
    html = client.get(f"{FRAME}?placement=rss").content.decode()
    assert f'href="https://www.example.com/used/{row.pk}"' in html


def test_a_frame_without_cars_is_an_empty_page(client: Client) -> None:
    answer = client.get(FRAME)
    assert (answer.status_code, b"used-cars" in answer.content) == (200, False)
    assert client.get(f"{FRAME}1/").status_code == 404


def test_hostile_adverts_stay_texts_in_fragment_and_frame(client: Client) -> None:
    place = make.branch(make.dealer(HOSTILE, slug="hostile"), town=HOSTILE)
    make.live(derivative=HOSTILE, branch=place)
    fragment = client.get(FRAGMENT).content.decode()
    assert (fragment.count("<script"), fragment.count("</script>")) == (1, 1)
    frame = client.get(FRAME).content.decode()
    assert (frame.count("<script"), frame.count("</script>")) == (2, 2)


def test_oembed_gives_a_frame_of_the_results(client: Client) -> None:
    nine()
    answer = oembed(client, RESULTS)
    body = answer.json()
    assert (body["type"], body["version"], body["title"]) == ("rich", "1.0", "Used cars for sale")
    assert body["html"] == (
        '<iframe src="http://testserver/widget/frame/?make=land-rover&amp;model=range-rover" '
        'title="Used cars for sale" width="720" height="900" loading="lazy"></iframe>'
    )
    assert answer["Access-Control-Allow-Origin"] == "*"
    small = oembed(client, RESULTS, "&maxwidth=300&maxheight=200").json()
    assert (small["width"], small["height"]) == (300, 200)
    assert 'width="300" height="200"' in small["html"]


def test_what_others_add_to_a_link_does_not_break_block_and_frames(client: Client) -> None:
    (row, *_) = nine()
    added = "utm_source=mail&fbclid=1"
    for path in ("/widget/frame/", "/widget/fragment/"):
        answer = client.get(f"{path}?fuel=petrol&{added}")
        assert (answer.status_code, answer["Location"]) == (301, f"{path}?fuel=petrol")
    assert client.get(f"/widget/frame/{row.pk}/?{added}").status_code == 200
    answer = oembed(client, f"http://testserver/cars/?fuel=petrol&{added}")
    assert answer.status_code == 200
    assert "utm_source" not in answer.content.decode()


def test_oembed_gives_a_frame_of_one_advert_also_as_xml(client: Client) -> None:
    row = make.live()
    page = client.get(f"/cars/{row.pk}/", follow=True).content.decode()
    found = re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', page)
    assert [kind for kind, _ in found] == ["application/json+oembed", "text/xml+oembed"]
    body = client.get(found[0][1].replace("&amp;", "&")).json()
    assert body["title"] == row.title
    assert f'src="http://testserver/widget/frame/{row.pk}/"' in body["html"]
    xml = client.get(found[1][1].replace("&amp;", "&"))
    assert xml["Content-Type"] == "text/xml; charset=utf-8"
    assert ET.fromstring(xml.content).findtext("title") == row.title  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("url", "more", "status"),
    [
        ("https://elsewhere.example/cars/", "", 404),
        ("http://testserver/admin/", "", 404),
        ("http://testserver/cars/99/x/", "", 404),
        ("javascript:alert(1)", "", 400),
        ("http://testserver/cars/?mak=bmw", "", 400),
        (RESULTS, "&format=yaml", 501),
        (RESULTS, "&maxwidth=wide", 400),
        (RESULTS, "&callback=x", 400),
    ],
)
def test_oembed_refuses_what_is_not_ours_or_not_known(
    client: Client, url: str, more: str, status: int
) -> None:
    assert oembed(client, url, more).status_code == status


def test_oembed_titles_are_escaped(client: Client, settings: Settings) -> None:
    row = make.live(derivative='"><script>alert(1)</script>')
    html = oembed(client, f"http://testserver/cars/{row.pk}/x/").json()["html"]
    assert "<script" not in html
    assert 'title="Land Rover Range Rover &quot;&gt;&lt;script' in html
