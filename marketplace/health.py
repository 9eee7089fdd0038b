"""`/healthz`: this process answers. `/readyz`: it can serve, with its database and its replica.

`/metrics` is beside them where there is a token for it.
"""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from listings.search.engines import replica_status
from listings.search.memory.replica import ReplicaStatus
from marketplace.api.problem import problem, problem_response
from marketplace.databases.failures import FAILED, failure_of
from marketplace.metrics.views import metrics
from marketplace.storage import has_room


class HealthMiddleware:
    """Answer before host names, TLS and sessions are looked at: probes come by bare address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.answers: dict[str, Callable[[HttpRequest], HttpResponse]] = {
            "/healthz": healthz,
            "/readyz": readyz,
        }
        if settings.METRICS_TOKEN:
            self.answers["/metrics"] = metrics

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.answers.get(request.path_info)
        return answer(request) if answer else self.get_response(request)


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer 200, or 503 with a problem document until there is nothing to wait for.

    That is a database that is back and migrated, and for a while this process's replica.
    """
    try:
        pending = expected_migrations() - applied_migrations()
    except (DatabaseError, InterfaceError) as error:
        failure = failure_of(error) or FAILED
        return _unready(failure.code, failure.detail)
    if pending:
        return _unready("migrations_pending", "The database is not migrated: run `migrate`.")
    replica = replica_status()
    if replica is ReplicaStatus.LOADING:
        return _unready("replica_loading", "The adverts are being read into memory.")
    storage = "ok" if has_room() else "full"  # no reason to stop: adverts are shown without
    return JsonResponse({"status": "ok", "replica": replica, "storage": storage})


@cache
def expected_migrations() -> frozenset[tuple[str, str]]:
    """Return the last migration of every app, as (app label, name)."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def applied_migrations() -> set[tuple[str, str]]:
    if "django_migrations" not in connection.introspection.table_names():
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return {(app, name) for app, name in cursor.fetchall()}


def _unready(code: str, detail: str) -> HttpResponse:
    response = problem_response(problem(503, code, detail))
    response["Retry-After"] = "5"
    return response
