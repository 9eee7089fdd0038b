"""The one file that a page loads."""

import gzip

import pytest
from django.test import Client

from listings.api.parameters import FILTERS
from listings.widget import scripts
from tests import make

URL = "/widget/v1.js"


def test_the_script_with_its_style_is_below_ten_kilobytes_on_the_wire(client: Client) -> None:
    answer = client.get(URL, headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 10_000
    assert gzip.decompress(answer.content) == client.get(URL).content


def test_the_script_may_be_loaded_by_any_page_and_is_asked_for_by_its_tag(client: Client) -> None:
    answer = client.get(URL)
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"] == "public, max-age=3600, stale-while-revalidate=86400"
    assert answer["Vary"] == "Accept-Encoding"
    assert not answer.has_header("Set-Cookie")
    again = client.get(URL, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"


def test_the_script_makes_no_markup_of_texts_and_keeps_nothing_with_the_reader() -> None:
    text = scripts.component_file().plain.decode()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "document.cookie",
        "localStorage",
        "sessionStorage",
        'setAttribute("style"',
        "://cdn",
    ):
        assert word not in text, word
    assert "__SERVER__" not in text


def test_no_filter_is_mistaken_for_an_attribute_that_html_or_the_block_has() -> None:
    text = scripts.component_file().plain.decode()
    kept = set(
        text.partition("const OWN =")[2].partition("const NOT_ASKED")[0].split('"')[1].split()
    )
    kept |= {
        word
        for part in text.partition("const GLOBAL =")[2].partition(";")[0].split('"')[1::2]
        for word in part.split()
    }
    assert "popover" in kept
    assert kept & set(FILTERS) == set()
    assert "limit" in kept


@pytest.mark.parametrize("path", ["/widget/v1.css", "/widget/frame.js"])
def test_the_other_files_are_sent_alike(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert gzip.decompress(answer.content) == client.get(path).content


@pytest.mark.django_db
def test_the_demo_s_article_is_only_in_a_demo(client: Client, settings: object) -> None:
    make.live()
    assert client.get("/demo/article/").status_code == 404
    settings.DEBUG = True  # type: ignore[attr-defined]
    page = client.get("/demo/article/").content.decode()
    assert '<script src="/widget/v1.js" async></script>' in page
    assert '<used-cars auto placement="demo-article"></used-cars>' in page
