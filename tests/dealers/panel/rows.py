"""A row of every model that the panel shows, for any dealer, marked so that a leak is seen.

Models that need more than values of the right type have a function in `MADE_BY_HAND`.
"""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from dealers.feeds.columns import ColumnMapping, ColumnSource
from dealers.keys import create_key
from dealers.models import (
    ApiKey,
    Branch,
    Dealer,
    FeedRun,
    FeedStatusWord,
    Membership,
    StockFeed,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from dealers.panel import panel
from dealers.panel.context import DealerContext
from dealers.panel.scope import SHARED, scoped
from dealers.permissions import SYSTEM
from dealers.webhooks.endpoints import add_endpoint, send_test
from listings.models import (
    BuyerRecord,
    Enquiry,
    EnquiryMessage,
    Listing,
    ListingEvent,
    ListingValue,
    Photo,
    PricePlan,
    PriceSchedule,
    Reservation,
    SyndicationLink,
)
from listings.syndication import stock_link
from tests import make
from tests.dealers.panel.walking import models_in_addresses

_number = count(1)


def context_at(dealer: Dealer) -> DealerContext:
    """Return a context with which to ask for a dealer's rows, outside any request."""
    return DealerContext(User(), dealer, Membership.Role.OWNER, 1)


def shown_models() -> list[type[models.Model]]:
    """Return every model with pages, inlines or addresses in the panel that is one dealer's."""
    admins = list(panel._registry.values())
    found: list[type[models.Model]] = [each.model for each in admins]
    found += [inline.model for each in admins for inline in each.inlines]
    found += [Photo, ListingEvent, PriceSchedule, Branch, FeedStatusWord]
    found += [BuyerRecord, EnquiryMessage, ListingValue, SyndicationLink]
    found += [WebhookEndpoint, WebhookDelivery]
    found += models_in_addresses()
    return [each for each in dict.fromkeys(found) if each not in SHARED]


def models_of_dealers() -> set[type[models.Model]]:
    """Return every model from which keys lead to a dealer, whatever app it is of."""
    found: set[type[models.Model]] = {Dealer}
    while more := {
        model
        for model in apps.get_models()
        if model not in found
        and any(field.related_model in found for field in model._meta.concrete_fields)
    }:
        found |= more
    return found


def fill(dealer: Dealer, mark: str) -> dict[type[models.Model], models.Model]:
    """Give a dealer a row of every shown model, each text beginning with the mark."""
    made: dict[type[models.Model], models.Model] = {Dealer: dealer}
    for model in shown_models():
        row_of(model, dealer, mark, made)
    return made


def count_from_far() -> None:
    """Let the keys of rows begin at numbers that stand nowhere else on a page."""
    with connection.cursor() as cursor:
        for place, model in enumerate(apps.get_models()):
            pk = model._meta.pk
            if isinstance(pk, models.AutoField | models.BigAutoField):
                cursor.execute(
                    "SELECT setval(name, greatest(nextval(name), %s))"
                    " FROM pg_get_serial_sequence(%s, %s) AS name",
                    [700_000_000 + 1_000_000 * place, model._meta.db_table, pk.column],
                )


def row_of(
    model: type[models.Model],
    dealer: Dealer,
    mark: str,
    made: dict[type[models.Model], models.Model],
) -> models.Model:
    if model in made:
        return made[model]
    if model in MADE_BY_HAND:
        row = MADE_BY_HAND[model](dealer, mark, made)
    else:
        row = any_row(model, dealer, mark, made)
    assert scoped(model._default_manager.filter(pk=row.pk), context_at(dealer)).exists(), model
    made[model] = row
    return row


def any_row(
    model: type[models.Model],
    dealer: Dealer,
    mark: str,
    made: dict[type[models.Model], models.Model],
) -> models.Model:
    """Return a new row of whatever model, with values of the right types."""
    values = {
        field.name: _value(field, dealer, mark, made)
        for field in model._meta.concrete_fields
        if _is_wanted(field)
    }
    return model._default_manager.create(**values)


def _is_wanted(field: Any) -> bool:
    if field.primary_key and not field.is_relation:
        return False
    if (
        field.generated
        or getattr(field, "auto_now", False)
        or getattr(field, "auto_now_add", False)
    ):
        return False
    if field.name in ("dealer", "listing", "user", "actor", "membership"):
        return True
    is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
    has_default = field.has_default() or field.has_db_default()
    return (is_text and not has_default) or not (field.null or has_default)


def _value(field: Any, dealer: Dealer, mark: str, made: dict[type[models.Model], Any]) -> Any:
    if field.is_relation:
        return row_of(field.related_model, dealer, mark, made)
    if field.choices:
        return field.choices[0][0]
    for kind, value in _VALUES.items():
        if isinstance(field, kind):
            return value(field, mark)
    raise TypeError(f"{field}: teach tests/dealers/panel/rows.py a value for it")


def _text(field: Any, mark: str) -> str:
    text = f"{mark}{next(_number):06d}"
    return text if field.max_length is None else text[-field.max_length :]


_VALUES: dict[type[models.Field], Callable[[Any, str], Any]] = {
    models.EmailField: lambda _, mark: f"{mark}{next(_number)}@example.com".lower(),
    models.URLField: lambda _, mark: f"https://example.com/{mark}{next(_number)}".lower(),
    models.BooleanField: lambda *_: False,
    models.BinaryField: lambda _, mark: mark.encode(),
    models.DateTimeField: lambda *_: timezone.now() - timedelta(days=3, hours=12),
    models.DateField: lambda *_: date(2026, 1, 15),
    models.GenericIPAddressField: lambda *_: "203.0.113.9",
    models.JSONField: lambda _, mark: {"text": mark},
    models.DecimalField: lambda *_: 1,
    models.IntegerField: lambda *_: 1,
    models.FloatField: lambda *_: 1.0,
    models.DurationField: lambda *_: timedelta(hours=1),
    models.FileField: lambda _, mark: f"{mark}.jpg",
    models.TextField: _text,
    models.CharField: _text,
}


def _listing(dealer: Dealer, mark: str, made: dict[Any, Any]) -> Listing:
    now = timezone.now()
    return make.live(
        branch=row_of(Branch, dealer, mark, made),
        derivative=f"{mark} Vogue SE",
        description=f"{mark} story",
        stock_ref=f"{mark}-1",
        price=7_654_321 if mark.startswith("ZQX") else 8_995,
        mileage=65_432,
        vrm="ZQ15ZQX" if mark.startswith("ZQX") else "AB15CDE",
        published_at=now - timedelta(days=9, hours=12),
        expires_at=now + timedelta(days=5, hours=12),
    )


def _member(dealer: Dealer, mark: str, made: dict[Any, Any]) -> Membership:
    person = make.user(email=f"{mark}@example.com", full_name=f"{mark} Person")
    return Membership.objects.create(user=person, dealer=dealer, role="manager")


def _record(dealer: Dealer, mark: str, made: dict[Any, Any]) -> BuyerRecord:
    """Make a record of its own: one hangs from another's no second time."""
    return BuyerRecord.objects.create(
        kind="enquiry",
        dealer=dealer,
        name=f"{mark} Buyer",
        email=f"{mark}.buyer@example.com".lower(),
        kept_until=timezone.now() + timedelta(days=300),
    )


def _own_listing(dealer: Dealer, mark: str, made: dict[Any, Any]) -> Listing:
    row = row_of(Listing, dealer, mark, made)
    assert isinstance(row, Listing)
    return row


def _market_value(dealer: Dealer, mark: str, made: dict[Any, Any]) -> ListingValue:
    """Value the advert at what it asks, with all that its comparables would be found by."""
    row = _own_listing(dealer, mark, made)
    return make.value(row, row.price, label="good", residual=0.0, correction=0.0)


def _user(dealer: Dealer, mark: str, made: dict[Any, Any]) -> User:
    member = row_of(Membership, dealer, mark, made)
    assert isinstance(member, Membership)
    return member.user


def _key(dealer: Dealer, mark: str, made: dict[Any, Any]) -> ApiKey:
    """Make a key by its verb, which leaves an event in the dealer's audit log too."""
    name = f"{mark} key"
    return create_key(dealer_id=dealer.pk, actor=SYSTEM, name=name, scopes=["stock:read"]).key


def _webhook(dealer: Dealer, mark: str, made: dict[Any, Any]) -> WebhookEndpoint:
    """Add a webhook that failed and is off, so that it can be switched on."""
    endpoint = add_endpoint(
        dealer_id=dealer.pk,
        actor=SYSTEM,
        url=f"https://{mark}.example.com/hook",
        events=["listing.updated"],
        description=f"{mark} CRM",
    ).endpoint
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        switched_off_at=timezone.now(), off_reason=f"{mark} is gone."
    )
    return endpoint


def _webhook_delivery(dealer: Dealer, mark: str, made: dict[Any, Any]) -> WebhookDelivery:
    endpoint = row_of(WebhookEndpoint, dealer, mark, made)
    message = send_test(endpoint_id=endpoint.pk, actor=SYSTEM)
    message.deliveries.update(answer=f"{mark} answers", answer_status=500, attempts=1)
    return message.deliveries.get()


def _feed(dealer: Dealer, mark: str, made: dict[Any, Any]) -> StockFeed:
    """Make a feed that offers everything: it is paused, and its columns are to be looked over."""
    branch = row_of(Branch, dealer, mark, made)
    assert isinstance(branch, Branch)
    columns = ColumnMapping(
        {"stock_ref": ColumnSource((f"{mark} ref",))}, known=(f"{mark} ref", f"{mark} column")
    ).to_json()
    feed = make.feed(branch, name=f"{mark} feed")
    StockFeed.objects.filter(pk=feed.pk).update(
        mapping=columns,
        suggested_mapping=columns,
        paused_at=timezone.now(),
        pause_reason=f"{mark} rests",
    )
    return feed


def _run(dealer: Dealer, mark: str, made: dict[Any, Any]) -> FeedRun:
    """Make a run that is held, so that both decisions on it can be tried."""
    feed = row_of(StockFeed, dealer, mark, made)
    assert isinstance(feed, StockFeed)
    return FeedRun.objects.create(
        feed=feed,
        state=FeedRun.State.HELD,
        hold_code="empty",
        hold_reason=f"{mark} has no car",
        file_name=f"{mark}.csv",
        source_at=timezone.now(),
    )


MADE_BY_HAND: dict[type[models.Model], Callable[[Dealer, str, dict[Any, Any]], models.Model]] = {
    ApiKey: _key,
    Reservation: lambda dealer, mark, made: Reservation.objects.create(
        record=_record(dealer, mark, made),
        listing=_own_listing(dealer, mark, made),
        title=f"{mark} Fiesta",
        standing="asked",
    ),
    Enquiry: lambda dealer, mark, made: Enquiry.objects.create(
        record=_record(dealer, mark, made),
        listing=_own_listing(dealer, mark, made),
        title=f"{mark} Fiesta",
        message=f"{mark}, is it still there?",
    ),
    Branch: lambda dealer, mark, _: make.branch(dealer, name=f"{mark} Yard", town=mark),
    FeedRun: _run,
    Listing: _listing,
    ListingValue: _market_value,
    Membership: _member,
    StockFeed: _feed,
    User: _user,
    WebhookDelivery: _webhook_delivery,
    WebhookEndpoint: _webhook,
    Photo: lambda dealer, mark, made: Photo.objects.create(
        listing=_own_listing(dealer, mark, made),
        image=f"photos/{mark}.jpg",
        width=4,
        height=3,
        position=0,
    ),
    PricePlan: lambda dealer, mark, _: make.price_plan(dealer, name=f"{mark} terms", drop=1),
    SyndicationLink: lambda dealer, *_: stock_link(dealer_id=dealer.pk, form="google"),
    PriceSchedule: lambda dealer, mark, made: PriceSchedule.objects.create(
        listing=_own_listing(dealer, mark, made),
        plan=make.price_plan(dealer, name=f"{mark} plan", drop=1),
    ),
}
