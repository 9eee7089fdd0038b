"""What is wrong with a deployment: each check looks at one part, as the processes would use it."""

import contextlib
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPException

import httpx
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.core.mail import get_connection
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count
from django.utils import timezone
from kombu.exceptions import KombuError

from listings.search.engines import snapshot_age, snapshot_folder
from listings.search.memory.block_file import UnusableFileError
from listings.search.memory.snapshot_file import opened
from marketplace.celery import app
from marketplace.database_checks import (
    look_at_database,
    look_at_migrations,
    look_at_old_tables,
    look_at_standbys,
    look_at_time_zones,
)
from marketplace.models import JobRun, Lease, OutboxTask
from marketplace.queues import QUEUES, messages_in, queue_of
from marketplace.storage import has_room
from marketplace.verdicts import Finding, Verdict, Verdicts, first_line

SECONDS_MAX = 5
SILENCE = timedelta(minutes=5)
WAITING = timedelta(minutes=15)
SNAPSHOTS_LATE = 3
_WEBHOOKS = """
    SELECT count(*) FILTER (WHERE switched_off_at IS NULL),
        count(*) FILTER (WHERE switched_off_at IS NOT NULL AND audience <> 'dealer'),
        coalesce(clock_timestamp() - min(due_at) FILTER (
            WHERE switched_off_at IS NULL AND NOT is_slow
        ), interval '0')
    FROM dealers_webhookendpoint
"""
CLOCK_JOB = "listings.periodic.sweep_expired"  # every minute


def findings() -> Iterator[Finding]:
    """Yield what each check finds; one that cannot look says why, and the others go on."""
    for part, check in CHECKS.items():
        try:
            for verdict, text in check():
                yield Finding(part, verdict, text)
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            yield Finding(part, Verdict.WRONG, f"The database: {first_line(error)}")


def _broker() -> Verdicts:
    name = settings.CELERY_BROKER_URL.partition(":")[0] or "PostgreSQL"
    broker = app.connection_for_write(connect_timeout=SECONDS_MAX)
    missing: list[str] = []
    away: tuple[type[BaseException], ...] = (KombuError, OSError, *broker.connection_errors)
    try:
        with broker:
            broker.ensure_connection(max_retries=0, timeout=SECONDS_MAX)
            missing = [queue for queue in QUEUES if messages_in(broker, queue) is None]
    except away as error:
        yield Verdict.WRONG, f"The broker ({name}): {first_line(error)}"
    else:
        yield Verdict.FINE, f"The broker ({name}) answers."
    if missing:
        text = f"No worker has ever taken from {', '.join(missing)}."
        yield Verdict.DOUBTFUL, f"The broker ({name}): {text}"


def _jobs() -> Verdicts:
    run = JobRun.objects.filter(name=CLOCK_JOB).first()
    if run is None or run.finished_at is None:
        yield Verdict.WRONG, "No job of the clock has ever run: are beat and a worker running?"
    elif timezone.now() - run.finished_at > SILENCE:
        yield (
            Verdict.WRONG,
            f"The clock's jobs stand still since {run.finished_at:%d %b %H:%M} UTC.",
        )
    else:
        yield Verdict.FINE, "Beat and a worker do the clock's jobs."
    recent = timezone.now() - timedelta(days=1)
    for failed in JobRun.objects.filter(failed_at__gt=recent).order_by("name"):
        yield Verdict.DOUBTFUL, f"{failed.name} failed at {failed.failed_at:%d %b %H:%M} UTC."
    given_up = OutboxTask.objects.filter(given_up_at__isnull=False).count()
    if given_up:
        yield Verdict.DOUBTFUL, f"{given_up:,} tasks were given up: see the staff admin."
    late = timezone.now() - WAITING
    waiting = OutboxTask.objects.filter(given_up_at=None, created_at__lt=late)
    by_queue = Counter[str]()
    for task, count in waiting.values_list("task").annotate(Count("id")):
        by_queue[queue_of(task)] += count
    for queue, count in sorted(by_queue.items()):
        yield Verdict.DOUBTFUL, f"{count:,} tasks of {queue} wait for more than 15 minutes."


def _followers() -> Verdicts:
    lease = Lease.objects.filter(name="follow_changes").first()
    if lease is None:
        yield Verdict.WRONG, "`manage.py follow_changes` has never run: alerts wait for it."
    elif lease.ends_at < timezone.now():
        yield (
            Verdict.WRONG,
            f"`manage.py follow_changes` is gone since {lease.ends_at:%d %b %H:%M} UTC.",
        )
    else:
        yield Verdict.FINE, "One process follows the changes."


def _webhooks() -> Verdicts:
    """Look at who sends by the row that each of them renews, wherever it runs."""
    with connection.cursor() as cursor:
        cursor.execute(_WEBHOOKS)
        on, marketplace_off, late = cursor.fetchone()
    run = JobRun.objects.filter(name="send_webhooks").first()
    if run is not None and run.finished_at and timezone.now() - run.finished_at <= SILENCE:
        yield Verdict.FINE, "Something sends webhooks."
    elif on:
        since = f" since {run.finished_at:%d %b %H:%M} UTC" if run and run.finished_at else ""
        text = f"Nothing sends webhooks{since}, and {on:,} are on:"
        yield Verdict.WRONG, f"{text} is `manage.py send_webhooks` running?"
    else:
        yield Verdict.FINE, "Nothing sends webhooks, and nobody listens."
    if late > SILENCE:
        minutes = late.total_seconds() / 60
        text = "a receiver that answers at once has waited"
        yield Verdict.DOUBTFUL, f"For {minutes:,.0f} minutes {text}: start more send_webhooks."
    if marketplace_off:
        text = "webhooks of mirrors or of our own systems are switched off"
        yield Verdict.DOUBTFUL, f"{marketplace_off:,} {text}: see the staff admin."


def _snapshot() -> Verdicts:
    """Read the file whole; without it everything works, and processes start more slowly."""
    folder = snapshot_folder()
    if folder is None:
        yield Verdict.FINE, "Web processes load the stock as they start: they use no file."
        return
    try:
        with opened(folder) as file:
            file.check()
    except (UnusableFileError, OSError) as error:
        yield Verdict.DOUBTFUL, f"No replica can start from {folder}: {error}."
        return
    age = timedelta(seconds=snapshot_age() or 0)
    if age > SNAPSHOTS_LATE * timedelta(seconds=settings.SEARCH_SNAPSHOT_SECONDS):
        text = f"The search snapshot was written {age.total_seconds() / 60:,.0f} minutes ago:"
        yield Verdict.DOUBTFUL, f"{text} is `manage.py write_search_snapshots` running?"
    else:
        yield Verdict.FINE, "Replicas start from a search snapshot that is whole."


def _mail() -> Verdicts:
    mail = get_connection()
    try:
        mail.open()
        mail.close()
    except (SMTPException, OSError) as error:
        yield Verdict.WRONG, f"The mail server: {first_line(error)}"
        return
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield Verdict.FINE, "The mail server takes us."
    else:
        yield Verdict.DOUBTFUL, "Mails are not sent: EMAIL_URL names no mail server."
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield Verdict.DOUBTFUL, f"Mails come from {settings.DEFAULT_FROM_EMAIL}."


def _files() -> Verdicts:
    for name, what in (("default", "photographs"), ("feeds", "feed files")):
        storage = storages[name]
        try:
            stored = storage.save(f"doctor/{uuid.uuid4().hex}", ContentFile(b"ok"))
            storage.delete(stored)
        except Exception as error:  # noqa: BLE001 - each storage has errors of its own
            yield Verdict.WRONG, f"The place for {what} takes no file: {first_line(error)}"
        else:
            yield Verdict.FINE, f"The place for {what} takes files."
    kept = {isinstance(storages[name], FileSystemStorage) for name in ("default", "feeds")}
    if len(kept) == 2:
        yield Verdict.DOUBTFUL, "Of photographs and feed files, one kind is on this machine alone."
    if not has_room():
        yield Verdict.WRONG, "A disk that files are kept on is full."
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "file").write_bytes(b"ok")
        return
    yield Verdict.WRONG, "The temporary folder takes no file."


def _address() -> Verdicts:
    """Ask ourselves from outside, by the address that people see."""
    try:
        answer = httpx.get(f"{settings.PUBLIC_URL}/robots.txt", timeout=SECONDS_MAX)
    except httpx.HTTPError as error:
        text = f"{settings.PUBLIC_URL} cannot be reached from here: {first_line(error)}"
        yield Verdict.DOUBTFUL, text
        return
    if answer.is_redirect and answer.headers.get("Location") == str(answer.url):
        text = "sends everybody back to itself: does the proxy say that it has TLS?"
        yield Verdict.WRONG, f"{settings.PUBLIC_URL} {text} See BEHIND_TLS_PROXY."
    elif answer.status_code >= 400:
        yield Verdict.WRONG, f"{settings.PUBLIC_URL} answers {answer.status_code}."
    else:
        yield Verdict.FINE, f"{settings.PUBLIC_URL} answers."
    if settings.PUBLIC_URL.startswith("https://") and not settings.TRUSTED_PROXIES:
        text = "TRUSTED_PROXIES is 0: if a proxy is in front, all visitors count as one."
        yield Verdict.DOUBTFUL, text
    if settings.PUBLIC_URL.startswith("http://") and not settings.DEBUG:
        yield Verdict.DOUBTFUL, "PUBLIC_URL has no TLS."


CHECKS: dict[str, Callable[[], Verdicts]] = {
    "database": look_at_database,
    "standbys": look_at_standbys,
    "migrations": look_at_migrations,
    "old tables": look_at_old_tables,
    "time zones": look_at_time_zones,
    "broker": _broker,
    "jobs": _jobs,
    "changes": _followers,
    "webhooks": _webhooks,
    "snapshot": _snapshot,
    "mail": _mail,
    "files": _files,
    "address": _address,
}
