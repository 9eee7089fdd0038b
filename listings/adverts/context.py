"""Who writes adverts and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from listings.choices import PriceReason, ReservationSide, Source
from listings.exceptions import InvalidListing
from listings.models import ListingEvent

REASON_LENGTH_MAX = ListingEvent._meta.get_field("reason").max_length or 0


@dataclass(frozen=True)
class WriteContext:
    """Who writes and why, for the log and the price history.

    `origin` names what the call is part of, such as `feed_run:17`. Raises `InvalidListing` for a
    reason that the log cannot keep.
    """

    source: Source | None
    reason: str = ""
    actor_id: int | None = None
    price_reason: PriceReason = PriceReason.EDIT
    origin: str = ""

    def __post_init__(self) -> None:
        if len(self.reason) > REASON_LENGTH_MAX or "\0" in self.reason:
            message = (
                f"A reason has at most {REASON_LENGTH_MAX} characters, and no null among them."
            )
            raise InvalidListing(message, fields={"reason": [message]})

    @property
    def side(self) -> ReservationSide:
        """Whose reservations these are: a dealer's system by its key acts for the dealer."""
        return _SIDES.get(self.source, ReservationSide.PERSON)


_SIDES: Mapping[Source | None, ReservationSide] = {
    Source.FEED: ReservationSide.FEED,
    Source.BUYER: ReservationSide.BUYER,
}
