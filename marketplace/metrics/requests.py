"""What a web process counts of its own requests, its connections and its replica."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Counter, Gauge, Histogram

from listings.search.engines import replica_age
from marketplace.databases.standbys import standbys

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper bounds of the histogram's buckets."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LOOK_SECONDS = 1.0

_requests = Counter("marketplace_requests", "Requests answered.", ("route", "method", "status"))
_seconds = Histogram(
    "marketplace_request_seconds",
    "How long answers took.",
    ("route",),
    buckets=SECONDS,
)
_pool = {
    counted: Gauge(f"marketplace_pool_{name}", text, multiprocess_mode="livesum")
    for counted, name, text in (
        ("pool_size", "connections", "Connections to the database that are held."),
        ("pool_available", "idle_connections", "Of them, those that nobody uses."),
        ("requests_waiting", "waiting_requests", "Requests that wait for a connection."),
    )
}
"""By what the pool calls it."""

_replica = Gauge(
    "marketplace_replica_age_seconds",
    "Since the search replica last saw the database, in the process where it is longest ago.",
    multiprocess_mode="livemax",
)
_standby_lag = Gauge(
    "marketplace_standby_lag_seconds",
    "How far a standby is behind the primary, in the process that finds it farthest.",
    ("standby",),
    multiprocess_mode="livemax",
)
_standby_answers = Gauge(
    "marketplace_standby_answers",
    "Whether public reads go to a standby: 0 where any process leaves it alone.",
    ("standby",),
    multiprocess_mode="livemin",
)
_looked_at = 0.0


class MetricsMiddleware:
    """Counts what is answered, how, and in what time, where there is somebody to tell."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = self.get_response(request)
        _count(request, response.status_code, time.perf_counter() - started)
        return response


def _count(request: HttpRequest, status: int, seconds: float) -> None:
    """Count a request by its route, of which there are few, and never by its path."""
    global _looked_at  # noqa: PLW0603 - one time for the process
    match = request.resolver_match
    route = (match.view_name or match.route) if match else "none"
    method = request.method if request.method in METHODS else "OTHER"
    _requests.labels(route, method, str(status)).inc()
    _seconds.labels(route).observe(seconds)
    now = time.monotonic()
    if now - _looked_at > LOOK_SECONDS:
        _looked_at = now
        _look()


def _look() -> None:
    """Note what would cost too much at each request."""
    pool = connection.pool  # type: ignore[attr-defined]  # PostgreSQL's has it
    if pool:
        stats = pool.get_stats()
        for counted, gauge in _pool.items():
            gauge.set(stats.get(counted, 0))
    age = replica_age()
    if age is not None:
        _replica.set(age)
    for alias, standby in standbys().items():
        progress = standby.progress()
        _standby_answers.labels(alias).set(0 if progress.trouble else 1)
        if progress.lag is not None:
            _standby_lag.labels(alias).set(progress.lag)
