"""Workers, beat and web processes that first meet the job queue at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from marketplace.celery import app, broker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PROCESSES = 8


@pytest.mark.parametrize("queue", ["new", "standing"])
def test_every_process_gets_the_queue(queue: str) -> None:
    name = f"together_{queue}"
    if queue == "standing":
        declare(name)
    connection.close()  # the pool has eight, one for each that starts
    start = Barrier(PROCESSES)

    def declare_at_once(_: int) -> None:
        try:
            start.wait(timeout=60)
            for _ in range(3):
                declare(name)
        finally:
            connection.close()

    with ThreadPoolExecutor(PROCESSES) as threads:
        list(threads.map(declare_at_once, range(PROCESSES)))

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pgmq.list_queues() WHERE queue_name = %s", [name])
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT pgmq.drop_queue(%s)", [name])


def declare(name: str) -> None:
    url, options = broker()["broker_url"], broker()["broker_transport_options"]
    with app.connection_for_write(url, transport_options=options) as own:
        own.SimpleQueue(name).close()
