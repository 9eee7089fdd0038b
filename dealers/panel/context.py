"""Who sits at the panel: a person, the dealer they act for now, and what their role allows."""

from dataclasses import dataclass
from enum import Enum, auto

from django.http import HttpRequest

from dealers.models import Dealer, Membership, User

SESSION_KEY = "panel_dealer_id"


class Power(Enum):
    """What a role may do beyond looking at the stock."""

    LOOK = auto()
    EDIT = auto()  # write, publish, price and photograph adverts
    BULK_DELETE = auto()
    EXPORT = auto()
    PLANS = auto()
    BRANCHES = auto()
    FEEDS = auto()
    TEAM = auto()
    KEYS = auto()
    ACCOUNT = auto()  # one's own password, sessions and second factor


_SALES = frozenset({Power.LOOK, Power.EDIT, Power.ACCOUNT})
_POWERS = {
    Membership.Role.OWNER: frozenset(Power),
    Membership.Role.MANAGER: frozenset(Power) - {Power.TEAM, Power.KEYS},
    Membership.Role.SALES: _SALES,
}
_SUSPENDED = frozenset({Power.LOOK, Power.EXPORT, Power.ACCOUNT})


@dataclass(frozen=True)
class Desk:
    """A person at work for one dealer."""

    user: User
    dealer: Dealer
    role: Membership.Role
    dealers_count: int

    def may(self, power: Power) -> bool:
        """Tell whether the role allows this; a suspended dealer's people only look."""
        if not self.dealer.is_active and power not in _SUSPENDED:
            return False
        return power in _POWERS[self.role]


def desk_of(request: HttpRequest) -> Desk | None:
    """Return the desk of this request: None without a membership, or before one is chosen."""
    known = vars(request)
    if "desk" not in known:
        known["desk"] = _find(request)
    desk: Desk | None = known["desk"]
    return desk


def seated(request: HttpRequest) -> Desk:
    """Return the desk where there must be one: behind the site's door."""
    desk = desk_of(request)
    if desk is None:
        raise RuntimeError("A page of the panel was reached without a dealer.")
    return desk


def memberships(request: HttpRequest) -> list[Membership]:
    """Return where this person works, by the dealer's name; nothing for who may not sign in."""
    known = vars(request)
    if "memberships" not in known:
        is_known = request.user.is_active
        works = Membership.objects.filter(user=request.user.pk).select_related("dealer")
        known["memberships"] = list(works.order_by("dealer__name", "pk")) if is_known else []
    found: list[Membership] = known["memberships"]
    return found


def sit_down(request: HttpRequest, dealer_id: int) -> bool:
    """Choose the dealer to act for; returns whether this person works there."""
    if dealer_id not in {each.dealer_id for each in memberships(request)}:
        return False
    request.session[SESSION_KEY] = dealer_id
    vars(request).pop("desk", None)
    return True


def _find(request: HttpRequest) -> Desk | None:
    works = memberships(request)
    chosen = works[0].dealer_id if len(works) == 1 else request.session.get(SESSION_KEY)
    work = next((each for each in works if each.dealer_id == chosen), None)
    if work is None or not isinstance(request.user, User):
        return None
    return Desk(request.user, work.dealer, Membership.Role(work.role), len(works))
