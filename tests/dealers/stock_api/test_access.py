"""Who may call the stock API: each key its own dealer's stock, and what its scopes say."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from dealers.keys import revoke_key
from dealers.models import ApiKey, Dealer, Scope
from dealers.permissions import SYSTEM
from dealers.suspension import suspend_dealer
from listings.choices import Status
from listings.models import Listing
from tests import make
from tests.dealers.stock_api.caller import Caller, caller, item, new
from tests.pictures import picture

pytestmark = pytest.mark.django_db

CALLS: list[tuple[str, str, Any]] = [
    ("get", "{pk}/", None),
    ("patch", "{pk}/", {"price": 1}),
    ("post", "{pk}/publish/", {}),
    ("post", "{pk}/renew/", {}),
    ("post", "{pk}/reserve/", {}),
    ("post", "{pk}/release/", {}),
    ("post", "{pk}/sell/", {}),
    ("post", "{pk}/withdraw/", {}),
    ("get", "{pk}/photos/", None),
    ("put", "{pk}/photos/order/", {"ids": []}),
    ("delete", "{pk}/photos/1/", None),
]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}]
)
def test_without_a_key_in_use_nothing_is_answered(headers: dict[str, str], dealer: Dealer) -> None:
    answer = Client().get("/api/v1/stock/", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="stock"'
    assert answer["Content-Type"] == "application/problem+json"


def test_a_revoked_key_is_not_accepted(api: Caller) -> None:
    assert api.get().status_code == 200
    revoke_key(key_id=ApiKey.objects.get().pk, actor=SYSTEM)
    answer = api.get()
    assert (answer.status_code, answer.json()["code"]) == (401, "key_not_accepted")


def test_a_key_reads_only_without_the_scope_to_write(dealer: Dealer) -> None:
    listing = make.draft(branch=make.branch(dealer))
    reader = caller(dealer, Scope.STOCK_READ)
    assert reader.get(item(listing)).status_code == 200
    assert reader.post("lookup/", {"vrm": "AB15CDE"}).status_code == 200
    for answer in (
        reader.post(body=new()),
        reader.patch(item(listing), {"price": 1}),
        reader.post(f"{item(listing)}publish/"),
        reader.post("batch/", {"items": [{"op": "publish", "id": listing.pk}]}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
        assert answer.json()["detail"] == "This key lacks the scope stock:write."
    listing.refresh_from_db()
    assert (listing.price, listing.status) == (33_999, Status.DRAFT)


@pytest.mark.parametrize("scope", [Scope.STOCK_WRITE, Scope.FEEDS_READ, Scope.FEEDS_WRITE])
def test_no_scope_includes_the_one_to_read(dealer: Dealer, scope: str) -> None:
    assert caller(dealer, scope).get().status_code == 403


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_another_dealers_advert_is_as_one_that_does_not_exist(
    api: Caller, method: str, path: str, body: Any
) -> None:
    theirs = make.live()
    call = getattr(api, method)
    arguments = () if body is None else (body,)
    found = call(path.format(pk=theirs.pk), *arguments)
    nothing = call(path.format(pk=theirs.pk + 1), *arguments)
    assert found.status_code == 404
    assert found.content == nothing.content
    before, theirs = theirs, Listing.objects.get(pk=theirs.pk)
    assert (theirs.revision, theirs.events.count()) == (before.revision, 0)


def test_another_dealers_stock_is_in_no_list_and_no_lookup(api: Caller) -> None:
    theirs = make.live(vrm="AB15CDE", stock_ref="A1")
    assert api.get("?count=exact").json()["count"] == 0
    assert api.get(f"?stock_ref={theirs.stock_ref}").json()["results"] == []
    assert api.post("lookup/", {"vrm": "AB15CDE"}).json() == {"results": []}
    assert api.get("by-ref/A1/").status_code == 404


def test_an_upsert_of_another_dealers_reference_makes_an_advert_of_ones_own(api: Caller) -> None:
    theirs = make.live(stock_ref="A1")
    answer = api.put("by-ref/A1/", new())
    assert answer.status_code == 201
    assert answer.json()["id"] != theirs.pk


def test_a_batch_reaches_no_advert_of_another_dealer(api: Caller) -> None:
    theirs = make.live(stock_ref="A1")
    items = [
        {"op": "withdraw", "id": theirs.pk},
        {"op": "withdraw", "stock_ref": "A1"},
        {"op": "update", "id": theirs.pk, "listing": {"price": 1}},
    ]
    results = api.post("batch/", {"items": items}).json()["results"]
    assert [each["status"] for each in results] == [404, 404, 404]
    theirs.refresh_from_db()
    assert (theirs.status, theirs.price) == (Status.LIVE, 33_999)


def test_another_dealers_branch_cannot_be_named(api: Caller) -> None:
    theirs = make.branch()
    answer = api.post(body=new(branch=theirs.pk))
    assert answer.status_code == 400
    assert theirs.name not in answer.content.decode()


def test_another_dealers_photo_cannot_be_removed(api: Caller, dealer: Dealer) -> None:
    own = make.draft(branch=dealer.branches.get())
    answer = api.put(f"{item(own)}photos/order/", {"ids": [1]})
    assert answer.status_code == 400
    assert answer.json()["fields"] == {"ids": ["The advert has no such photo: 1."]}


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_a_suspended_dealer_reads_and_writes_nothing(
    api: Caller, dealer: Dealer, method: str, path: str, body: Any
) -> None:
    listing = make.live(branch=dealer.branches.get())
    suspend_dealer(dealer_id=dealer.pk, actor=SYSTEM, reason="Unpaid")
    before = Listing.objects.values().get()
    arguments = () if body is None else (body,)
    answer = getattr(api, method)(path.format(pk=listing.pk), *arguments)
    if method == "get":
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "dealer_suspended")
    assert Listing.objects.values().get() == before
    assert listing.events.count() == 0


def test_a_suspended_dealer_creates_nothing_and_still_looks_up(api: Caller, dealer: Dealer) -> None:
    listing = make.draft(branch=dealer.branches.get(), vrm="AB15CDE")
    suspend_dealer(dealer_id=dealer.pk, actor=SYSTEM, reason="Unpaid")
    for answer in (
        api.post(body=new()),
        api.put("by-ref/A1/", new()),
        api.post("batch/", {"items": [{"op": "create", "listing": new()}]}),
        api.upload(f"{item(listing)}photos/", picture()),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "dealer_suspended")
    found = api.post("lookup/", {"vrm": "AB15CDE"}).json()["results"]
    assert [each["id"] for each in found] == [listing.pk]
    assert Listing.objects.get() == listing


def test_a_key_that_asks_too_often_is_told_how_long_to_wait(
    api: Caller, dealer: Dealer, settings: Settings
) -> None:
    settings.API_KEY_REQUESTS_PER_MINUTE = 3
    answers = [api.get() for _ in range(7)]
    first = answers[0]
    assert first["RateLimit-Policy"] == '"key";q=3;w=60'
    assert first["RateLimit"].startswith('"key";r=2;t=')
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "throttled"
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert refused["RateLimit"].startswith('"key";r=0;t=')
    assert caller(dealer).get().status_code == 200


def test_guessing_keys_counts_against_the_address(settings: Settings, dealer: Dealer) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    guesser = Caller("umk_guess")
    assert 429 in {guesser.get().status_code for _ in range(8)}


def test_answers_are_private(api: Caller) -> None:
    assert api.get()["Cache-Control"] == "private, no-cache"


def test_an_unknown_parameter_is_refused(api: Caller) -> None:
    answer = api.get("?statuss=live")
    assert answer.status_code == 400
    assert answer.json()["fields"] == {
        "statuss": ["There is no such parameter. Did you mean status?"]
    }
