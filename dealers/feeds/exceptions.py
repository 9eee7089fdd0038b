"""What the verbs about feeds refuse, each with its stable code."""

from marketplace.errors import Conflict, DomainError, Invalid


class FeedNotFound(DomainError):
    """There is no such feed, or none that this caller may know of."""

    code = "feed_not_found"
    status = 404


class FeedRunNotFound(DomainError):
    """There is no such run, or none that this caller may know of."""

    code = "run_not_found"
    status = 404


class InvalidFeed(Invalid):
    """What a feed says of itself cannot be accepted."""

    code = "invalid_feed"


class FeedPaused(Conflict):
    """The feed is paused: nothing is received until somebody resumes it."""

    code = "feed_paused"


class OutOfOrder(Conflict):
    """A newer file of this feed has been applied already."""

    code = "out_of_order"


class RunNotHeld(Conflict):
    """Only a run that is held can be approved or dropped."""

    code = "run_not_held"


class NotApprovable(Conflict):
    """A file that cannot be read cannot be approved, only dropped."""

    code = "not_approvable"
