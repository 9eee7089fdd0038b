"""The demo's dealers, where they are, and who signs in."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.text import slugify

from dealers.models import Branch, Dealer, Membership, User
from listings.models import PricePlan

STAFF_EMAIL = "admin@example.com"
OWNER_EMAIL = "dealer@example.com"


class DemoPlace(NamedTuple):
    town: str
    postcode: str
    latitude: float
    longitude: float


# The first dealer has the real adverts and no price plan; the second has the plan.
DEALERS = {
    "Harbour Prestige Cars": (
        DemoPlace("Southampton", "SO15 1GA", 50.9163, -1.4238),
        DemoPlace("Exeter", "EX2 8LB", 50.7100, -3.5171),
    ),
    "Aire Valley Motors": (
        DemoPlace("Leeds", "LS1 4AP", 53.7967, -1.5475),
        DemoPlace("Hull", "HU3 4SA", 53.7415, -0.3638),
    ),
    "Northgate Car Centre": (DemoPlace("Manchester", "M3 4LZ", 53.4836, -2.2502),),
    "Bullring Autos": (DemoPlace("Birmingham", "B4 7DA", 52.4823, -1.8940),),
    "Trent Bridge Car Sales": (
        DemoPlace("Nottingham", "NG7 2UH", 52.9578, -1.1752),
        DemoPlace("Peterborough", "PE3 8DN", 52.5876, -0.2757),
    ),
    "Avonside Vehicles": (DemoPlace("Bristol", "BS3 2JR", 51.4378, -2.6014),),
    "Taff Motor Company": (DemoPlace("Cardiff", "CF11 8TW", 51.4728, -3.1923),),
    "Leith Walk Garage": (
        DemoPlace("Edinburgh", "EH6 6JH", 55.9714, -3.1746),
        DemoPlace("Glasgow", "G5 8BS", 55.8477, -4.2524),
    ),
    "Lagan Car Company": (DemoPlace("Belfast", "BT9 5AB", 54.5718, -5.9489),),
    "Tyne Quality Cars": (DemoPlace("Newcastle upon Tyne", "NE3 2ER", 55.0104, -1.6325),),
    "East Anglian Car Supermarket": (
        DemoPlace("Ipswich", "IP1 5AP", 52.0664, 1.1415),
        DemoPlace("Norwich", "NR3 2AY", 52.6433, 1.2951),
    ),
    "Surrey Quays Electric": (DemoPlace("London", "SE16 7LL", 51.4960, -0.0521),),
}


SANDBOX = "Sandbox Motors"
_SANDBOX_PLACE = DemoPlace("Cambridge", "CB1 2JW", 52.1943, 0.1375)


def add_dealers() -> list[Branch]:
    """Return the demo's branches in the order above, added where they are missing."""
    return [
        branch for name, places in DEALERS.items() for branch in _branches(_dealer(name), places)
    ]


def add_sandbox() -> Branch:
    """Return the branch of the dealer that systems are tried with, added where it is missing."""
    return _branches(_dealer(SANDBOX, is_sandbox=True), (_SANDBOX_PLACE,))[0]


def _dealer(name: str, **more: bool) -> Dealer:
    slug = slugify(name)
    fields = {"name": name, "email": f"{slug}@example.com", "phone": "0330 555 0100", **more}
    return Dealer.objects.get_or_create(slug=slug, defaults=fields)[0]


def _branches(dealer: Dealer, places: Iterable[DemoPlace]) -> list[Branch]:
    found = []
    for place in places:
        where = {**place._asdict(), "address": "1 Station Road", "phone": "0330 555 0100"}
        name = f"{dealer.name} {place.town}"
        branch, _ = Branch.objects.get_or_create(dealer=dealer, name=name, defaults=where)
        found.append(branch)
    return found


def add_price_plan(dealer: Dealer) -> PricePlan | None:
    """Return the plan by which a dealer's prices fall; None where staff have taken it away."""
    plan = {
        "after_days": 14,
        "every_days": 7,
        "drop": 2,
        "unit": PricePlan.Unit.PERCENT,
        "floor": 1_000,
        "is_default": True,
    }
    if dealer.listings.exists():
        return dealer.price_plans.filter(is_default=True).first()
    name = "2 % a week after a fortnight"
    return PricePlan.objects.get_or_create(dealer=dealer, name=name, defaults=plan)[0]


def add_people(dealer: Dealer, password: str) -> None:
    """Add somebody who runs the marketplace and somebody who owns a dealer, once."""
    if not User.objects.filter(email=STAFF_EMAIL).exists():
        powers = {"is_staff": True, "is_superuser": True}
        User.objects.create_user(STAFF_EMAIL, password, full_name="Demo Staff", **powers)
    owner = User.objects.filter(email=OWNER_EMAIL).first()
    if owner is None:
        owner = User.objects.create_user(OWNER_EMAIL, password, full_name="Demo Dealer")
    role = {"role": Membership.Role.OWNER}
    Membership.objects.get_or_create(user=owner, dealer=dealer, defaults=role)
