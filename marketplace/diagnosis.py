"""What is wrong with a deployment: each check looks at one part, as the processes would use it."""

import contextlib
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from smtplib import SMTPException

import httpx
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.core.mail import get_connection
from django.db import DatabaseError, InterfaceError, connection, connections
from django.db.models import Count
from django.utils import timezone
from kombu.exceptions import KombuError

from listings.search.engines import snapshot_age, snapshot_folder
from listings.search.memory.block_file import UnusableFileError
from listings.search.memory.snapshot_file import opened
from marketplace.celery import app
from marketplace.databases.standbys import PROBE_SECONDS, standbys
from marketplace.health import applied_migrations, expected_migrations
from marketplace.models import JobRun, Lease, OutboxTask
from marketplace.queues import QUEUES, messages_in, queue_of
from marketplace.storage import has_room

SECONDS_MAX = 5
CLOCK_SECONDS_MAX = 2.0
SILENCE = timedelta(minutes=5)
WAITING = timedelta(minutes=15)
SNAPSHOTS_LATE = 3
CLOCK_JOB = "listings.periodic.sweep_expired"  # every minute


class Verdict(StrEnum):
    FINE = "ok"
    DOUBTFUL = "look"
    WRONG = "WRONG"


@dataclass(frozen=True)
class Finding:
    """What a check of one part found, in a sentence for whoever runs the marketplace."""

    part: str
    verdict: Verdict
    text: str


Verdicts = Iterator[tuple[Verdict, str]]


def findings() -> Iterator[Finding]:
    """Yield what each check finds; one that cannot look says why, and the others go on."""
    for part, check in CHECKS.items():
        try:
            for verdict, text in check():
                yield Finding(part, verdict, text)
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            yield Finding(part, Verdict.WRONG, f"The database: {_first_line(error)}")


def _database() -> Verdicts:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, clock_timestamp()")
        version, now = cursor.fetchone()
    if version < 160_000:
        yield Verdict.WRONG, f"PostgreSQL {version // 10_000} is too old: 16 is needed."
    else:
        yield Verdict.FINE, f"PostgreSQL {version // 10_000} answers."
    off = abs((datetime.now(UTC) - now).total_seconds())
    if off > CLOCK_SECONDS_MAX:
        yield Verdict.WRONG, f"This machine's clock and the database's are {off:.0f} s apart."


def _standbys() -> Verdicts:
    for alias, standby in standbys().items():
        try:
            progress = standby.look()
            if progress.trouble:  # it is judged by what the primary had written before
                time.sleep(PROBE_SECONDS)
                progress = standby.look()
        except (DatabaseError, InterfaceError) as error:
            connections[alias].close()
            yield Verdict.WRONG, f"{alias}: {_first_line(error)}"
            continue
        if progress.trouble:
            yield Verdict.WRONG, f"{alias} is left alone: {progress.trouble}"
        else:
            yield Verdict.FINE, f"{alias} answers, {progress.lag:.1f} s behind."


def _migrations() -> Verdicts:
    pending = expected_migrations() - applied_migrations()
    if pending:
        yield Verdict.WRONG, f"{len(pending)} apps are not migrated: run `manage.py migrate`."
    else:
        yield Verdict.FINE, "Every migration is applied."


def _time_zones() -> Verdicts:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ('2026-07-01 12:00Z'::timestamptz AT TIME ZONE 'Europe/London')")
        (london,) = cursor.fetchone()
    if london.hour == 13:
        yield Verdict.FINE, "The database knows London's summer time."
    else:
        yield Verdict.WRONG, "The database does not know London's summer time."


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
        yield Verdict.WRONG, f"The broker ({name}): {_first_line(error)}"
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
        yield Verdict.WRONG, f"The mail server: {_first_line(error)}"
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
            yield Verdict.WRONG, f"The place for {what} takes no file: {_first_line(error)}"
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
        text = f"{settings.PUBLIC_URL} cannot be reached from here: {_first_line(error)}"
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
    "database": _database,
    "standbys": _standbys,
    "migrations": _migrations,
    "time zones": _time_zones,
    "broker": _broker,
    "jobs": _jobs,
    "changes": _followers,
    "snapshot": _snapshot,
    "mail": _mail,
    "files": _files,
    "address": _address,
}


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
