"""Which answers are compressed, and that their length does not tell what is secret in them."""

import gzip
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils.safestring import SafeString

from marketplace.page_compression import PageCompressionMiddleware

pytestmark = pytest.mark.django_db

GZIP = {"Accept-Encoding": "gzip, br"}
SIGN_IN = "/dealer/login/"


def test_a_page_is_compressed_for_those_who_take_it(client: Client) -> None:
    answer = client.get(SIGN_IN, headers=GZIP)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert int(answer["Content-Length"]) == len(answer.content)
    assert b"Dealer panel" in gzip.decompress(answer.content)
    assert len(answer.content) < len(gzip.decompress(answer.content)) / 3


def test_who_does_not_take_it_gets_the_page_as_it_is(client: Client) -> None:
    answer = client.get(SIGN_IN, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer["Vary"]
    assert b"Dealer panel" in answer.content


def test_an_answer_to_a_post_is_not_compressed(client: Client) -> None:
    answer = client.post(SIGN_IN, {"username": "a@example.com", "password": "wrong"}, headers=GZIP)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_what_is_no_page_is_not_compressed(client: Client) -> None:
    answer = client.get("/api/v1/listings/?page_size=1", headers=GZIP)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_one_page_has_many_lengths() -> None:
    def page(request: HttpRequest) -> HttpResponseBase:
        return HttpResponse(SafeString("<p>the same secret</p>" * 50))

    request = HttpRequest()
    request.method = "GET"
    request.META["HTTP_ACCEPT_ENCODING"] = GZIP["Accept-Encoding"]
    middleware: Any = PageCompressionMiddleware(page)
    lengths = {len(middleware(request).content) for _ in range(60)}
    assert len(lengths) > 10
