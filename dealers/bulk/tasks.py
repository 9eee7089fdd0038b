"""Runs that go on when their page is closed."""

import time

from celery import shared_task

from dealers.bulk.steps import take_step
from dealers.models import BulkRun
from dealers.permissions import Actor, ActorKind
from marketplace.errors import DomainError
from marketplace.outbox import enqueue

SECONDS = 200
"""How long one task works on a run: well under the time that a task is given."""


@shared_task
def go_on(run_id: int, actor_kind: str) -> None:
    """Do what is left of a run, as whoever began it; what that may not do any more is left."""
    run = BulkRun.objects.filter(pk=run_id).first()
    if run is None:
        return
    actor = Actor(ActorKind(actor_kind), run.actor_id)
    deadline = time.monotonic() + SECONDS
    waiting = None
    while time.monotonic() < deadline:
        try:
            progress = take_step(run_id=run_id, actor=actor)
        except DomainError:  # has left the team, or the dealer is suspended
            return
        if progress.waiting in (0, waiting):
            return
        waiting = progress.waiting
    enqueue(go_on, run_id, actor_kind)
