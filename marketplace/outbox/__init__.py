"""Tasks that are rows before they are messages, so that a broker that is away loses none.

`enqueue` and `enqueue_each` are the only ways to have a task run. The row is written in the
caller's transaction. Its message is sent after the commit, within about a second or not at all:
`publish_due`, which the clock starts, sends what was not sent or was lost on its way.
"""

from marketplace.outbox.publisher import publish_due, run_again
from marketplace.outbox.rows import enqueue, enqueue_each, is_queued

__all__ = [
    "enqueue",
    "enqueue_each",
    "is_queued",
    "publish_due",
    "run_again",
]
