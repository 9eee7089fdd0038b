"""The Celery application, its broker and the whole schedule."""

import os
from datetime import timedelta
from typing import Any

import psycopg
from celery import Celery, bootsteps, signals
from celery.apps import worker
from celery.beat import ScheduleEntry, Scheduler
from celery.worker.consumer import Consumer
from django.conf import settings
from django.db import connection
from kombu import Producer
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from marketplace import heartbeat, logs
from marketplace.databases.configuration import CONNECTING
from marketplace.job_queue import SCHEME
from marketplace.queues import DEFAULT_QUEUE, ROUTES, declared_queues, is_rabbitmq

TASK_SECONDS_MAX = 300
PREFETCH = 1  # per process: no message waits behind a slow task while another process is free
RESEND_SECONDS = 5.0
INTERVAL_MAX = timedelta(days=1)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

app = Celery("marketplace", task_cls="marketplace.outbox.delivery:RecordedTask")
app.set_default()
app.autodiscover_tasks()
app.autodiscover_tasks(["listings.adverts", "listings.buyers", "listings.photos"])
app.autodiscover_tasks(related_name="periodic")
app.autodiscover_tasks(["dealers.bulk", "dealers.feeds"])
app.autodiscover_tasks(["dealers.feeds"], related_name="periodic")


def configuration() -> dict[str, Any]:
    """Return Celery's settings; read at first use, so that tests can point at their database."""
    return {
        **broker(),
        "accept_content": ["json"],
        "beat_max_loop_interval": heartbeat.INTERVAL_SECONDS,
        "beat_schedule": {
            name: _every(minutes, name)
            for name, minutes in (
                ("listings.periodic.sweep_expired", 1),
                ("listings.periodic.release_overdue_reservations", 1),
                ("listings.periodic.settle_reservations", 1),
                ("listings.periodic.tend_photos", 1),
                ("listings.periodic.index_words", 1),
                ("listings.periodic.link_cars", 1),
                ("listings.periodic.read_equipment", 1),
                ("listings.periodic.refresh_prices", 15),
                ("listings.periodic.measure_market", 12 * 60),
                ("listings.periodic.find_suspicious_adverts", 60),
                ("listings.periodic.pack_audience", 24 * 60),
                ("listings.periodic.renew_market", 24 * 60),
                ("listings.periodic.renew_index", 24 * 60),
                ("listings.periodic.refit_values", 15),
                ("listings.periodic.keep_value_history", 24 * 60),
                ("listings.periodic.send_due_alerts", 1),
                ("listings.periodic.tend_saved_searches", 60),
                ("listings.periodic.tend_changes", 60),
                ("dealers.periodic.send_expiry_reminders", 60),
                ("dealers.periodic.send_weekly_mails", 15),
                ("dealers.periodic.log_failed_sign_ins", 5),
                ("dealers.periodic.apply_retention", 60),
                ("dealers.feeds.periodic.poll_feeds", 1),
                ("dealers.feeds.periodic.resume_runs", 5),
                ("dealers.feeds.periodic.tell_of_waiting", 60),
                ("dealers.feeds.periodic.withdraw_lapsed_cars", 15),
                ("marketplace.periodic.publish_due", 1),
            )
        },
        "beat_scheduler": "marketplace.celery:DueAtStartScheduler",
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "task_acks_late": True,
        "task_default_queue": DEFAULT_QUEUE,
        "task_ignore_result": True,
        "task_queues": declared_queues(settings.CELERY_BROKER_URL),
        "task_reject_on_worker_lost": True,
        "task_routes": {tasks: {"queue": queue} for tasks, queue in ROUTES.items()},
        "task_soft_time_limit": TASK_SECONDS_MAX - 30,
        "task_time_limit": TASK_SECONDS_MAX,
        "timezone": "UTC",
        "worker_consumer": "marketplace.queues:JobConsumer",
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_hijack_root_logger": False,
        "worker_max_memory_per_child": settings.WORKER_MEMORY_MAX_MB * 1024,
        "worker_max_tasks_per_child": settings.WORKER_TASKS_MAX,
        "worker_prefetch_multiplier": PREFETCH,
        "worker_send_task_events": False,
    }


def broker() -> dict[str, Any]:
    """Return the broker of CELERY_BROKER_URL, or where that is empty PostgreSQL itself.

    Remote control cannot work over pgmq: the names of its reply queues are too long there.
    """
    url = settings.CELERY_BROKER_URL
    if is_rabbitmq(url):
        return {"broker_url": url, "broker_transport_options": {"confirm_publish": True}}
    if url:
        options = {
            "socket_connect_timeout": 5,
            "socket_timeout": 10,
            "visibility_timeout": settings.CELERY_VISIBILITY_SECONDS,
        }
        return {"broker_url": url, "broker_transport_options": options}
    return {
        "broker_url": f"{SCHEME}://",
        "broker_transport_options": {
            "conn_string": conninfo(),
            "init_extension": False,
            "pool_size": 4,
            "pool_timeout": 5,
            "use_notify": True,
            "visibility_timeout": settings.CELERY_VISIBILITY_SECONDS,
            "wait_time_seconds": 0,  # woken by NOTIFY, not by a query that waits in the server
        },
        "worker_enable_remote_control": False,
    }


def conninfo() -> str:
    """Return libpq's key=value string of the database, in the only form pgmq keeps whole.

    pgmq parses it, pastes host, port, dbname, user and password unquoted into a string of its own
    and forgets the rest (sslmode!). So each value goes in quoted once more, and the rest rides
    behind the password.
    """
    given = _direct()
    pasted = {key: _quoted(given.pop(key, "")) for key in ("host", "dbname", "user", "password")}
    pasted["port"] = given.pop("port", "5432")
    pasted["password"] += f" {make_conninfo(**given)}"
    return make_conninfo(**pasted)


class DueAtStartScheduler(Scheduler):
    """A schedule without a file: every entry is due when beat starts, as each is safe twice.

    An entry that could not be sent is due again within seconds, and not only after its interval.
    """

    reaches_broker = False

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for name in self.schedule:
            self._make_due(name)

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> Any:
        self.reaches_broker = False
        result = super().apply_async(entry, *args, **kwargs)
        self.reaches_broker = True
        return result

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self.unsent: str | None = None
        delay: float = super().tick(*args, **kwargs)
        if self.reaches_broker:
            heartbeat.touch("beat")
        if self.unsent is None:
            return delay
        self._make_due(self.unsent)
        self.populate_heap()
        return RESEND_SECONDS

    def apply_entry(self, entry: ScheduleEntry, producer: Producer | None = None) -> None:
        super().apply_entry(entry, producer=producer)
        if not self.reaches_broker:
            self.unsent = entry.name

    def _make_due(self, name: str) -> None:
        self.schedule[name].last_run_at = self.app.now() - INTERVAL_MAX


class Heartbeat(bootsteps.StartStopStep):
    """Write the worker's sign of life from the very loop that fetches its messages.

    The timer only asks; the loop writes when it comes round, so a hung loop or a lost broker stops
    the signs although the timer's thread lives on.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Consumer) -> None:
        def ask() -> None:
            parent.call_soon(heartbeat.touch, "worker")

        ask()
        self.entry = parent.timer.call_repeatedly(heartbeat.INTERVAL_SECONDS, ask)

    def stop(self, parent: Consumer) -> None:
        self.entry.cancel()


def _direct() -> dict[str, str]:
    """Return the database past a proxy that pools: there LISTEN would hear nothing."""
    if settings.DATABASE_DIRECT_URL:
        read = conninfo_to_dict(settings.DATABASE_DIRECT_URL)
        return {**CONNECTING, **{k: str(v) for k, v in read.items()}}
    keywords = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    return {k: str(v) for k, v in connection.get_connection_params().items() if k in keywords}


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _every(minutes: int, task: str) -> dict[str, Any]:
    """Return an entry whose message lapses when the next is due: none pile up without a worker."""
    return {
        "task": task,
        "schedule": timedelta(minutes=minutes),
        "options": {"expires": minutes * 60},
    }


@signals.setup_logging.connect
def _configure_logging(**_arguments: object) -> None:
    """Keep Celery from a configuration of its own, and what it says as it stops in our lines."""
    logs.configure(settings.LOGGING)
    vars(worker)["safe_say"] = logs.say


app.add_defaults(configuration)
app.steps["consumer"].add(Heartbeat)
