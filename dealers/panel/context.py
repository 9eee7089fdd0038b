"""For whom a request of the panel acts: a person, the dealer, and what they may do there."""

from dataclasses import dataclass

from django.db.models import OuterRef
from django.http import HttpRequest

from dealers.models import Dealer, Membership, SavedView, User
from dealers.permissions import GRANTS, Actor, Permission, refusal_of_role
from dealers.signin.staff_visit import visited_dealer

SESSION_KEY = "panel_dealer_id"


@dataclass(frozen=True)
class DealerContext:
    """A person at work for one dealer; without a role it is one of the staff."""

    user: User
    dealer: Dealer
    role: Membership.Role | None
    dealers_count: int
    stock_query: str = ""
    """The filters and the order that the stock opens with."""

    @property
    def is_staff_visit(self) -> bool:
        return self.role is None

    @property
    def role_label(self) -> str:
        return "Staff" if self.role is None else str(self.role.label)

    @property
    def actor(self) -> Actor:
        """Who acts, as services ask it."""
        return Actor.staff(self.user.pk) if self.is_staff_visit else Actor.person(self.user.pk)

    def may(self, permission: Permission) -> bool:
        """Tell whether services will let this person do something."""
        if self.is_staff_visit:
            return GRANTS[permission].staff
        is_suspended = not self.dealer.is_active
        return refusal_of_role(permission, self.role, is_suspended=is_suspended) is None


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
        opened = SavedView.objects.filter(
            dealer=OuterRef("dealer"), user=OuterRef("user"), opens_stock=True
        )
        own = Membership.objects.filter(user=request.user.pk).select_related("dealer")
        works = own.annotate(stock_query=opened.values("query")[:1])
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
    if isinstance(request.user, User) and (visited := visited_dealer(request)):
        return DealerContext(request.user, visited, None, 1)
    works = memberships(request)
    chosen = works[0].dealer_id if len(works) == 1 else request.session.get(SESSION_KEY)
    work = next((each for each in works if each.dealer_id == chosen), None)
    if work is None or not isinstance(request.user, User):
        return None
    stock_query = vars(work)["stock_query"] or ""
    role = Membership.Role(work.role)
    return DealerContext(request.user, work.dealer, role, len(works), stock_query)
