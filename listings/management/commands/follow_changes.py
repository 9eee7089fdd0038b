"""Follow the changes of adverts, and hand them to alerts and whoever else is told within seconds.

Any number may run: one leads, and the others take over when it is gone.
"""

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from listings.change_follower import NAME, ChangeFollower, consumers
from marketplace.lease import LeaseHolder


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        ChangeFollower(consumers(), lease=LeaseHolder(NAME)).run(stop)
