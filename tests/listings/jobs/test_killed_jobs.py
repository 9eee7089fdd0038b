"""A job that is killed in the middle has done whole batches, and the next run does the rest."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from listings.expiry import expire_due
from listings.models import Listing, ListingEvent, PriceChange, PriceSchedule
from listings.pricing.refresh import refresh_due
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 12_000
BATCH = 50


def many_live(**fields: object) -> None:
    """Write copies of one live advert, by the thousand."""
    first = make.live(**fields)
    columns = ", ".join(
        str(field.column)
        for field in Listing._meta.concrete_fields
        if not field.primary_key and not field.generated and field.name != "revision"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO listings_listing ({columns}) SELECT {columns}"  # noqa: S608 - our own columns
            " FROM listings_listing, generate_series(2, %s) WHERE id = %s",
            [ROWS, first.pk],
        )


def _logged() -> list[int]:
    events = ListingEvent.objects.filter(kind="expired")
    return list(events.values_list("listing_id", flat=True))


def kill_midway(statement: str, done: Callable[[], int]) -> int:
    """Run Python in a process of its own, kill it once some rows are done; return how many are."""
    parameters = connection.get_connection_params()
    keys = ("dbname", "user", "password", "host", "port")
    environment = {
        **os.environ,
        "DATABASE_URL": make_conninfo(
            **{key: parameters[key] for key in keys if key in parameters}
        ),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", statement]
    with subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR) as job:
        deadline = time.monotonic() + 60
        while not done() and job.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        job.send_signal(signal.SIGKILL)
        assert job.wait(timeout=10) == -signal.SIGKILL, "it must still have been running"
    _wait_until_alone()
    return done()


def _wait_until_alone() -> None:
    """Wait for the killed client's server process, which may still be finishing a statement."""
    others = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    with connection.cursor() as cursor:
        for _ in range(1_000):
            cursor.execute(others)
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.01)
    raise TimeoutError("the killed job's session does not end")


def test_a_killed_sweep_leaves_nothing_half_done_and_the_next_one_completes() -> None:
    many_live(expires_at=timezone.now() - timedelta(hours=1))
    expired = Listing.objects.filter(status="expired")
    done = kill_midway(
        f"from listings.expiry import expire_due; expire_due(limit={BATCH})", expired.count
    )
    assert 0 < done < ROWS
    assert done % BATCH == 0
    assert sorted(_logged()) == sorted(expired.values_list("pk", flat=True))

    assert expire_due() == ROWS - done
    assert len(_logged()) == len(set(_logged())) == expired.count() == ROWS


def test_a_killed_price_job_lowers_each_price_once_all_the_same() -> None:
    many_live(price=10_000)
    plan = make.price_plan(Listing.objects.earliest("pk").dealer)
    PriceSchedule.objects.bulk_create(
        PriceSchedule(listing_id=pk, plan=plan, next_drop_at=timezone.now() - timedelta(hours=1))
        for pk in Listing.objects.values_list("pk", flat=True)
    )
    lowered = Listing.objects.filter(price=9_795)
    done = kill_midway(
        f"from listings.pricing.refresh import refresh_due; refresh_due(limit={BATCH})",
        lowered.count,
    )
    assert 0 < done < ROWS
    assert done % BATCH == 0
    assert PriceSchedule.objects.filter(steps_applied=1).count() == done
    assert PriceChange.objects.filter(reason="plan").count() == done

    assert refresh_due() == ROWS - done
    assert lowered.count() == PriceChange.objects.filter(reason="plan").count() == ROWS
