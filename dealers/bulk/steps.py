"""The next batch of a run, and how far it has come."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count

from dealers.bulk.acts import Said, do_batch
from dealers.exceptions import BulkRunNotFound
from dealers.models import BulkRow, BulkRun
from dealers.permissions import Actor, Permission, require

BATCH_ROWS = 1_000

_TELL = """
    UPDATE dealers_bulkrow AS row SET is_done = told.is_done, said = told.said
    FROM unnest(%s::bigint[], %s::boolean[], %s::text[]) AS told (listing_id, is_done, said)
    WHERE row.run_id = %s AND row.listing_id = told.listing_id
"""


@dataclass(frozen=True)
class Progress:
    """How far a run has come, in adverts."""

    done: int
    refused: int
    waiting: int

    @property
    def total(self) -> int:
        return self.done + self.refused + self.waiting


@transaction.atomic
def take_step(*, run_id: int, actor: Actor) -> Progress:
    """Do the next batch of a run, unless it is stopped or its terms are not stated.

    Two steps at once follow one another; each advert is done once.
    """
    run = locked(run_id=run_id, actor=actor)
    if run.stopped_at is None and run.terms is not None:
        waiting = run.rows.filter(is_done=None).order_by("listing_id")
        ids = list(waiting.values_list("listing_id", flat=True)[:BATCH_ROWS])
        if ids:
            _tell(run, do_batch(run, ids))
    return progress_of(run)


def progress_of(run: BulkRun) -> Progress:
    """Count a run's adverts by what became of them."""
    counted = run.rows.order_by().values_list("is_done").annotate(count=Count("pk"))
    counts: dict[bool | None, int] = dict(counted)
    return Progress(counts.get(True, 0), counts.get(False, 0), counts.get(None, 0))


def locked(*, run_id: int, actor: Actor) -> BulkRun:
    """Lock a run for somebody who may write the stock it is about."""
    run = BulkRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None:
        raise BulkRunNotFound("There is no such run.")
    require(Permission.EDIT_STOCK, dealer_id=run.dealer_id, actor=actor)
    return run


def _tell(run: BulkRun, said: Said) -> None:
    limit = BulkRow._meta.get_field("said").max_length
    texts = [text[:limit] for _, text in said.values()]
    states = [is_done for is_done, _ in said.values()]
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [list(said), states, texts, run.pk])
