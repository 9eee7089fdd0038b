"""Every page and every endpoint is limited by network, and says when to come back."""

import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from environ import Env
from pytest_django import Settings

from marketplace.rate_limits import RATE_LIMITS, breaker, cache_settings, count_request

pytestmark = pytest.mark.django_db
EXAMPLES = {
    "reset": ("POST", "/password/reset/"),
    "invitation": ("POST", "/dealer/team/invite/"),
    "sign-in": ("POST", "/dealer/login/"),
    "link": ("GET", "/join/nobody/"),
    "sitemap": ("GET", "/sitemap.xml"),
    "panel": ("GET", "/admin/login/"),
    "page": ("GET", "/cars/"),
}
ENDPOINTS = {
    "address": ("GET", "/api/v1/suggest/?q=golf"),
    "editorial": ("POST", "/api/v1/editorial/match/"),
}
PAGES = ("/cars/", "/widget/fragment/", "/widget/frame/", "/oembed", "/robots.txt", "/nothing/")


@pytest.fixture(autouse=True)
def _counts_of_this_test_alone() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def ask(method: str, path: str, address: str = "192.0.2.7") -> Any:
    return Client().generic(method, path, REMOTE_ADDR=address)


def limit(settings: Settings, policy: str, requests: int) -> None:
    setattr(settings, RATE_LIMITS[policy].setting, requests)


@pytest.mark.parametrize("policy", EXAMPLES)
def test_a_network_that_asks_for_pages_too_often_is_told_to_wait(
    settings: Settings, policy: str
) -> None:
    limit(settings, policy, 2)
    method, path = EXAMPLES[policy]
    answers = [ask(method, path) for _ in range(5)]  # four at most, where a window ends between
    assert answers[0].status_code < 429
    assert 429 in {answer.status_code for answer in answers}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused["Retry-After"]) <= RATE_LIMITS[policy].seconds
    assert refused["Content-Type"].startswith("text/html")
    assert "Too many requests" in refused.content.decode()
    assert refused["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in refused
    assert ask(method, path, "192.0.2.8").status_code < 429


@pytest.mark.parametrize("policy", ENDPOINTS)
def test_a_network_that_asks_the_api_too_often_gets_a_problem_document(
    settings: Settings, policy: str
) -> None:
    limit(settings, policy, 2)
    method, path = ENDPOINTS[policy]
    answers = [ask(method, path) for _ in range(5)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "throttled"
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert ask(method, path, "192.0.2.8").status_code < 429


@pytest.mark.parametrize("path", PAGES)
def test_every_public_page_is_one_of_the_pages(settings: Settings, path: str) -> None:
    limit(settings, "page", 1)
    assert 429 in {ask("GET", path).status_code for _ in range(3)}


def test_neighbours_in_an_ipv6_network_share_a_limit(settings: Settings) -> None:
    limit(settings, "page", 2)
    answers = [ask("GET", "/cars/", f"2001:db8:0:7::{n}").status_code for n in range(1, 6)]
    assert 429 in answers
    assert ask("GET", "/cars/", "2001:db8:0:8::1").status_code == 200


def test_an_unchanged_page_counts_like_a_new_one(settings: Settings) -> None:
    etag = ask("GET", "/cars/")["ETag"]
    limit(settings, "page", 2)
    answers = [
        Client().get("/cars/", headers={"If-None-Match": etag}).status_code for _ in range(5)
    ]
    assert set(answers) == {304, 429}


def test_probes_and_files_are_never_limited(settings: Settings) -> None:
    for policy in RATE_LIMITS:
        limit(settings, policy, 1)
    for path in ("/healthz", "/readyz", "/static/marketplace/logo.svg"):
        for _ in range(5):
            answer = ask("GET", path)
            answer.getvalue()
            assert answer.status_code == 200, path


def test_one_limit_takes_nothing_from_another(settings: Settings) -> None:
    for policy in EXAMPLES:
        limit(settings, policy, 1)
    for method, path in EXAMPLES.values():
        assert ask(method, path).status_code < 429, path


def test_every_address_is_limited() -> None:
    missing = [
        route
        for route, view in routes(get_resolver().url_patterns)
        if not any(limit.covers(f"/{route}", "GET") for limit in RATE_LIMITS.values())
        and not getattr(getattr(view, "cls", None), "throttle_classes", None)
        and not route.startswith("media/")
    ]
    assert missing == []


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        text = re.sub(r"^\^", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + text)
        elif isinstance(pattern, URLPattern):
            yield before + text, pattern.callback


def test_a_cache_that_never_answers_is_given_up_and_then_left_alone(settings: Settings) -> None:
    settings.PAGE_REQUESTS_PER_MINUTE, env = 5, Env()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        env.ENVIRON = {"CACHE_URL": f"redis://127.0.0.1:{silent.getsockname()[1]}/0"}
        with override_settings(CACHES={"default": cache_settings(env)}):
            assert count_request("page", "192.0.2.1") is None
            assert not breaker.allows()
    breaker.reset()
