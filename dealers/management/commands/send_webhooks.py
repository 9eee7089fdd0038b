"""Send what waits for the endpoints of webhooks. Any number may run."""

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dealers.webhooks.sender import THREADS, WebhookSender


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--threads", type=int, default=THREADS, help="for fast endpoints, and for slow ones"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        WebhookSender(threads=options["threads"]).run(stop)
