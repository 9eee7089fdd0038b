"""For whom a request of the panel acts: a person, the dealer, and what their role allows."""

from dataclasses import dataclass
from enum import Enum, auto

from django.http import HttpRequest

from dealers.models import Dealer, Membership, User

SESSION_KEY = "panel_dealer_id"


class Permission(Enum):
    """What a role may do beyond looking at the stock."""

    VIEW = auto()
    EDIT_STOCK = auto()  # write, publish, price and photograph adverts
    BULK_DELETE = auto()
    EXPORT = auto()
    EDIT_PLANS = auto()
    EDIT_BRANCHES = auto()
    EDIT_FEEDS = auto()
    MANAGE_TEAM = auto()
    MANAGE_KEYS = auto()
    OWN_ACCOUNT = auto()  # one's own password, sessions and second factor


_SALES = frozenset({Permission.VIEW, Permission.EDIT_STOCK, Permission.OWN_ACCOUNT})
_BY_ROLE = {
    Membership.Role.OWNER: frozenset(Permission),
    Membership.Role.MANAGER: frozenset(Permission)
    - {Permission.MANAGE_TEAM, Permission.MANAGE_KEYS},
    Membership.Role.SALES: _SALES,
}
_SUSPENDED = frozenset({Permission.VIEW, Permission.EXPORT, Permission.OWN_ACCOUNT})


@dataclass(frozen=True)
class DealerContext:
    """A person at work for one dealer."""

    user: User
    dealer: Dealer
    role: Membership.Role
    dealers_count: int

    def may(self, permission: Permission) -> bool:
        """Tell whether the role allows this; a suspended dealer's people only look."""
        if not self.dealer.is_active and permission not in _SUSPENDED:
            return False
        return permission in _BY_ROLE[self.role]


def find_context(request: HttpRequest) -> DealerContext | None:
    """Return whom this request acts for: None without a membership, or before one is chosen."""
    known = vars(request)
    if "dealer_context" not in known:
        known["dealer_context"] = _find(request)
    current: DealerContext | None = known["dealer_context"]
    return current


def require_context(request: HttpRequest) -> DealerContext:
    """Return whom this request acts for, behind the site's own checks."""
    current = find_context(request)
    if current is None:
        raise RuntimeError("A page of the panel was reached without a dealer.")
    return current


def memberships(request: HttpRequest) -> list[Membership]:
    """Return where this person works, by the dealer's name; nothing for who may not sign in."""
    known = vars(request)
    if "memberships" not in known:
        is_known = request.user.is_active
        works = Membership.objects.filter(user=request.user.pk).select_related("dealer")
        known["memberships"] = list(works.order_by("dealer__name", "pk")) if is_known else []
    found: list[Membership] = known["memberships"]
    return found


def select_dealer(request: HttpRequest, dealer_id: int) -> bool:
    """Choose the dealer to act for; returns whether this person works there."""
    if dealer_id not in {each.dealer_id for each in memberships(request)}:
        return False
    request.session[SESSION_KEY] = dealer_id
    vars(request).pop("dealer_context", None)
    return True


def _find(request: HttpRequest) -> DealerContext | None:
    works = memberships(request)
    chosen = works[0].dealer_id if len(works) == 1 else request.session.get(SESSION_KEY)
    work = next((each for each in works if each.dealer_id == chosen), None)
    if work is None or not isinstance(request.user, User):
        return None
    return DealerContext(request.user, work.dealer, Membership.Role(work.role), len(works))
