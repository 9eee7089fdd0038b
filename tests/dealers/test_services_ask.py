"""Every service of dealers asks who acts: found by introspection, called by those who may not.

A service added later is walked as well: what writes for a dealer takes an `actor`, without a
default, and refuses strangers before it changes anything.
"""

import inspect
import io
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from psycopg import sql

import dealers
from dealers.exceptions import NotPermitted
from dealers.models import (
    ApiKey,
    Branch,
    BulkRun,
    Dealer,
    FeedRun,
    FeedStatusWord,
    Invitation,
    Membership,
    Scope,
    StockFeed,
    User,
    WebhookEndpoint,
)
from dealers.panel.scope import scoped
from dealers.permissions import Actor
from listings.adverts.sales import SaleTerms
from listings.buyers.ledger import Contact
from listings.exceptions import DealerSuspended
from listings.models import (
    BuyerRecord,
    Enquiry,
    Listing,
    PricePlan,
    Reservation,
    SyndicationLink,
)
from listings.pricing import PlanTerms
from marketplace.errors import DomainError
from tests import make
from tests.dealers.panel.rows import context_at, fill, models_of_dealers

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
Rows = dict[Any, Any]
Service = Callable[..., object]

NO_SERVICES = frozenset(
    {
        *("api", "admin", "panel", "signin", "views", "urls", "forms"),
        *("models", "migrations", "management", "templatetags", "apps"),
        *("permissions", "audit", "account_notices"),
    }
)
BY_THE_CLOCK_OR_A_SECRET = frozenset(
    {
        *("change_name", "end_session", "end_other_sessions", "end_sessions"),  # one's own
        *("confirm_authenticator", "add_passkey", "use_passkey", "remove_factor"),
        *("renew_recovery_codes", "replace_recovery_codes", "use_recovery_code"),
        *("ask_email_change", "find_email_change", "confirm_email_change", "send_email_change"),
        *("pass_second_step", "ask_password_reset", "join_team", "find_invitation"),
        *("recognise_key", "find_renewable", "renew_by_link"),
        *("send_invitation", "send_password_reset", "send_feed_notice", "send_digest"),
        *("send_waiting", "mail_answer", "send_weekly", "send_webhook_notice"),
        "send_key_notice",
        *("find_weekly_mail", "end_weekly_mail"),
        *("locate_branches",),
        *("count_failure", "send_account_notice"),
    }
)
OF_FEEDS = frozenset(
    {
        *("create_feed", "edit_feed", "pause_feed", "resume_feed"),
        *("confirm_mapping", "receive_file", "approve_run", "drop_run"),
    }
)
FOR_STAFF = frozenset(
    {
        *("register_dealer", "suspend_dealer", "reinstate_dealer", "set_sandbox", "add_member"),
        *("erase_for_person", "keep_record", "release_record", "decide_on_text"),
        *("add_marketplace_endpoint", "lift_lock"),
    }
)
OWN = frozenset(
    {
        *("leave", "choose_weekly_mail", "set_password", "note_password_set"),
        *("stop_second_factor", "note_email_changed"),
    }
)
READS = frozenset({"record_stock_export"})
"""What a suspended dealer may still do, and the log tells of."""


def public_functions() -> Iterator[tuple[str, Service]]:
    for module in pkgutil.walk_packages(dealers.__path__, "dealers."):
        if module.name.split(".")[1] in NO_SERVICES:
            continue
        for name, found in vars(import_module(module.name)).items():
            is_own = getattr(found, "__module__", "") == module.name
            if inspect.isfunction(found) and is_own and not name.startswith("_"):
                yield module.name, found


def services() -> dict[str, Service]:
    return {
        f"{module}.{found.__name__}": found
        for module, found in public_functions()
        if "actor" in inspect.signature(found).parameters
    }


def arguments_of(service: Service, rows: Rows) -> dict[str, Any]:
    """Return what a service needs, with the keys of these rows, but for the actor."""
    is_of_feeds = service.__module__.startswith("dealers.feeds")
    known = {
        "dealer_id": rows[Dealer].pk,
        "branch_id": rows[Branch].pk,
        "feed_id": rows[StockFeed].pk,
        "run_id": rows[FeedRun if is_of_feeds else BulkRun].pk,
        "plan_id": rows[PricePlan].pk,
        "key_id": rows[ApiKey].pk,
        "user_id": rows[Membership].user_id,
        "invitation_id": rows[Invitation].pk,
        "listing_ids": [rows[Listing].pk],
        "values": {"name": "Taken over", "postcode": "LS1 4AP"},
        "fields": {"name": "Taken over", "branch": rows[Branch]},
        "changes": {"name": "Taken over", "branch": rows[Branch]},
        "terms": PlanTerms("Taken over", 1, 1, 50, PricePlan.Unit.PERCENT, 1)
        if service.__module__ == "dealers.price_plans"
        else SaleTerms()
        if service.__module__ == "dealers.reservations"
        else {"unit": "pounds", "amount": -100, "ending": "any"},
        "is_default": True,
        "is_wanted": True,
        "is_sandbox": True,
        "form": "meta",
        "link_id": rows[SyndicationLink].pk,
        "enquiry_id": rows[Enquiry].pk,
        "record_id": rows[BuyerRecord].pk,
        "named_id": 1,
        "words": "Ann",
        "adverts": 1,
        "chosen_by": "the whole stock",
        "reservation_id": rows[Reservation].pk,
        "contact": Contact("Ann"),
        "until": timezone.now() + timedelta(hours=3),
        "note": "",
        "hours": 24,
        "reservations": "ask",
        "listing_id": rows[Listing].pk,
        "vrm": "L2WPS",
        "body": "Hello.",
        "stage": Enquiry.Stage.WON,
        "given": {"stage": "won"},
        "seen_stage": Enquiry.Stage.NEW,
        "meanings": {rows[FeedStatusWord].pk: FeedStatusWord.Meaning.SOLD},
        "act": BulkRun.Act.WITHDRAW,
        "origin": f"feed_run:{rows[FeedRun].pk}",
        "what": "Withdraw",
        "upload": io.BytesIO(b"stock_ref\nA1\n"),
        "name": "Taken over",
        "scopes": [Scope.STOCK_READ],
        "key_ids": [rows[ApiKey].pk],
        "revoke_keys": [rows[ApiKey].pk],
        "networks": ["203.0.113.0/24"],
        "email": "stranger@example.com",
        "owner_email": "stranger@example.com",
        "postcode": "LS1 4AP",
        "slug": "taken-over",
        "role": "owner",
        "reason": "Because.",
        "password": "plum-tart-91",
        "old_email": "stranger@example.com",
        "kept_session": None,
        "endpoint_id": rows[WebhookEndpoint].pk,
        "url": "https://example.com/stranger",
        "events": ["listing.created"],
        "audience": "mirror",
        "description": "Taken over",
        "since": timezone.now() - timedelta(hours=1),
    }
    wanted = inspect.signature(service).parameters.values()
    return {
        each.name: known[each.name]
        for each in wanted
        if each.name != "actor" and (each.default is each.empty or each.name in known)
    }


def watched() -> list[type[Model]]:
    return [*models_of_dealers(), User]


def everything() -> list[tuple[str, str]]:
    """Return what changes with any row that is a dealer's, a person's or in the audit log."""
    tables = sorted(model._meta.db_table for model in watched())
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL(
            "SELECT {}, md5(string_agg(entry::text, '|' ORDER BY entry::text)) FROM {} AS entry"
        ).format(table, sql.Identifier(table))
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked + sql.SQL(" ORDER BY 1"))  # many tables are read in parallel
        return list(cursor.fetchall())


def rows_of(model: Any, dealer: Dealer) -> Any:
    return scoped(model._default_manager.order_by("pk"), context_at(dealer))


def everything_of(dealer: Dealer) -> list[list[dict[str, Any]]]:
    return [list(rows_of(model, dealer).values()) for model in watched()]


def refusal_of(service: Service, rows: Rows, actor: Actor) -> DomainError:
    with pytest.raises(DomainError) as refused:
        service(**arguments_of(service, rows), actor=actor)
    return refused.value


@pytest.fixture
def theirs() -> Rows:
    return fill(make.dealer("Their Cars"), "Theirs")


def test_there_is_something_to_walk() -> None:
    names = {service.__name__ for service in services().values()}
    assert names >= OF_FEEDS | {"invite", "add_branch", "create_key", "begin_run", "suspend_dealer"}


def test_an_actor_is_never_left_out() -> None:
    for name, service in services().items():
        parameter = inspect.signature(service).parameters["actor"]
        assert parameter.default is parameter.empty, name
        assert parameter.kind is parameter.KEYWORD_ONLY, name


def test_what_takes_keywords_takes_an_actor_too() -> None:
    """A verb is one keyword-only function; below feeds' services are readers and jobs."""
    for module, found in public_functions():
        parameters = inspect.signature(found).parameters
        first = next(iter(parameters.values()), None)
        is_verb = first is not None and first.kind is first.KEYWORD_ONLY
        if is_verb and "actor" not in parameters and not module.startswith("dealers.feeds"):
            assert found.__name__ in BY_THE_CLOCK_OR_A_SECRET, f"{module}.{found.__name__}"


@pytest.mark.parametrize("who", ["owner", "nobody", "closed", "staff once", "key"])
def test_strangers_are_refused_and_change_nothing(theirs: Rows, who: str) -> None:
    actor = stranger(who, theirs[Dealer])
    before = everything()
    for name, service in services().items():
        refusal = refusal_of(service, theirs, actor)
        assert refusal.status in (403, 404), name
        assert everything() == before, name


def test_people_of_a_suspended_dealer_change_nothing_but_their_account(theirs: Rows) -> None:
    owner = make.member(theirs[Dealer])
    Dealer.objects.filter(pk=theirs[Dealer].pk).update(is_active=False)
    actor = Actor.person(owner.pk)
    before = everything()
    for name, service in services().items():
        if service.__name__ not in OWN | READS:
            expected = NotPermitted if service.__name__ in FOR_STAFF else DealerSuspended
            assert isinstance(refusal_of(service, theirs, actor), expected), name
            assert everything() == before, name


def test_an_owner_brings_no_row_of_another_dealer_in(theirs: Rows) -> None:
    """One argument at a time is another dealer's: it is refused, or nothing comes of it."""
    ours: Rows = fill(make.dealer("Our Cars"), "Ours")
    actor = Actor.person(make.member(ours[Dealer]).pk)
    before = everything_of(theirs[Dealer])
    done = []
    for name, service in services().items():
        own, foreign = arguments_of(service, ours), arguments_of(service, theirs)
        for argument in [each for each in own if own[each] != foreign[each]]:
            with transaction.atomic():
                with suppress(DomainError), transaction.atomic():
                    service(**{**own, argument: foreign[argument]}, actor=actor)
                    done.append(service.__name__)
                    assert everything_of(theirs[Dealer]) == before, (name, argument)
                    assert links(ours[Dealer], theirs[Dealer]) == [], (name, argument)
                transaction.set_rollback(True)
    assert "begin_run" in done


def links(ours: Dealer, theirs: Dealer) -> list[str]:
    """Return the keys by which rows of one dealer name rows of another."""
    models = watched()
    return [
        str(field)
        for model in models
        for field in model._meta.concrete_fields
        if field.related_model in models
        and rows_of(model, ours)
        .filter(**{f"{field.name}__in": rows_of(field.related_model, theirs).values("pk")})
        .exists()
    ]


def stranger(who: str, dealer: Dealer) -> Actor:
    """Return somebody who may do much elsewhere, or could once, and nothing at this dealer."""
    other = make.dealer("Other Cars")
    match who:
        case "owner":
            return Actor.person(make.member(other).pk)
        case "nobody":
            return Actor.person(make.staff().pk)
        case "closed":
            return Actor.person(make.member(dealer, is_active=False).pk)
        case "staff once":
            return Actor.staff(make.member(other).pk)
    make.key(other)
    return Actor.of_key(ApiKey.objects.get(dealer=other))
