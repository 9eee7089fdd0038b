"""What the clock starts for every part of the project."""

import structlog
from celery import shared_task

from marketplace import outbox

log = structlog.get_logger(__name__)


@shared_task
def publish_due() -> None:
    """Safe twice and at once: each takes other rows, and a task that has run is not run again."""
    if sent := outbox.publish_due():
        log.info("outbox_tasks_published", tasks=sent)
