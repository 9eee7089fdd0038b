"""The process that follows changes, run by hand."""

from dealers.webhooks.events import WebhookEvents
from marketplace.lease import LeaseHolder
from tests.transactions import outlive_others


class Follower:
    """`catch_up` takes all that waits."""

    def __init__(self) -> None:
        self.lease = LeaseHolder("follow_changes", seconds=60)
        assert self.lease.hold()

    def catch_up(self) -> None:
        outlive_others()
        events = WebhookEvents()
        while events.follow(self.lease):
            pass
