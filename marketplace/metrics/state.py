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
from marketplace.outcome_counts import SUBJECTS
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
_OUTCOMES = """
    SELECT subject, outcome, sum(total) FROM marketplace_outcomecount GROUP BY subject, outcome
"""
# Of what is delivered there is one row for each message of a month: only what waits is counted.
_WEBHOOKS = "SELECT count(*) FROM dealers_webhookdelivery WHERE state = 'waiting'"
_WEBHOOK_LANES = """
    SELECT lane, coalesce(extract(epoch FROM clock_timestamp() - max(since)), 0) FROM (
        SELECT CASE WHEN is_slow THEN 'slow' ELSE 'fast' END AS lane, min(due_at) AS since
        FROM dealers_webhookendpoint
        WHERE due_at <= clock_timestamp() AND switched_off_at IS NULL GROUP BY is_slow
        UNION ALL VALUES ('fast', NULL::timestamptz), ('slow', NULL)
    ) AS each GROUP BY lane
"""
_WEBHOOK_ENDPOINTS = """
    SELECT audience, CASE WHEN switched_off_at IS NOT NULL THEN 'off'
            WHEN failing_since IS NOT NULL THEN 'failing' ELSE 'on' END AS state, count(*)
    FROM dealers_webhookendpoint GROUP BY audience, state
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
        yield from _counted(cursor)
        yield from _webhooks(cursor)
        for name, text, label, statement in (
            ("adverts", "Adverts by status.", "status", _ADVERTS),
            ("feed_runs", "Runs of feeds that are kept, by how they stand.", "state", _FEEDS),
            ("enquiries", "Enquiries that are kept, by how they stand.", "stage", _ENQUIRIES),
        ):
            yield _gauge(name, text, (label,), _rows(cursor, statement))


def _counted(cursor: Any) -> Iterator[Metric]:
    """Tell every outcome, so that a rate of what has not happened yet is nought and not missing."""
    found = {(subject, outcome): total for subject, outcome, total in _rows(cursor, _OUTCOMES)}
    for subject, (text, outcomes) in SUBJECTS.items():
        counter = CounterMetricFamily(f"marketplace_{subject}", text, labels=("outcome",))
        _fill(counter, [(outcome, found.get((subject, outcome), 0)) for outcome in outcomes])
        yield counter


def _webhooks(cursor: Any) -> Iterator[Metric]:
    text = "Deliveries of webhooks that wait: due, or for their next attempt."
    yield _gauge("webhooks_waiting", text, (), _rows(cursor, _WEBHOOKS))
    text = "How long the oldest delivery that is due has been so, by how fast receivers answer."
    yield _gauge("webhook_oldest_due_seconds", text, ("lane",), _rows(cursor, _WEBHOOK_LANES))
    text = "Webhooks by who listens, and whether they take what is sent."
    rows = _rows(cursor, _WEBHOOK_ENDPOINTS)
    yield _gauge("webhook_endpoints", text, ("audience", "state"), rows)


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
