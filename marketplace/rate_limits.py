"""How often one network, key or account may ask: every limit, and what counts against it.

A count is as wide as Django's cache: each process keeps its own in memory, all of them share one
where CACHE_URL names Redis or Valkey. A cache that is away lets requests through.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from redis.exceptions import RedisError

from marketplace.circuit_breaker import CircuitBreaker
from marketplace.client_address import client_network
from marketplace.read_requests import asks_by_post

MINUTE, HOUR = 60, 3_600
CACHE_SECONDS_MAX = 0.5

log = structlog.get_logger(__name__)
breaker = CircuitBreaker()


@dataclass(frozen=True)
class RateLimit:
    """So many requests in each minute, or hour, of the clock.

    `paths` is a pattern of the addresses that count by their network in the middleware; without
    one, a view or the API counts. `share` divides the setting, of which 0 is no limit.
    """

    setting: str
    default: int
    paths: re.Pattern[str] | None = None
    method: str = ""  # any, unless named
    seconds: int = MINUTE
    share: int = 1

    def requests(self) -> int:
        return -(-int(getattr(settings, self.setting)) // self.share)

    def covers(self, path: str, method: str | None) -> bool:
        if self.paths is None or (self.method and method != self.method):
            return False
        if asks_by_post(method, path):  # and counts by itself, as the API does
            return False
        return self.paths.match(path) is not None


RATE_LIMITS: Mapping[str, RateLimit] = {
    # Counted by the API and by views.
    "address": RateLimit("API_REQUESTS_PER_MINUTE", 600),
    "key": RateLimit("API_KEY_REQUESTS_PER_MINUTE", 1_200),
    "valuation": RateLimit("VALUATIONS_PER_MINUTE", 60),  # by key, and on the pages by network
    "widget-events": RateLimit("API_REQUESTS_PER_MINUTE", 600, share=10),
    "editorial": RateLimit("EDITORIAL_REQUESTS_PER_MINUTE", 120),
    "buyer": RateLimit("BUYER_REQUESTS_PER_HOUR", 60, seconds=HOUR),
    "buyer-address": RateLimit("BUYER_REQUESTS_PER_ADDRESS", 20, seconds=HOUR),
    "reset-account": RateLimit("PASSWORD_RESETS_PER_ACCOUNT", 5, seconds=HOUR),
    # Counted by the middleware: the first that covers an address and a method.
    "reset": RateLimit(
        "PASSWORD_RESETS_PER_HOUR", 30, re.compile(r"/password/reset/$"), "POST", HOUR
    ),
    "invitation": RateLimit(
        "INVITATIONS_PER_HOUR", 120, re.compile(r"/dealer/team/invit"), "POST", HOUR
    ),
    "sign-in": RateLimit(
        "SIGN_INS_PER_MINUTE", 60, re.compile(r"/(admin|dealer)/login/|/sign-in/"), "POST"
    ),
    "link": RateLimit(
        "LINK_REQUESTS_PER_MINUTE",
        60,
        re.compile(r"/(alerts|chat|email|join|left|renew|password|sign-in)/"),
    ),
    "sitemap": RateLimit("SITEMAP_REQUESTS_PER_MINUTE", 60, re.compile(r"/sitemap")),
    "panel": RateLimit("PANEL_REQUESTS_PER_MINUTE", 3_000, re.compile(r"/(admin|dealer)/")),
    "page": RateLimit("PAGE_REQUESTS_PER_MINUTE", 600, re.compile(r"/(?!api/(?!docs/)|media/)")),
}


@dataclass(frozen=True)
class RateLimitUse:
    """What a caller may ask for in a window of the clock, and how much it asked for."""

    policy: str
    limit: int
    used: int
    seconds: int
    reset_seconds: int

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """Source: draft-ietf-httpapi-ratelimit-headers."""
        remaining = max(0, self.limit - self.used)
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={self.seconds}',
            "RateLimit": f'"{self.policy}";r={remaining};t={self.reset_seconds}',
        }


class RateLimitMiddleware:
    """Answers 429 to a network that asks for pages too often; the API counts by itself.

    An unchanged answer (304) costs what a new one does, so it counts as one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for policy, limit in RATE_LIMITS.items():
            if limit.covers(request.path_info, request.method):
                quota = count_request(policy, client_network(request))
                if quota and quota.is_exceeded:
                    return _too_many(quota)
                break
        return self.get_response(request)


def count_request(policy: str, caller: str) -> RateLimitUse | None:
    """Count a request, and return what that leaves; None where nothing is counted."""
    limit = RATE_LIMITS[policy]
    allowed, now = limit.requests(), time.time()
    if allowed == 0:
        return None
    key = f"requests:{policy}:{caller}:{int(now) // limit.seconds}"
    if not breaker.allows():
        return None
    try:
        used = _count(key, limit.seconds)
    except (RedisError, OSError) as error:
        breaker.trip()
        log.warning("rate_limit_cache_away", error=type(error).__name__)
        return None
    breaker.reset()
    reset_seconds = limit.seconds - int(now) % limit.seconds
    return RateLimitUse(policy, allowed, used, limit.seconds, reset_seconds)


def is_asked_too_often(policy: str, name: str) -> bool:
    """Count a request that names somebody, known or not, and say whether it is one too many."""
    quota = count_named(policy, name)
    return quota is not None and quota.is_exceeded


def count_named(policy: str, name: str) -> RateLimitUse | None:
    """Count a request that names somebody as `count_request` does; no cache learns the name."""
    caller = hashlib.sha256(name.strip().lower().encode(errors="replace")).hexdigest()[:32]
    return count_request(policy, caller)


def rate_limit_settings(env: Any) -> dict[str, int]:
    """Return every setting of a limit, as the environment has it."""
    return {
        limit.setting: env.int(limit.setting, default=limit.default)
        for limit in RATE_LIMITS.values()
    }


def cache_settings(env: Any) -> dict[str, Any]:
    """Return Django's cache, in which the requests are counted.

    In memory it is large: hourly counts outlive the many that come and go each minute. A server
    that does not answer is given up at once, as every request would wait for it.
    """
    cache_: dict[str, Any] = env.cache_url("CACHE_URL", default="locmemcache://?max_entries=100000")
    if cache_["BACKEND"].endswith("RedisCache"):
        given = cache_.get("OPTIONS", {})
        cache_["OPTIONS"] = {
            "socket_connect_timeout": CACHE_SECONDS_MAX,
            "socket_timeout": CACHE_SECONDS_MAX,
            **given,
        }
    return cache_


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=2 * seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # evicted between the two
        return 1


def _too_many(quota: RateLimitUse) -> HttpResponse:
    minutes = -(-quota.reset_seconds // MINUTE)
    page = render_to_string("too_many_requests.html", {"minutes": minutes})
    answer = HttpResponse(page, status=429)
    answer["Retry-After"] = str(quota.reset_seconds)
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
