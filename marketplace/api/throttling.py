"""How often one caller may ask."""

import time
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from marketplace.client_address import client_network

MINUTE = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Quota:
    """What a caller may ask for in a minute of the clock, and has left of it."""

    policy: str
    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """Source: draft-ietf-httpapi-ratelimit-headers."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={MINUTE}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset_seconds}',
        }


class RequestsPerMinute(BaseThrottle):
    """Counts an address's requests in each minute of the clock, in Django's cache.

    The count is as wide as the cache: each process keeps its own in memory, all of them share
    one where CACHE_URL names Redis or Valkey. A cache that is away lets requests through. A view
    finds the `quota` it has left on the request.
    """

    policy = "address"

    def allow_request(self, request: Request, view: object) -> bool:
        limit = self.limit()
        if limit == 0:
            return True
        try:
            used = _count(f"requests:{self.caller(request)}:{int(time.time()) // MINUTE}")
        except (RedisError, OSError) as error:
            log.warning("throttle_cache_away", error=str(error))
            return True
        quota = Quota(self.policy, limit, max(0, limit - used), int(self.wait()) + 1)
        vars(request)["quota"] = quota
        return used <= limit

    def limit(self) -> int:
        """Return how many requests are answered; 0 is no limit."""
        return int(settings.API_REQUESTS_PER_MINUTE)

    def caller(self, request: Request) -> str:
        return client_network(request)

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return MINUTE - time.time() % MINUTE


def quota(request: Request) -> Quota | None:
    """Return what the caller has left, where its requests are counted."""
    found: Quota | None = vars(request).get("quota")
    return found


def _count(key: str) -> int:
    cache.add(key, 0, timeout=2 * MINUTE)
    try:
        return int(cache.incr(key))
    except ValueError:  # evicted between the two
        return 1
