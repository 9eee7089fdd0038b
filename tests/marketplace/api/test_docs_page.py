"""The page that explains the API: the guide and the reference, whole and by itself."""

import gzip
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from marketplace.api.guide import anchor_of

SIZE_MAX, SENT_MAX = 1_200_000, 150_000
DOCUMENT: dict[str, Any] = yaml.safe_load(Path("docs/openapi.yaml").read_text())


@pytest.fixture
def answer(client: Client) -> Any:
    return client.get("/api/docs/")


@pytest.fixture
def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_guide_stands_on_the_page_with_its_contents(page: str) -> None:
    headings = re.findall(r"^##+ (.+)$", Path("docs/api.md").read_text(), re.MULTILINE)
    assert len(headings) > 25
    for title in headings:
        anchor = anchor_of(title)
        assert re.search(f'<h[23] id="{anchor}">', page), title
        assert f'<a href="#{anchor}">' in page, title
    assert "<table>" in page
    assert f"{settings.PUBLIC_URL}/api/v1/listings/?make=land-rover" in unescape(page)


def test_the_reference_has_every_operation_type_and_error(page: str) -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            assert f'<h3 id="{operation["operationId"]}">' in page
            assert f"<b>{method.upper()}</b> {path}<" in page
    for name, schema in DOCUMENT["components"]["schemas"].items():
        _, _, below = page.partition(f'<h3 id="type-{name}">')
        section = below.partition("</section>")[0]
        for key in schema.get("properties") or {}:
            assert f"<code>{key}</code>" in section, (name, key)
    for name in DOCUMENT["components"]["responses"]:
        assert f'<h3 id="error-{name}">' in page


def test_every_operation_shows_its_example(page: str) -> None:
    shown = unescape(page)
    for operations in DOCUMENT["paths"].values():
        for operation in operations.values():
            (sample,) = operation["x-codeSamples"]
            here = sample["source"].replace("https://cars.example.com", settings.PUBLIC_URL)
            assert here in shown, operation["operationId"]


def test_links_within_the_page_lead_somewhere_and_none_is_there_twice(page: str) -> None:
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert len(targets) > 300
    assert targets - set(anchors) == set()


def test_the_page_needs_nothing_from_elsewhere_and_no_script(answer: Any, page: str) -> None:
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'; ")
    assert "<script" not in page
    assert "style=" not in page
    loaded = set(re.findall(r'(?:src|href)="([^"#][^"]*)"', page))
    assert loaded - {"/api/docs/", "/api/v1/schema/"}
    for address in loaded - {"/api/docs/", "/api/v1/schema/"}:
        assert address.startswith("/static/"), address
        assert finders.find(address.removeprefix("/static/")), address


def test_the_page_is_sent_small(client: Client, answer: Any) -> None:
    assert len(answer.content) < SIZE_MAX
    packed = client.get("/api/docs/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < SENT_MAX
    assert abs(len(gzip.decompress(packed.content)) - len(answer.content)) < 100


def test_the_page_is_only_read(client: Client) -> None:
    for method in ("post", "put", "options"):
        assert getattr(client, method)("/api/docs/").status_code == 405
    assert client.head("/api/docs/").status_code == 200


def test_what_the_guide_says_of_markup_is_shown_and_not_done(page: str) -> None:
    article = page.partition("<article>")[2]
    assert not re.search(r"<(?:iframe|img|form|object|embed)\b", article)
