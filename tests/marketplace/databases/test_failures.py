"""An answer says what is wrong with the database, to people and to programs."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import psycopg
import pytest
from django.db import Error, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

from listings.models import Make
from marketplace.databases.failures import COLLIDED, Failure, failure_of
from tests.listings.changes.connections import another
from tests.marketplace.databases.web import serving

pytestmark = pytest.mark.django_db(transaction=True)
SEARCH = "/api/v1/listings/"


@contextmanager
def locked() -> Iterator[None]:
    """Hold the adverts' table as a migration would."""
    with another() as holder:
        holder.execute("LOCK TABLE listings_listing IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.slow
def test_a_locked_table_is_busy_and_not_away() -> None:
    with serving(DATABASE_WEB_LOCK_SECONDS="0.2") as web:
        with locked():
            busy = web.ask(SEARCH)
            page = web.ask("/cars/", accept="text/html,*/*;q=0.8")
            ready = web.ask("/readyz")
        after = web.ask(SEARCH)

    assert (busy.status, busy.json()["code"]) == (503, "database_busy")
    assert busy.headers["Content-Type"] == "application/problem+json"
    assert busy.headers["Retry-After"] == "2"
    assert "waiting for another change" in busy.json()["detail"]
    assert "cannot be reached" not in busy.body.decode()
    assert (page.status, page.headers["Retry-After"]) == (503, "2")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"<h1>" in page.body
    assert b"waiting for another change" in page.body
    assert ready.status == 200
    assert after.status == 200


@pytest.mark.slow
def test_a_statement_that_takes_too_long_is_told_as_such() -> None:
    limits = {"DATABASE_WEB_LOCK_SECONDS": "0", "DATABASE_WEB_STATEMENT_SECONDS": "0.2"}
    with serving(**limits) as web, locked():
        slow = web.ask(SEARCH)

    assert (slow.status, slow.json()["code"]) == (503, "query_too_slow")


@pytest.mark.slow
def test_a_pool_that_is_used_up_is_told_as_such() -> None:
    limits = {
        "DATABASE_WEB_LOCK_SECONDS": "0",
        "DATABASE_WEB_STATEMENT_SECONDS": "0",
        "DATABASE_POOL_SIZE": "1",
        "DATABASE_POOL_TIMEOUT": "0.5",
    }
    with serving(**limits) as web, ThreadPoolExecutor(1) as threads:
        with locked():
            waiting = threads.submit(web.ask, SEARCH)
            wait_until_somebody_waits()
            refused = web.ask("/api/v1/makes/")
        assert waiting.result().status == 200

    assert (refused.status, refused.json()["code"]) == (503, "connections_exhausted")


@pytest.mark.parametrize(
    ("path", "accept", "content_type"),
    [
        ("/api/v1/makes/", "text/html", "application/problem+json"),
        ("/dealer/", "*/*", "application/problem+json"),
        ("/dealer/", "text/html,*/*", "text/html; charset=utf-8"),
        ("/admin/", "text/html,*/*", "text/html; charset=utf-8"),
    ],
)
def test_a_middleware_that_loses_the_database_is_answered_for(
    settings: Settings, path: str, accept: str, content_type: str
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.lose_database"]

    answer = Client(raise_request_exception=False).get(path, headers={"accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (503, content_type)
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("5", "no-store")
    assert b"The database cannot be reached" in answer.content


def lose_database(get_response: object) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware that finds the server shut down."""

    def answer(request: HttpRequest) -> HttpResponse:
        raise OperationalError("the connection is closed")

    return answer


def test_a_deadlock_is_a_collision() -> None:
    first, second = (Make.objects.create(slug=name, name=name).pk for name in ("one", "two"))
    both = Barrier(2)

    def write(order: tuple[int, int]) -> Failure | None:
        try:
            with transaction.atomic():
                Make.objects.filter(pk=order[0]).update(confirmation="confirmed")
                both.wait(timeout=30)
                Make.objects.filter(pk=order[1]).update(confirmation="confirmed")
        except Error as error:
            return failure_of(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(write, ((first, second), (second, first))))

    assert COLLIDED in outcomes
    assert None in outcomes


def test_a_snapshot_that_is_overtaken_is_a_collision() -> None:
    make = Make.objects.create(slug="one", name="one")
    with another() as other, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        Make.objects.get(pk=make.pk)
        other.execute("UPDATE listings_make SET name = 'two' WHERE id = %s", [make.pk])
        other.commit()
        with pytest.raises(Error) as raised:
            Make.objects.filter(pk=make.pk).update(name="three")

    assert failure_of(raised.value) is COLLIDED


def test_a_bug_of_ours_is_no_failure_of_the_database() -> None:
    with pytest.raises(Error) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")

    assert failure_of(raised.value) is None
    assert failure_of(ValueError("x")) is None
    assert failure_of(psycopg.OperationalError("not Django's")) is None


def wait_until_somebody_waits() -> None:
    with another() as watcher:
        watcher.autocommit = True
        question = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        while watcher.execute(question).fetchone() == (0,):
            pass
