"""What people decide about a run that is held: its file is applied, or thrown away."""

from django.db import transaction
from django.utils import timezone

from dealers.feeds.configuration import confirm_mapping, get_locked
from dealers.feeds.exceptions import FeedRunNotFound, NotApprovable, OutOfOrder, RunNotHeld
from dealers.feeds.imports import runs
from dealers.feeds.imports.import_config import ImportConfig
from dealers.feeds.imports.safety_check import SAFETY_HOLDS
from dealers.feeds.tasks import process_run
from dealers.models import FeedRun
from dealers.permissions import Actor, Permission, require
from marketplace.outbox import enqueue

State = FeedRun.State


@transaction.atomic
def approve_run(*, run_id: int, actor: Actor) -> FeedRun:
    """Let a held run be applied, a strange header by its suggested mapping.

    What the file lacks is withdrawn at once: a person has said so. Raises `FeedRunNotFound`,
    `RunNotHeld`, `NotApprovable` and `OutOfOrder`.
    """
    run = _held(run_id, actor)
    feed = get_locked(run.feed_id)
    if run.hold_code == "unreadable":
        raise NotApprovable("The file cannot be read: only a better one can help.")
    if feed.last_source_at and run.source_at < feed.last_source_at:
        raise OutOfOrder("A newer file of this feed has been applied already.")
    changes: dict[str, object] = {
        "hold_code": "",
        "hold_reason": "",
        "decided_by_id": actor.user_id,
    }
    if run.hold_code in SAFETY_HOLDS:
        changes |= {
            "state": State.APPLYING,
            "step": FeedRun.Step.KNOWN,
            "position": 0,
            "approved_at": timezone.now(),
        }
    else:
        if feed.suggested_mapping is not None:
            feed = confirm_mapping(feed_id=feed.pk, actor=actor)
        runs.forget_rows(run)
        changes |= {
            "state": State.RECEIVED,
            "position": 0,
            "recipe": ImportConfig.of(feed).to_json(),
        }
    runs.move(run, **changes)
    enqueue(process_run, run.pk)
    return run


@transaction.atomic
def drop_run(*, run_id: int, actor: Actor) -> FeedRun:
    """Throw a held run away: nothing of it is applied.

    Raises `FeedRunNotFound` and `RunNotHeld`.
    """
    run = _held(run_id, actor)
    runs.move(run, state=State.DROPPED, finished_at=timezone.now(), decided_by_id=actor.user_id)
    return run


def _held(run_id: int, actor: Actor) -> FeedRun:
    run = FeedRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None:
        raise FeedRunNotFound("There is no such run.")
    require(Permission.DELIVER_FEEDS, dealer_id=run.feed.dealer_id, actor=actor)
    if run.state != State.HELD:
        raise RunNotHeld(f"The run is {run.get_state_display().lower()}, not held.")
    return run
