"""What the verbs about adverts refuse, each with its stable code.

`words` is what is always said, wherever a refusal of the kind comes from.
"""

from marketplace.errors import Conflict, DomainError, Invalid


class ListingNotFound(DomainError):
    """There is no such advert, or none that this caller may know of."""

    code = "listing_not_found"
    status = 404
    words = "There is no such advert."


class ActionNotAllowed(Conflict):
    """The advert's status, or its reservation, does not allow this now."""

    code = "action_not_allowed"


class AlreadyLive(Conflict):
    """The dealer has another live advert with this registration mark."""

    code = "already_live"
    words = "Another live advert of this dealer has the same registration mark."


class NameUnconfirmed(Conflict):
    """The advert's make or model is not in the catalogue: buyers do not see such names."""

    code = "name_unconfirmed"
    words = "The make or model is not in the catalogue: staff have yet to confirm it."


class DuplicateStockRef(Conflict):
    """The dealer has another advert with this stock reference."""

    code = "duplicate_stock_ref"
    words = "Another advert of this dealer has the same stock reference."


class DealerSuspended(DomainError):
    """A suspended dealer changes nothing, and nothing of it goes up for sale."""

    code = "dealer_suspended"
    status = 403
    words = "The dealer is suspended."


class PhotosBusy(DomainError):
    """This process has as many photos to decode as it has memory for."""

    code = "photos_busy"
    status = 503
    retry_seconds = 10  # as long as a photo waits for memory


class NotPublishable(Invalid):
    """The advert says something that may never be shown to buyers."""

    code = "not_publishable"
    scrapped = "A car written off in category A or B may not be advertised."


class InvalidListing(Invalid):
    """A field's value cannot be accepted."""

    code = "invalid_listing"


class PictureTooLarge(InvalidListing):
    """Decoding the picture would take more memory than one may."""

    code = "picture_too_large"


class PlanNotFound(DomainError):
    """There is no such price plan, or none of this dealer."""

    code = "plan_not_found"
    status = 404


class InvalidPlan(Invalid):
    """A price plan's terms cannot be accepted."""

    code = "invalid_plan"


class DuplicatePlanName(Conflict):
    """The dealer has another price plan of this name."""

    code = "duplicate_plan_name"


class PlanInUse(Conflict):
    """The terms of a price plan that adverts are on stay as they are."""

    code = "plan_in_use"


class CursorExpired(DomainError):
    """The change feed cannot tell what happened since; only the whole stock can."""

    code = "cursor_expired"
    status = 410
