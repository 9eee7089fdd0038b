"""The queues of tasks: which task waits in which, and how each broker keeps them."""

from fnmatch import fnmatchcase
from typing import Any

import structlog
from amqp.exceptions import PreconditionFailed
from celery.worker.consumer import Consumer
from kombu import Connection, Exchange, Queue

DEFAULT_QUEUE = "default"  # the clock, and short tasks that somebody waits for
FORMER_DEFAULT_QUEUE = "marketplace"  # of earlier versions: what they sent is done
ROUTES = {
    "dealers.tasks.send_*": "mail",  # as slow as the mail server
    "listings.adverts.tasks.send_*": "mail",
    "listings.buyers.tasks.send_*": "mail",
    "dealers.feeds.tasks.check_vehicles": "polls",  # as slow as the registers
    "dealers.feeds.tasks.*": "feeds",
    "dealers.feeds.periodic.poll_feed": "polls",  # as slow as a stranger's server
    "listings.photos.tasks.*": "photos",
    "listings.periodic.refit_values": "values",  # minutes of a processor, and memory
}
QUEUES = (DEFAULT_QUEUE, *dict.fromkeys(ROUTES.values()))
DELIVERIES_MAX = 20
"""A message that so many workers died of is dropped; its row in the outbox was given up before."""

_QUORUM = {"x-queue-type": "quorum", "x-delivery-limit": DELIVERIES_MAX}

log = structlog.get_logger(__name__)


def is_rabbitmq(broker_url: str) -> bool:
    return broker_url.startswith(("amqp", "pyamqp"))


def declared_queues(broker_url: str) -> list[Queue]:
    """Return the queues that workers take from; RabbitMQ keeps each on most of its nodes."""
    arguments = _QUORUM if is_rabbitmq(broker_url) else None
    queues = [_queue(name, queue_arguments=arguments) for name in QUEUES]
    return [*queues, _queue(FORMER_DEFAULT_QUEUE)]


def queue_of(task: str) -> str:
    """Return where a task waits, by its name."""
    found = (queue for pattern, queue in ROUTES.items() if fnmatchcase(task, pattern))
    return next(found, DEFAULT_QUEUE)


def messages_in(broker: Connection, name: str) -> int | None:
    """Return how many messages wait in a queue; None where nobody has made it yet."""
    is_passive = broker.transport.driver_type != "redis"  # which has no queue but its messages
    try:
        with broker.channel() as channel:
            told: Any = _queue(name, channel=channel).queue_declare(passive=is_passive)
    except broker.channel_errors:
        return None
    return int(told.message_count)


class JobConsumer(Consumer):
    """Celery's own, for the brokers that we have."""

    class Blueprint(Consumer.Blueprint):  # type: ignore[valid-type,misc]  # a variable in the stubs
        """Without the 28 queues by which RabbitMQ would delay tasks: the outbox does that."""

        default_steps = tuple(
            step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in step
        )

    def connect(self) -> Connection:
        connection: Connection = super().connect()
        if connection.transport.driver_type == "amqp":
            for queue in self.app.amqp.queues.consume_from.values():
                _replace_classic(connection, queue)
        return connection


def _replace_classic(connection: Connection, queue: Queue) -> None:
    """Delete RabbitMQ's queue of an earlier version: a classic one cannot become a quorum queue.

    Only if no worker of that version takes from it any more. What waits in it is in the outbox,
    which sends it again, or of the clock, which does so every minute.
    """
    try:
        with connection.channel() as channel:
            queue(channel).declare()
    except PreconditionFailed:
        with connection.channel() as channel:
            queue(channel).delete(if_unused=True)
        log.warning("classic_queue_replaced", queue=queue.name)


def _queue(name: str, **options: Any) -> Queue:
    return Queue(name, Exchange(name), routing_key=name, **options)
