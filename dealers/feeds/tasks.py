"""Work that verbs put off: ids in, safe twice."""

from celery import shared_task

from dealers.feeds.imports.pipeline import get_on
from dealers.feeds.notices import tell_of_end
from dealers.feeds.vehicle_checks import check_cars
from dealers.models import FeedRun
from listings import vehicle_records
from marketplace.outbox import enqueue

SECONDS = 200
"""How long one task works on a run: well under the time that a task is given."""


@shared_task
def process_run(run_id: int) -> None:
    """Get on with a run; what is left of it, and the feed's next run, are tasks of their own."""
    run = get_on(run_id=run_id, seconds=SECONDS)
    if run is None:
        return
    if run.state in FeedRun.UNFINISHED:
        enqueue(process_run, run.pk)
        return
    waiting = FeedRun.objects.unfinished().filter(feed=run.feed_id).order_by("pk")
    if (following := waiting.values_list("pk", flat=True).first()) is not None:
        enqueue(process_run, following)
    if run.state == FeedRun.State.DONE and not run.dry_run and vehicle_records.is_on():
        enqueue(check_vehicles, run.pk, 0)
    tell_of_end(run_id=run.pk)


@shared_task
def check_vehicles(run_id: int, after: int) -> None:
    """Ask the registers about some cars that a run has written; the next are another task."""
    following = check_cars(run_id=run_id, after=after)
    if following is not None:
        enqueue(check_vehicles, run_id, following)
