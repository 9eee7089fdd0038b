"""Rows for tests: every function fills in what the test does not care about."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.text import slugify

from dealers.feeds.columns import ColumnMapping, ColumnSource
from dealers.keys import create_key
from dealers.models import Branch, Dealer, Membership, Scope, StockFeed, User
from dealers.permissions import SYSTEM
from listings.choices import Fuel, PlanKind, ReservationSide, Status, Transmission
from listings.models import Listing, ListingValue, Make, MarketFit, Model, PricePlan
from listings.models.value import ValueInputs

_number = count(1)

FEED_COLUMNS = ("stock_ref", "vrm", "make", "model", "derivative", "year", "price", "mileage")


def user(**fields: Any) -> User:
    fields.setdefault("email", f"person{next(_number)}@example.com")
    return User.objects.create_user(**fields)


def staff(**fields: Any) -> User:
    return user(**{"is_staff": True, "is_superuser": True, **fields})


def dealer(name: str | None = None, **fields: Any) -> Dealer:
    name = name or f"Dealer {next(_number)}"
    fields.setdefault("slug", slugify(name))
    fields.setdefault("email", f"{fields['slug']}@example.com")
    return Dealer.objects.create(name=name, **fields)


def member(of: Dealer, role: str = Membership.Role.OWNER, **fields: Any) -> User:
    person = user(**fields)
    Membership.objects.create(user=person, dealer=of, role=role)
    return person


def key(of: Dealer, *scopes: str, **fields: Any) -> str:
    """Return the text of a new key, which may do everything unless scopes are named."""
    fields.setdefault("name", f"System {next(_number)}")
    made = create_key(dealer_id=of.pk, actor=SYSTEM, scopes=scopes or Scope.values, **fields)
    return made.token


def branch(dealer_: Dealer | None = None, **fields: Any) -> Branch:
    fields.setdefault("name", f"Branch {next(_number)}")
    fields.setdefault("postcode", "LS1 4AP")
    return Branch.objects.create(dealer=dealer_ or dealer(), **fields)


def make(name: str = "Land Rover", **fields: Any) -> Make:
    fields.setdefault("slug", slugify(name))
    return Make.objects.get_or_create(name=name, defaults=fields)[0]


def model(name: str = "Range Rover", make_: Make | None = None, **fields: Any) -> Model:
    fields.setdefault("slug", slugify(name))
    return Model.objects.get_or_create(name=name, make=make_ or make(), defaults=fields)[0]


def draft(**fields: Any) -> Listing:
    """Return a draft with everything it needs to be published."""
    if "model" not in fields:
        fields["model"] = model()
    fields["make"] = fields["model"].make
    if "branch" not in fields:
        fields["branch"] = branch(fields.pop("dealer", None))
    defaults: dict[str, Any] = {
        "dealer": fields["branch"].dealer,
        "derivative": "3.0 TDV6 Vogue SE 4dr Auto",
        "year": 2015,
        "price": 33_999,
        "mileage": 72_253,
        "fuel": Fuel.DIESEL,
        "transmission": Transmission.AUTOMATIC,
        "doors": 4,
    }
    row = Listing.objects.create(**{**defaults, **fields})
    row.refresh_from_db()
    return row


def live(**fields: Any) -> Listing:
    """Return an advert that buyers see, published now for 30 days unless told otherwise."""
    now = timezone.now()
    if fields.get("reserved_until"):
        fields.setdefault("reserved_by", ReservationSide.PERSON)
    return draft(
        **{
            "status": Status.LIVE,
            "published_at": now,
            "confirmed_at": now,
            "expires_at": now + timedelta(days=30),
            **fields,
        }
    )


def market_fit(**fields: Any) -> MarketFit:
    """Return the current version of the market, or a first one."""
    current = MarketFit.objects.filter(is_current=True).first()
    return current or MarketFit.objects.create(
        **{"rule": "2026.1", "adverts": 1_000, "is_current": True, "error": 6.5, **fields}
    )


def value(of: Listing, amount: int | None, **fields: Any) -> ListingValue:
    """Return what an advert is worth as it is now: with the label given, or none for a reason."""
    if amount is not None and of.price:
        fields.setdefault("ratio", round(1_000 * of.price / amount))
        bounds = {"low_80": 93, "high_80": 107, "low_90": 90, "high_90": 110}
        fields = {**{name: amount * part // 100 for name, part in bounds.items()}, **fields}
    if not fields.get("label"):
        fields.setdefault("reason", "few_comparables")
    inputs = Listing.objects.values_list(ValueInputs(), flat=True).get(pk=of.pk)
    defaults = {"value": amount, "comparables": 12, "width": 1.0, "inputs": inputs}
    return ListingValue.objects.create(
        listing=of, fit=fields.pop("fit", None) or market_fit(), **{**defaults, **fields}
    )


def copies(of: Listing, number: int) -> None:
    """Write so many more adverts like this one, which has no registration mark, at once."""
    columns = ", ".join(
        str(field.column)
        for field in Listing._meta.concrete_fields
        if not field.primary_key and not field.generated and field.name != "revision"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO listings_listing ({columns}) SELECT {columns}"  # noqa: S608 - our own columns
            " FROM listings_listing, generate_series(1, %s) WHERE id = %s",
            [number, of.pk],
        )


def price_plan(of: Dealer, **fields: Any) -> PricePlan:
    defaults: dict[str, Any] = {
        "name": f"Plan {next(_number)}",
        "after_days": 30,
        "every_days": 7,
        "drop": 2,
        "unit": PricePlan.Unit.PERCENT,
        "floor": 1_000,
    }
    return PricePlan.objects.create(dealer=of, **{**defaults, **fields})


def market_plan(of: Dealer, **fields: Any) -> PricePlan:
    """Return a plan that keeps prices at 97 % of the value, by 5 % and £1,000 a week."""
    terms: dict[str, Any] = {"kind": PlanKind.MARKET, "drop": None, "unit": None}
    terms |= {"after_days": 0, "value_percent": 97, "percent_max": 5, "pounds_max": 1_000}
    return price_plan(of, **{**terms, **fields})


def feed(of: Branch | None = None, **fields: Any) -> StockFeed:
    """Return a feed whose columns are called as our fields are, and whose mapping is confirmed."""
    of = of or branch()
    names = fields.pop("columns", FEED_COLUMNS)
    defaults: dict[str, Any] = {
        "name": f"Feed {next(_number)}",
        "mapping": ColumnMapping(
            fields={name: ColumnSource((name,)) for name in names},
            constants=fields.pop("constants", {}),
            known=tuple(names),
        ).to_json(),
        "mapping_confirmed_at": timezone.now(),
    }
    return StockFeed.objects.create(dealer=of.dealer, branch=of, **{**defaults, **fields})
