"""A process whose idle connections were all cut, as by a restart of the server, goes on at once."""

import threading

import pytest
from django.db import connection

from tests.listings.changes.connections import another

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("asking", [1, 8])
def test_all_idle_connections_may_be_dead(asking: int) -> None:
    connection.close()
    size = connection.pool.max_size  # type: ignore[attr-defined]  # PostgreSQL's has it
    answers: list[tuple[int, ...]] = []
    together(size, answers)
    with another() as server:
        cut = server.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert len(cut) >= size

    together(asking, answers)

    assert answers == [(1,)] * (size + asking)


def together(number: int, answers: list[tuple[int, ...]]) -> None:
    """Ask on so many connections, all of which are out at the same time."""
    everybody_has_one = threading.Barrier(number, timeout=240)

    def ask() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
                answers.append(cursor.fetchone())
                everybody_has_one.wait()
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
