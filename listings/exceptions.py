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


class BuyerLinkInvalid(DomainError):
    """This link is none that we sent."""

    code = "link_invalid"
    status = 404
    words = "This link is not one that we sent, or a part of it is missing."


class BuyerLinkSpent(Conflict):
    """What the link was for is over, or was done already."""

    code = "link_spent"
    status = 410


class RecordNotFound(DomainError):
    """There is no such record of a person, or nothing is left of it."""

    code = "record_not_found"
    status = 404


class ErasureRefused(Conflict):
    """What was left has to be kept for a reason that is told."""

    code = "erasure_refused"


class InvalidContact(Invalid):
    """A buyer can be reached by nothing that was given, or a field of it cannot be accepted."""

    code = "invalid_contact"


class NotByHand(Invalid):
    """A form was filled in by a program."""

    code = "not_by_hand"
    words = "This form was not sent as people send it. Please open the page again and retry."


class InvalidConsent(Invalid):
    """Nobody was shown these words, or nothing was agreed to."""

    code = "invalid_consent"


class InvalidEnquiry(Invalid):
    """An enquiry, or who sends it, cannot be accepted; each fault stands at its field."""

    code = "invalid_enquiry"


class AskedTooOften(DomainError):
    """Too much was left from one network, or with one address, within the hour."""

    code = "throttled"
    status = 429
    words = "Too many of these came from here within the hour. Please try again later."

    def __init__(self, seconds: int) -> None:
        super().__init__(self.words)
        self.retry_seconds = seconds


class NotReservable(Conflict):
    """The dealer takes no reservations, or the car is reserved or asked for already."""

    code = "not_reservable"


class ReservationNotFound(DomainError):
    """There is no such reservation, or none of this dealer."""

    code = "reservation_not_found"
    status = 404


class ReservationDecided(Conflict):
    """The reservation is not, or no longer, in a state that allows this."""

    code = "reservation_decided"


class InvalidReservation(Invalid):
    """A time, a contact or a note cannot be accepted."""

    code = "invalid_reservation"


class InvalidSale(Invalid):
    """What is said of a sale cannot be accepted."""

    code = "invalid_sale"


class InvalidReport(Invalid):
    """A report of an advert lacks a reason, or its text cannot be accepted."""

    code = "invalid_report"


class ReportDecided(Conflict):
    """The report has been decided already."""

    code = "report_decided"


class NothingToSave(Invalid):
    """A saved search asks for nothing, or for cars that buyers cannot see."""

    code = "nothing_to_save"
    words = "Choose at least one filter, or a car that is for sale."


class SearchNotConfirmed(Conflict):
    """A saved search was not confirmed by its mailed link yet."""

    code = "search_not_confirmed"
    words = "Confirm these e-mails first, by the link that we sent you."


class SavedAlready(Conflict):
    """An address has another alert that asks the same."""

    code = "search_saved_already"
    words = "You have another alert for just this. End one of the two instead."


class TooManySavedSearches(Conflict):
    """An address has as many saved searches as it may."""

    code = "too_many_saved_searches"
    words = "You have as many alerts as one address can have. End one first."


class LinkNotKnown(DomainError):
    """An address of a file of stock is not one of ours, or no longer."""

    code = "link_not_known"
    status = 404
