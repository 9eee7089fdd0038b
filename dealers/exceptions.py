"""What the verbs about dealers refuse, each with its stable code."""

from marketplace.errors import Conflict, DomainError


class RenewalLinkInvalid(DomainError):
    """Not a link that we sent."""

    code = "renewal_link_invalid"
    status = 404


class RenewalLinkSpent(DomainError):
    """The link is too old, has been used, or the advert has changed since it was sent."""

    code = "renewal_link_spent"
    status = 410


class DealerNotFound(DomainError):
    """There is no such dealer, or none that this caller may know of."""

    code = "dealer_not_found"
    status = 404


class AlreadySuspended(Conflict):
    code = "already_suspended"


class AlreadyActive(Conflict):
    code = "already_active"
