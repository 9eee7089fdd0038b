"""Who may do what for a dealer: one table, asked by services, by the panel and by the stock API.

A service calls `require` with the actor that a page, an endpoint or a command gives it, so that
none of them can forget to ask; a page asks beforehand, to show only what will be allowed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from dealers.exceptions import NotPermitted, OwnersOnly, ScopeMissing
from dealers.models import ApiKey, AuditEvent, Invitation, Membership, Scope, User
from listings.exceptions import DealerSuspended
from listings.models import DealerRows

Role = Membership.Role
ActorKind = AuditEvent.ActedAs
Refusal = NotPermitted | DealerSuspended


class Permission(Enum):
    """Something that is done for a dealer."""

    VIEW = auto()  # the stock, prices, plans, branches and feeds
    READ_STOCK = auto()  # the same by a key
    READ_FEEDS = auto()
    READ_ENQUIRIES = auto()
    VALUE_CARS = auto()  # by a key, that are not for sale
    VIEW_TEAM = auto()  # with its invitations, API keys and audit log
    VIEW_ENQUIRIES = auto()  # who wrote to the dealer, and what
    ANSWER_ENQUIRIES = auto()
    EXPORT = auto()
    EDIT_STOCK = auto()  # write, publish, price and photograph adverts
    EDIT_PLANS = auto()
    EDIT_BRANCHES = auto()
    EDIT_FEEDS = auto()  # how a feed comes
    DELIVER_FEEDS = auto()  # send its files, say what they mean, decide on held ones
    VIEW_WEBHOOKS = auto()  # where events are sent, and what was
    EDIT_WEBHOOKS = auto()
    MANAGE_TEAM = auto()
    CREATE_KEYS = auto()
    REVOKE_KEYS = auto()
    OWN_ACCOUNT = auto()  # one's own password, sessions, second factor and place in the team
    MANAGE_DEALERS = auto()  # register, suspend and reinstate them
    MANAGE_WEBHOOKS = auto()  # of mirrors and of the marketplace's own systems
    MANAGE_RECORDS = auto()  # what people left: erase it, keep it for a reason


@dataclass(frozen=True)
class Actor:
    """Who acts: a person of a dealer's team, one of the staff, a dealer's key, or the system."""

    kind: ActorKind
    user_id: int | None = None
    key: ApiKey | None = None

    @classmethod
    def person(cls, user_id: int) -> Self:
        return cls(ActorKind.PERSON, user_id)

    @classmethod
    def staff(cls, user_id: int) -> Self:
        return cls(ActorKind.STAFF, user_id)

    @classmethod
    def of_key(cls, key: ApiKey) -> Self:
        return cls(ActorKind.KEY, key=key)


SYSTEM = Actor(ActorKind.SYSTEM)
"""Jobs and commands: they may do everything."""


@dataclass(frozen=True)
class Grant:
    """To whom a permission is given; keys need the scope, and get nothing where there is none."""

    roles: frozenset[str] = frozenset()
    scope: Scope | None = None
    staff: bool = True
    while_suspended: bool = False


_EVERYBODY = frozenset(Role)
_MANAGERS = frozenset({Role.OWNER, Role.MANAGER})
_OWNERS = frozenset({Role.OWNER})

GRANTS: Mapping[Permission, Grant] = {
    Permission.VIEW: Grant(_EVERYBODY, while_suspended=True),
    Permission.READ_STOCK: Grant(_EVERYBODY, Scope.STOCK_READ, while_suspended=True),
    Permission.READ_FEEDS: Grant(_EVERYBODY, Scope.FEEDS_READ, while_suspended=True),
    Permission.READ_ENQUIRIES: Grant(_EVERYBODY, Scope.ENQUIRIES_READ, while_suspended=True),
    Permission.VALUE_CARS: Grant(_EVERYBODY, Scope.VALUES_READ),
    Permission.VIEW_TEAM: Grant(_OWNERS, while_suspended=True),
    Permission.VIEW_ENQUIRIES: Grant(_EVERYBODY, while_suspended=True),
    Permission.ANSWER_ENQUIRIES: Grant(_EVERYBODY, Scope.ENQUIRIES_WRITE),
    Permission.EXPORT: Grant(_MANAGERS, while_suspended=True),
    Permission.EDIT_STOCK: Grant(_EVERYBODY, Scope.STOCK_WRITE),
    Permission.EDIT_PLANS: Grant(_MANAGERS),
    Permission.EDIT_BRANCHES: Grant(_MANAGERS),
    Permission.EDIT_FEEDS: Grant(_MANAGERS),
    Permission.DELIVER_FEEDS: Grant(_MANAGERS, Scope.FEEDS_WRITE),
    Permission.VIEW_WEBHOOKS: Grant(_MANAGERS, Scope.WEBHOOKS_READ, while_suspended=True),
    Permission.EDIT_WEBHOOKS: Grant(_MANAGERS, Scope.WEBHOOKS_WRITE),
    Permission.MANAGE_TEAM: Grant(_OWNERS),
    Permission.CREATE_KEYS: Grant(_OWNERS, staff=False),
    Permission.REVOKE_KEYS: Grant(_OWNERS),
    Permission.OWN_ACCOUNT: Grant(_EVERYBODY, staff=False, while_suspended=True),
    Permission.MANAGE_DEALERS: Grant(),
    Permission.MANAGE_WEBHOOKS: Grant(),
    Permission.MANAGE_RECORDS: Grant(),
}
"""A suspended dealer's people and keys read and export, and write nothing but their own account;
the staff and the system are not bound by a suspension."""


def require(permission: Permission, *, dealer_id: int, actor: Actor) -> None:
    """Raise what refuses this to the actor, as the database says now.

    Raises `OwnersOnly`, `NotPermitted`, `ScopeMissing` and `DealerSuspended`.
    """
    refusal = _refusal_of(permission, dealer_id, actor)
    if refusal is not None:
        raise refusal


def require_own_account(*, user_id: int, actor: Actor) -> None:
    """Raise `NotPermitted` unless an account is the actor's own, or the actor is staff."""
    if actor.kind is ActorKind.SYSTEM or (actor.kind is ActorKind.STAFF and _is_staff(actor)):
        return
    if actor.kind is not ActorKind.PERSON or actor.user_id != user_id:
        raise NotPermitted("This account is somebody else's.")


def refusal_of_role(
    permission: Permission, role: str | None, *, is_suspended: bool
) -> Refusal | None:
    """Return what refuses this to a member of a role; None where they may."""
    grant = GRANTS[permission]
    if role not in grant.roles:
        if grant.roles == _OWNERS:
            return OwnersOnly("Only an owner of the dealer may do this.")
        return NotPermitted("Your role at this dealer does not allow this.")
    return _suspended() if is_suspended and not grant.while_suspended else None


def refusal_of_key(permission: Permission, key: ApiKey) -> Refusal | None:
    """Return what refuses this to a key, for its own dealer; None where it may."""
    grant = GRANTS[permission]
    if grant.scope is None:
        return NotPermitted("No key may do this.")
    if grant.scope not in key.scopes:
        return ScopeMissing(f"This key lacks the scope {grant.scope}.")
    return None if key.dealer.is_active or grant.while_suspended else _suspended()


def members_who_may(permission: Permission) -> DealerRows[Membership]:
    """Return the places in teams that carry a permission now."""
    grant = GRANTS[permission]
    places = Membership.objects.filter(role__in=grant.roles, user__is_active=True)
    return places if grant.while_suspended else places.filter(dealer__is_active=True)


def invitations_in_force(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Return those whose sender may still invite, and whose dealer is not suspended.

    The system's own have no sender.
    """
    able = members_who_may(Permission.MANAGE_TEAM)
    senders = able.for_dealer(OuterRef("dealer")).filter(user=OuterRef("invited_by"))
    staff = Q(invited_by__is_staff=True, invited_by__is_active=True)
    return invitations.filter(Q(invited_by=None) | staff | Exists(senders), dealer__is_active=True)


def _refusal_of(permission: Permission, dealer_id: int, actor: Actor) -> Refusal | None:
    if actor.kind is ActorKind.SYSTEM:
        return None
    if actor.kind is ActorKind.STAFF:
        may = GRANTS[permission].staff and _is_staff(actor)
        return None if may else NotPermitted("Staff may not do this.")
    if actor.key is not None:
        if actor.key.dealer_id != dealer_id:
            return NotPermitted("The key is another dealer's.")
        return refusal_of_key(permission, actor.key)
    places = Membership.objects.for_dealer(dealer_id)
    own = places.filter(user=actor.user_id, user__is_active=True)
    place = own.select_related("dealer").first()
    if place is None:
        return refusal_of_role(permission, None, is_suspended=False)
    return refusal_of_role(permission, place.role, is_suspended=not place.dealer.is_active)


def _is_staff(actor: Actor) -> bool:
    return User.objects.filter(pk=actor.user_id or 0, is_staff=True, is_active=True).exists()


def _suspended() -> DealerSuspended:
    return DealerSuspended("The dealer is suspended: it can be read, and nothing be changed.")
