"""How often one address may ask."""

import time

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

MINUTE = 60

log = structlog.get_logger(__name__)


class RequestsPerMinute(BaseThrottle):
    """Counts an address's requests in each minute of the clock, in Django's cache.

    The count is as wide as the cache: each process keeps its own in memory, all of them share
    one where CACHE_URL names Redis or Valkey. A cache that is away lets requests through.
    """

    def allow_request(self, request: Request, view: object) -> bool:
        limit: int = settings.API_REQUESTS_PER_MINUTE
        if limit == 0:
            return True
        address = self.get_ident(request)
        try:
            return _count(f"requests:{address}:{int(time.time()) // MINUTE}") <= limit
        except (RedisError, OSError) as error:
            log.warning("throttle_cache_away", error=str(error))
            return True

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return MINUTE - time.time() % MINUTE


def _count(key: str) -> int:
    cache.add(key, 0, timeout=2 * MINUTE)
    try:
        return int(cache.incr(key))
    except ValueError:  # evicted between the two
        return 1
