"""Many writes that wait for one row take nothing from those who read."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from tests import make
from tests.listings.changes.connections import another
from tests.marketplace.databases.test_failures import wait_until_somebody_waits
from tests.marketplace.databases.web import serving

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 40
READS = 30


@pytest.mark.slow
def test_visitors_read_while_forty_batches_wait_for_one_advert() -> None:
    row = make.live(price=9_000)
    key = make.key(row.dealer)
    batch = {"items": [{"op": "update", "id": row.pk, "listing": {"price": 9_500}}]}

    with (
        serving(DATABASE_POOL_TIMEOUT="2", DATABASE_WEB_LOCK_SECONDS="2") as web,
        ThreadPoolExecutor(WRITERS) as writers,
        another() as holder,
    ):
        holder.execute("SELECT FROM listings_listing WHERE id = %s FOR UPDATE", [row.pk])
        sent = [
            writers.submit(web.ask, "/api/v1/stock/batch/", post=batch, key=key)
            for _ in range(WRITERS)
        ]
        wait_until_somebody_waits()
        seen = [web.ask(f"/api/v1/listings/{row.pk}/") for _ in range(READS)]
        holder.rollback()
        written = [each.result() for each in sent]
        after = web.ask("/api/v1/stock/batch/", post=batch, key=key)

    assert {answer.status for answer in seen} == {200}
    assert {answer.status for answer in written} <= {200, 503}
    refused = {answer.json()["code"] for answer in written if answer.status == 503}
    assert refused <= {"connections_exhausted", "database_busy"}
    assert after.json()["results"][0]["status"] == 200


@pytest.mark.slow
def test_a_batch_that_meets_a_locked_advert_does_the_others() -> None:
    free, held = make.live(price=9_000), make.live(price=9_000)
    type(held).objects.filter(pk=held.pk).update(dealer=free.dealer, branch=free.branch)
    key = make.key(free.dealer)
    change = {"price": 9_500}
    items = [{"op": "update", "id": pk, "listing": change} for pk in (free.pk, held.pk, free.pk)]

    with serving(DATABASE_WEB_LOCK_SECONDS="0.2") as web, another() as holder:
        holder.execute("SELECT FROM listings_listing WHERE id = %s FOR UPDATE", [held.pk])
        told = web.ask("/api/v1/stock/batch/", post={"items": items}, key=key)
        kept = web.ask("/api/v1/stock/batch/", post={"items": items}, key=key, once="batch-1")
        holder.rollback()
        again = web.ask("/api/v1/stock/batch/", post={"items": items}, key=key, once="batch-1")

    results = told.json()["results"]
    assert [result["status"] for result in results] == [200, 503, 200]
    assert results[1]["problem"]["code"] == "database_busy"
    assert (kept.status, kept.json()["code"]) == (503, "database_busy")
    assert [result["status"] for result in again.json()["results"]] == [200] * 3


def test_a_probe_on_the_thread_of_a_write_takes_no_place_of_the_writes(client: Client) -> None:
    assert client.post("/password/reset/", {"email": "nobody@example.com"}).status_code == 302
    assert connection.is_for_writes is False  # type: ignore[attr-defined]
    assert client.get("/readyz").status_code == 200
