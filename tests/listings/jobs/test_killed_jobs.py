"""A job that is killed in the middle has done whole batches, and the next run does the rest."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from listings.adverts import expire_due
from listings.choices import PriceRating
from listings.models import Listing, ListingEvent, PriceChange, PriceSchedule
from listings.pricing import apply_due_drops
from tests import make
from tests.marketplace.checkouts import wait_until
from tests.transactions import is_somebody_waiting, wait_until_alone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROWS = 300
BATCH = 50
WAITING = """
    CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql
    AS $$BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END$$;
    CREATE TRIGGER wait_for_the_test BEFORE UPDATE ON listings_listing
    FOR EACH ROW WHEN (NEW.id = %s) EXECUTE FUNCTION wait_for_the_test();
"""


def many_live(**fields: object) -> None:
    """Write copies of one live advert."""
    make.copies(make.live(**fields), ROWS - 1)


def _logged() -> list[int]:
    events = ListingEvent.objects.filter(kind="expired")
    return list(events.values_list("listing_id", flat=True))


def kill_midway(statement: str) -> None:
    """Run Python in a process of its own, and kill it in the middle of its third batch."""
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
    row = Listing.objects.order_by("pk")[2 * BATCH + BATCH // 2]
    with (
        nobody_gets_past(row),
        subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR) as job,
    ):
        try:
            wait_until(lambda: is_somebody_waiting() or job.poll() is not None)
        finally:
            job.kill()
        assert job.wait() == -signal.SIGKILL, "it must still have been running"


@contextmanager
def nobody_gets_past(row: Listing) -> Iterator[None]:
    """Have whoever writes this advert wait meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [row.pk])
        cursor.execute("SELECT pg_advisory_lock(1)")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(1)")
            wait_until_alone()
            cursor.execute("DROP FUNCTION wait_for_the_test CASCADE")


def test_a_killed_sweep_leaves_nothing_half_done_and_the_next_one_completes() -> None:
    many_live(expires_at=timezone.now() - timedelta(hours=1))
    expired = Listing.objects.filter(status="expired")
    kill_midway(f"from listings.adverts import expire_due; expire_due(limit={BATCH})")
    done = expired.count()
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
    kill_midway(f"from listings.pricing import apply_due_drops; apply_due_drops(limit={BATCH})")
    done = lowered.count()
    assert 0 < done < ROWS
    assert done % BATCH == 0
    assert PriceSchedule.objects.filter(steps_applied=1).count() == done
    assert PriceChange.objects.filter(reason="plan").count() == done

    assert apply_due_drops() == ROWS - done
    assert lowered.count() == PriceChange.objects.filter(reason="plan").count() == ROWS


def test_a_killed_price_job_follows_the_market_once_and_tells_the_value_each_time() -> None:
    many_live(price=10_000)
    plan = make.market_plan(Listing.objects.earliest("pk").dealer, percent_max=2)
    for row in Listing.objects.all():
        make.value(row, 8_000, label=PriceRating.HIGHER)
    PriceSchedule.objects.bulk_create(
        PriceSchedule(listing_id=pk, plan=plan, next_drop_at=timezone.now() - timedelta(hours=1))
        for pk in Listing.objects.values_list("pk", flat=True)
    )
    told = PriceChange.objects.filter(reason="plan", new_price=9_895, value=8_000, rule="2026.1")
    kill_midway(f"from listings.pricing import apply_due_drops; apply_due_drops(limit={BATCH})")
    done = Listing.objects.filter(price=9_895).count()
    assert 0 < done < ROWS
    assert done % BATCH == 0
    assert told.count() == PriceChange.objects.filter(reason="plan").count() == done

    assert apply_due_drops() == ROWS - done
    assert apply_due_drops() == 0
    assert told.count() == PriceChange.objects.filter(reason="plan").count() == ROWS
