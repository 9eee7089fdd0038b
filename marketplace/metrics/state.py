"""What the database, the broker and the disk tell about the marketplace, read when asked for."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from listings.search.engines import snapshot_age
from marketplace.outbox.broker import short_connection
from marketplace.queues import QUEUES, messages_in, queue_of

SECONDS_MAX = 2
"""No scrape holds a connection for longer."""

Labelled = Sequence[tuple[Any, ...]]

_WAITING = """
    SELECT task, CASE WHEN given_up_at IS NOT NULL THEN 'given_up'
            WHEN started_at IS NOT NULL THEN 'running' ELSE 'waiting' END AS state, count(*),
        greatest(0, extract(epoch FROM clock_timestamp() - min(created_at)))
    FROM marketplace_outboxtask GROUP BY task, state
"""
_QUEUES = """
    SELECT queue_name, queue_length, coalesce(oldest_msg_age_sec, 0) FROM pgmq.metrics_all()
"""
_RUNS = """
    SELECT name, runs, failures, seconds, extract(epoch FROM finished_at)
    FROM marketplace_jobrun
"""
_FEEDS = "SELECT state, count(*) FROM dealers_feedrun GROUP BY state"
_WEBHOOKS = """
    SELECT state, sum(number) FROM (
        SELECT state, count(*) AS number FROM dealers_webhookdelivery GROUP BY state
        UNION ALL VALUES ('waiting', 0), ('delivered', 0), ('given_up', 0)
    ) AS each GROUP BY state
"""
_ENQUIRIES = "SELECT stage, count(*) FROM listings_enquiry GROUP BY stage"
_ADVERTS = "SELECT status, count(*) FROM listings_listing GROUP BY status"


class Marketplace(Collector):
    """Asks the database, within bounds; where it is away, that alone is told."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("marketplace_database_up", "Whether the database answers.")
        try:
            metrics = list(_metrics())
        except (DatabaseError, InterfaceError):
            connection.close()
            metrics = []
        up.add_metric([], 1 if metrics else 0)
        yield up
        yield from metrics
        if settings.CELERY_BROKER_URL:
            yield from _broker()
        age = snapshot_age()
        if age is not None:
            text = "Since the file was written from which replicas start on this machine."
            yield _gauge("snapshot_age_seconds", text, (), [(age,)])


def _broker() -> Iterator[Metric]:
    """Ask a broker that is not the database; where it is away, that alone is told."""
    depths = list[tuple[str, int]]()
    is_up = 1
    try:
        with short_connection() as broker:
            for name in QUEUES:
                if (count := messages_in(broker, name)) is not None:
                    depths.append((name, count))
    except Exception:  # noqa: BLE001 - each transport has errors of its own
        is_up = 0
    yield _gauge("broker_up", "Whether the broker answers.", (), [(is_up,)])
    if is_up:
        yield _gauge("queue_messages", "Messages in a queue.", ("queue",), depths)


def _queues(cursor: Any, tasks: Labelled) -> Iterator[Metric]:
    """Tell how long tasks wait: by the messages where they are here, else by the outbox."""
    text = "How long the oldest task of a queue has waited."
    if settings.CELERY_BROKER_URL:
        ages = dict[str, float]()
        for task, state, _, age in tasks:
            if state == "waiting":
                ages[queue_of(task)] = max(age, ages.get(queue_of(task), 0))
        yield _gauge("queue_age_seconds", text, ("queue",), list(ages.items()))
        return
    queues = _rows(cursor, _QUEUES)
    yield _gauge("queue_messages", "Messages in a queue.", ("queue",), _column(queues, 1, 1))
    yield _gauge("queue_age_seconds", text, ("queue",), _column(queues, 1, 2))


def _metrics() -> Iterator[Metric]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS_MAX}s"])
        tasks = _rows(cursor, _WAITING)
        yield _gauge("tasks", "Tasks by how they stand.", ("task", "state"), _column(tasks, 2, 2))
        yield _gauge(
            "oldest_task_seconds",
            "Since the oldest of them was asked for.",
            ("task", "state"),
            _column(tasks, 2, 3),
        )
        yield from _queues(cursor, tasks)
        runs = _rows(cursor, _RUNS)
        for place, (name, text) in enumerate(
            (
                ("job_runs", "Runs of a job."),
                ("job_failures", "Runs of a job that failed."),
                ("job_seconds", "How long runs of a job took together."),
            ),
            start=1,
        ):
            counter = CounterMetricFamily(f"marketplace_{name}", text, labels=("job",))
            _fill(counter, _column(runs, 1, place))
            yield counter
        yield _gauge(
            "job_finished_timestamp_seconds",
            "When a job last came to its end, as seconds since 1970.",
            ("job",),
            _column(runs, 1, 4),
        )
        for name, text, label, statement in (
            ("webhooks", "Webhooks that are kept, by how they stand.", "state", _WEBHOOKS),
            ("adverts", "Adverts by status.", "status", _ADVERTS),
            ("feed_runs", "Runs of feeds that are kept, by how they stand.", "state", _FEEDS),
            ("enquiries", "Enquiries that are kept, by how they stand.", "stage", _ENQUIRIES),
        ):
            yield _gauge(name, text, (label,), _rows(cursor, statement))


def _rows(cursor: Any, statement: str) -> list[tuple[Any, ...]]:
    cursor.execute(statement)
    return list(cursor.fetchall())


def _column(rows: Labelled, labels: int, place: int) -> Labelled:
    """Return the first columns as labels, and another as the number."""
    return [(*row[:labels], row[place]) for row in rows]


def _gauge(name: str, text: str, labels: Sequence[str], rows: Labelled) -> Metric:
    gauge = GaugeMetricFamily(f"marketplace_{name}", text, labels=labels)
    _fill(gauge, rows)
    return gauge


def _fill(family: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    for *labels, number in rows:
        with contextlib.suppress(TypeError):  # a job that has never come to its end
            family.add_metric([str(label) for label in labels], float(number))
