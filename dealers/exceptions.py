"""What the verbs about dealers refuse, each with its stable code."""

from marketplace.errors import Conflict, DomainError, Invalid

IN_SECONDS_MAX = 90  # a longer wait is said in minutes


class RenewalLinkInvalid(DomainError):
    """Not a link that we sent."""

    code = "renewal_link_invalid"
    status = 404


class RenewalLinkSpent(DomainError):
    """The link is too old, has been used, or the advert has changed since it was sent."""

    code = "renewal_link_spent"
    status = 410


class WeeklyLinkInvalid(DomainError):
    """Not a link that we sent, or of somebody who has left the team."""

    code = "weekly_link_invalid"
    status = 404


class EmailChangeEnded(DomainError):
    """The link to a new e-mail address is too old, was used, or the address is taken."""

    code = "email_change_ended"
    status = 410


class DealerNotFound(DomainError):
    """There is no such dealer, or none that this caller may know of."""

    code = "dealer_not_found"
    status = 404


class DealerExists(Conflict):
    """Another dealer has this slug; `id` says which."""

    code = "dealer_exists"


class InvalidDealer(Invalid):
    """A dealer's name, slug or address cannot be accepted."""

    code = "invalid_dealer"


class AlreadySuspended(Conflict):
    code = "already_suspended"


class AlreadyActive(Conflict):
    code = "already_active"


class NotPermitted(DomainError):
    """Who asks may not do this for the dealer, or works for another one."""

    code = "not_permitted"
    status = 403


class OwnersOnly(NotPermitted):
    """Only an owner of the dealer may do this."""

    code = "owners_only"


class ScopeMissing(NotPermitted):
    """The key's scopes do not include this."""

    code = "scope_missing"


class KeyNotFound(DomainError):
    """The dealer has no such key."""

    code = "key_not_found"
    status = 404


class KeyRevoked(Conflict):
    """The key has been revoked already."""

    code = "key_revoked"


class KeyNotAccepted(DomainError):
    """No key that is in use: unknown, revoked, past its end or used from elsewhere."""

    code = "key_not_accepted"
    status = 401


class InvalidKey(Invalid):
    """A key's name, scopes, networks or end cannot be accepted."""

    code = "invalid_key"


class BulkRunNotFound(DomainError):
    """There is no such run of work on many adverts, or none of this person."""

    code = "run_not_found"
    status = 404


class NotUndoable(Conflict):
    """It is too late to take this back, it was taken back already, or there is nothing of it."""

    code = "not_undoable"


class MemberNotFound(DomainError):
    """Nobody of this team."""

    code = "member_not_found"
    status = 404


class LastOwner(Conflict):
    """A team keeps at least one owner."""

    code = "last_owner"


class AlreadyMember(Conflict):
    code = "already_member"


class AlreadyInvited(Conflict):
    """There is an invitation already; it carries its `id`. Send that one again."""

    code = "already_invited"


class InvalidInvitation(Invalid):
    code = "invalid_invitation"


class InvitationNotFound(DomainError):
    """No such invitation: withdrawn, used, or never sent."""

    code = "invitation_not_found"
    status = 404


class InvitationEnded(DomainError):
    """Whoever sent it may not invite any more, or not now."""

    code = "invitation_ended"
    status = 410


class InvitationExpired(DomainError):
    code = "invitation_expired"
    status = 410


class TooSoon(Conflict):
    """It was done only just now."""

    code = "too_soon"


class BranchNotFound(DomainError):
    code = "branch_not_found"
    status = 404


class BranchInUse(Conflict):
    """Adverts stand there."""

    code = "branch_in_use"


class InvalidBranch(Invalid):
    """A field of the branch cannot be accepted; `fields` says which."""

    code = "invalid_branch"


class InvalidReason(Invalid):
    """A reason is missing or too long."""

    code = "invalid_reason"


class EnquiryNotFound(DomainError):
    """There is no such enquiry, or none of this dealer."""

    code = "enquiry_not_found"
    status = 404


class EnquiryChanged(Conflict):
    """Somebody else was faster: the enquiry is not as it was seen."""

    code = "enquiry_changed"


class EnquiryErased(Conflict):
    """The buyer erased the enquiry: nothing is written to it any more."""

    code = "enquiry_erased"


class BuyerUnreachable(Conflict):
    """The buyer withdrew the consent, had the enquiry erased, or left no e-mail address."""

    code = "buyer_unreachable"


class InvalidEnquiryChange(Invalid):
    """A text, stage or person cannot be accepted."""

    code = "invalid_enquiry_change"


class WebhookNotFound(DomainError):
    """There is no such webhook, or none of this dealer."""

    code = "webhook_not_found"
    status = 404


class InvalidWebhook(Invalid):
    """A webhook's address or events, or a range to send again, cannot be accepted."""

    code = "invalid_webhook"


class WebhookSecretLost(DomainError):
    """The key that the secret was made by is in the settings no more."""

    code = "webhook_secret_lost"
