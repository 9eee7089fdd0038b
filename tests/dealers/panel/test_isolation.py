"""Nobody sees another dealer's rows: every address there is, asked with another dealer's keys.

The addresses come from the panel itself, so that a page added later is walked as well. An answer
about a foreign row must be the very answer about a row that does not exist, and a page without a
row in its address must be the same whether other dealers exist or not.
"""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.test import RequestFactory

from dealers.models import Dealer, Membership, User
from dealers.panel import panel
from dealers.panel.context import DealerContext
from dealers.panel.scope import scoped
from dealers.permissions import SYSTEM, Permission
from dealers.webhooks.endpoints import add_marketplace_endpoint, send_test
from listings.models import DealerRows
from tests import make
from tests.dealers.panel.rows import (
    context_at,
    count_from_far,
    fill,
    models_of_dealers,
    shown_models,
)
from tests.dealers.panel.walking import (
    Answer,
    Place,
    Rows,
    Visitor,
    differing_lines,
    key_of,
    places,
)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]  # as many pages as there are
MARK = "ZQXWVUT"
PERSONAS = ("owner", "sales", "suspended", "signed-out")


@pytest.fixture(params=PERSONAS)
def visitor(request: pytest.FixtureRequest) -> Visitor:
    """Somebody of a dealer with a row of everything; or nobody."""
    if request.param == "signed-out":
        return Visitor(None)
    ours = make.dealer("Our Cars", is_active=request.param != "suspended")
    fill(ours, "Ours")
    return Visitor(make.member(ours, "sales" if request.param == "sales" else "owner"))


def stranger() -> tuple[Dealer, Rows]:
    """Return another dealer with its rows; what the marketplace tells mirrors is no dealer's."""
    count_from_far()
    dealer = make.dealer(f"{MARK} Cars")
    made = add_marketplace_endpoint(
        audience="mirror",
        actor=SYSTEM,
        url=f"https://{MARK}.example.com/all",
        events=["listing.created"],
        description=f"{MARK} mirror",
    )
    send_test(endpoint_id=made.endpoint.pk, actor=SYSTEM)
    return dealer, fill(dealer, MARK)


def everything_of(dealer: Dealer) -> dict[str, list[Any]]:
    current = context_at(dealer)
    return {
        model.__name__: list(scoped(model._default_manager.order_by("pk"), current).values())
        for model in shown_models()
    }


def assert_silent(answer: Answer, where: str) -> None:
    for text in (answer.body, answer.location):
        assert MARK.lower() not in text.lower(), where
        assert "7,654,321" not in text, where
        assert "7654321" not in text, where


def test_there_is_something_to_walk() -> None:
    routes = {place.route for place in places()}
    assert {"", "login/", "autocomplete/", "listings/listing/", "choose/"} <= routes
    assert "listings/listing/<path:object_id>/change/" in routes


@pytest.mark.slow
def test_pages_are_the_same_whether_other_dealers_exist_or_not(visitor: Visitor) -> None:
    lists = [place.route for place in places() if not place.holes]
    before = {route: visitor.ask(f"/dealer/{route}") for route in lists}
    stranger()
    for route in lists:
        after = visitor.ask(f"/dealer/{route}")
        assert differing_lines(after, before[route]) == [], route
        assert_silent(after, route)


@pytest.mark.slow
def test_a_foreign_row_answers_like_one_that_does_not_exist(visitor: Visitor) -> None:
    dealer, rows = stranger()
    before = everything_of(dealer)
    visitor = replace(visitor, watch=lambda: everything_of(dealer))
    for place in places():
        if not place.holes:
            continue
        pairs = zip(place.addresses(rows), place.addresses(None), strict=True)
        for foreign, nothing in pairs:
            for data in (None, posted(place, rows)):
                empty = None if data is None else posted(place, None)
                answer = visitor.ask(foreign, data, rows)
                other = visitor.ask(nothing, empty)
                assert differing_lines(answer, other) == [], (foreign, data)
                assert_silent(answer, foreign)
                assert answer.watched in (None, before), foreign


@pytest.mark.slow
def test_posts_with_foreign_keys_do_what_posts_with_unknown_keys_do(visitor: Visitor) -> None:
    dealer, rows = stranger()
    before = everything_of(dealer)
    visitor = replace(visitor, watch=lambda: everything_of(dealer))
    for place in places():
        if place.holes:
            continue
        address = f"/dealer/{place.route}"
        for data, nothing in zip(batches(place, rows), batches(place, None), strict=True):
            answer = visitor.ask(address, data, rows)
            assert_silent(answer, f"{address} {data}")
            other = visitor.ask(address, nothing)
            assert differing_lines(answer, other) == [], (address, data)
            assert answer.watched == before, (address, data)


@pytest.mark.slow
def test_actions_on_a_whole_list_touch_and_tell_nothing_foreign(visitor: Visitor) -> None:
    dealer, rows = stranger()
    before = everything_of(dealer)
    visitor = replace(visitor, watch=lambda: everything_of(dealer))
    for place in places():
        for data in batches(place, rows)[1:] if not place.holes else []:
            address = f"/dealer/{place.route}"
            answer = visitor.ask(address, {**data, "select_across": "1"}, rows)
            assert_silent(answer, f"{address} {data['action']}")
            assert answer.watched == before, (address, data["action"])


@pytest.mark.slow
def test_forms_of_our_own_rows_take_no_foreign_row(visitor: Visitor) -> None:
    if visitor.user is None:
        return
    ours = visitor.user.memberships.get().dealer
    own = {
        model: scoped(model._default_manager.all(), context_at(ours)).first()
        for model in panel_models()
    }
    dealer, rows = stranger()
    before = everything_of(dealer)
    visitor = replace(visitor, watch=lambda: everything_of(dealer))
    for place in places():
        if not place.holes or own.get(place.model or Dealer) is None:
            continue
        for address in place.addresses({k: v for k, v in own.items() if v is not None}):
            answer = visitor.ask(address, posted(place, rows), rows)
            assert_silent(answer, address)
            assert answer.watched == before, address


def test_nothing_that_is_completed_while_typing_is_foreign(visitor: Visitor) -> None:
    stranger()
    for admin in panel._registry.values():
        for field in admin.opts.get_fields():
            if not field.is_relation:
                continue
            query = (
                f"app_label={admin.opts.app_label}&model_name={admin.opts.model_name}"
                f"&field_name={field.name}"
            )
            for term in ("", MARK):
                answer = visitor.ask(f"/dealer/autocomplete/?{query}&term={term}")
                assert answer.status in ((302,) if visitor.user is None else (200, 403)), query
                assert MARK.lower() not in answer.body.lower(), query


def test_searches_find_nothing_foreign(visitor: Visitor) -> None:
    stranger()
    for place in places():
        if place.route.endswith("/search/"):
            for term in (MARK, "ZQ15 ZQX", f"{MARK}-1", "Yard"):
                assert_silent(visitor.ask(f"/dealer/{place.route}", {"q": term}), place.route)


def test_querysets_know_no_dealer_without_a_context() -> None:
    stranger()
    request = RequestFactory().get("/dealer/")
    vars(request).update(dealer_context=None, memberships=[])
    for model, admin in panel._registry.items():
        if model in shown_models():
            assert not admin.get_queryset(request).exists()


def panel_models() -> list[type[models.Model]]:
    return [model for model in panel._registry if model in shown_models()]


def posted(place: Place, rows: Rows | None) -> dict[str, Any]:
    """Return a form that names a row wherever the model of this place could have one."""
    data: dict[str, Any] = {}
    for model in filter(None, (place.model, *shown_models())):
        for field in model._meta.concrete_fields:
            if field.is_relation:
                data.setdefault(field.name, key_of(rows, field.related_model))
    listing = next(model for model in shown_models() if model.__name__ == "Listing")
    photo = next(model for model in shown_models() if model.__name__ == "Photo")
    return data | {
        "ids": key_of(rows, listing),
        "listing": key_of(rows, listing),
        "photos": key_of(rows, photo),
        "photo_ids": key_of(rows, photo),
        "post": "yes",
        "price": "12345",
    }


def batches(place: Place, rows: Rows | None) -> list[dict[str, Any]]:
    """Return what to post to an address without a row in it, each action of a list included."""
    plain = [posted(place, rows)]
    admin = panel._registry.get(place.model) if place.model else None
    if (
        admin is None
        or place.model is None
        or not place.route.endswith(f"{admin.opts.model_name}/")
    ):
        return plain
    names = [*(str(each) for each in admin.actions or ()), "delete_selected"]
    chosen = [key_of(rows, place.model)]
    return plain + [
        {"action": name, ACTION_CHECKBOX_NAME: chosen, "post": "yes", **posted(place, rows)}
        for name in names
    ]


def test_sales_have_fewer_permissions_than_managers_and_managers_than_owners() -> None:
    dealer = make.dealer()

    def permissions_of(role: Membership.Role) -> set[Permission]:
        current = DealerContext(User(), dealer, role, 1)
        return {permission for permission in Permission if current.may(permission)}

    owner, manager, sales = map(permissions_of, Membership.Role)
    assert owner == set(Permission) - {
        Permission.MANAGE_DEALERS,
        Permission.MANAGE_RECORDS,
        Permission.MANAGE_WEBHOOKS,
    }
    assert owner - manager == {
        Permission.VIEW_TEAM,
        Permission.MANAGE_TEAM,
        Permission.CREATE_KEYS,
        Permission.REVOKE_KEYS,
    }
    assert manager - sales == {
        Permission.EXPORT,
        Permission.EDIT_PLANS,
        Permission.EDIT_BRANCHES,
        Permission.EDIT_FEEDS,
        Permission.DELIVER_FEEDS,
        Permission.VIEW_WEBHOOKS,
        Permission.EDIT_WEBHOOKS,
    }


def test_every_row_that_leads_to_a_dealer_knows_whose_it_is() -> None:
    found = models_of_dealers()
    assert len(found) >= 25
    for model in found:
        rows = model._default_manager.all()
        assert isinstance(rows, DealerRows), model
        assert leads_to(model, rows.dealer_path) is Dealer, model


def leads_to(model: Any, path: str) -> Any:
    """Return the model at the end of a lookup's path."""
    for name in path.split("__"):
        model = model if name == "pk" else model._meta.get_field(name).related_model
    return model
