"""What the verbs about dealers refuse, each with its stable code."""

from marketplace.errors import Conflict, DomainError, Invalid


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


class OwnersOnly(DomainError):
    """Only an owner of the dealer may do this."""

    code = "owners_only"
    status = 403


class KeyNotFound(DomainError):
    """The dealer has no such key."""

    code = "key_not_found"
    status = 404


class KeyRevoked(Conflict):
    """The key has been revoked already."""

    code = "key_revoked"


class KeyNotAccepted(DomainError):
    """No key that is in use: unknown, revoked or past its end."""

    code = "key_not_accepted"
    status = 401


class InvalidKey(Invalid):
    """A key's name, scopes or end cannot be accepted."""

    code = "invalid_key"


class RunNotFound(DomainError):
    """There is no such run of work on many adverts, or none of this person."""

    code = "run_not_found"
    status = 404
