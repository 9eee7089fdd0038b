"""The pages that people see, found by introspection, each with an address of rows that exist."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db import models
from django.test import Client

from dealers.bulk import begin_run
from dealers.links import email_change_url, weekly_mail_url
from dealers.models import BulkRun, Dealer, EmailChange, Membership
from dealers.permissions import SYSTEM, Actor
from dealers.webhooks.endpoints import add_marketplace_endpoint
from listings.buyers import person
from listings.buyers.links import BuyerLink, link_to
from listings.buyers.saved_searches import WantedAlerts, save_search
from listings.models import BuyerRecord, Listing, PrivacyRequest, SavedSearch
from listings.search.criteria import Criteria
from tests.dealers.panel.rows import any_row
from tests.listings.buyers.mailbox import path_of
from tests.marketplace.hostile.addresses import Endpoint, Rows, endpoints, rows_to_name

NO_PAGES = {
    ".well-known/security.txt": "it is for programs",
    "admin/search/": "a part of a page, which no page asks for",
    "admin/r/<path:content_type_id>/<path:object_id>/": "no model has a page of its own",
    "admin/<url>": "whatever there is no page for",
    "dealer/<url>": "whatever there is no page for",
    "feeds/out/<str:token>/<str:file_name>": "a file for programs",
    "oembed": "it is for programs",
    "sitemap-<int:chunk>.xml": "it is for programs",
    "sitemap-used-cars-<slug:make>.xml": "it is for programs",
    "widget/fragment/": "a part of a page of another site: tests/browser/widget",
    "chat/<str:token>/": "it leads to a form: tests/listings/mcp",
    "demo/article/": "of the demo alone: tests/browser/widget/test_demo_article.py",
    "api/docs/": "axe takes a minute over it: tests/browser/test_readable_docs.py",
    "sign-in/code/": "a step of signing in: tests/browser/test_accounts.py",
    "sign-in/set-up/": "a step of signing in: tests/browser/test_accounts.py",
}
"""Addresses that the walk leaves out, and why."""

NOT_OFFERED = {
    "add/": 403,
    "delete/": 403,
    "autocomplete/": 403,
    "<path:object_id>/history/": 404,
}
"""How pages of Django's admin answer where a model has none, by the end of their address."""

MORE = {
    "public": ("/cars/?fuel=diesel&price_max=x", "/cars/?make=nothing"),
    "dealer": (
        "/dealer/listings/listing/?status__exact=live",
        "/dealer/listings/listing/?status__exact=sold",
    ),
    "admin": (
        "/admin/listings/listing/?o=-2.4",
        "/admin/listings/listing/?year_from=1901&year_to=1902",
    ),
}
"""States of pages that look different enough to be looked at as well."""

Makers = dict[str, Callable[[Rows], str]]


@dataclass(frozen=True)
class ReachedPages:
    """What a part of the site shows at which addresses, and which addresses show nothing."""

    addresses: list[str]
    unreached: list[str]


def rows_for_pages(dealer: Dealer) -> Rows:
    """Return a row of all that pages are about: a dealer's, buyers' and staff's own."""
    rows = rows_to_name(dealer)
    for model in admin.site._registry:
        if model not in rows:
            rows[model] = any_row(model, dealer, "Ours", rows)
    criteria = Criteria.from_parameters({"make": ["land-rover"], "price_max": 40_000})
    wanted = WantedAlerts(SavedSearch.Frequency.INSTANT, "Land Rover", criteria)
    saved = save_search(wanted=wanted, email="ann@example.com")
    assert saved is not None
    rows[SavedSearch] = saved
    rows[PrivacyRequest] = person.begin(email="ann@example.com")
    return rows


def begun_run(rows: Rows, member: models.Model) -> BulkRun:
    """Return a run of somebody, whose page is only theirs."""
    listing: Any = rows[Listing]
    actor = Actor.person(member.pk)
    act, pks = BulkRun.Act.PRICE, [listing.pk]
    return begin_run(dealer_id=listing.dealer_id, actor=actor, act=act, listing_ids=pks)


def reached_pages(part: str, client: Client, rows: Rows) -> ReachedPages:
    """Ask every address of a part, and return the pages, and what neither is one nor is known."""
    found: dict[str, None] = {}
    leads: list[tuple[str, str]] = []
    unreached = []
    for endpoint in endpoints(part):
        address = _address(endpoint, rows)
        answer = client.get(address)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        if endpoint.route in NO_PAGES or answer.status_code == 405:
            continue
        if answer.status_code in (301, 302):
            leads.append((address, answer.headers["Location"]))
        elif answer.status_code == 200:
            found.update({address: None} if is_page else {})
        elif not _is_not_offered(endpoint, answer.status_code):
            unreached.append(f"{endpoint.route}: {answer.status_code} at {address}")
    for address, target in leads:
        if target.strip("/") + "/" in NO_PAGES:
            continue
        if client.get(target).status_code == 200:
            found[target] = None
        else:
            unreached.append(f"{address} leads to {target}")
    return ReachedPages([*found, *MORE[part]], unreached)


def _is_not_offered(endpoint: Endpoint, status: int) -> bool:
    return endpoint.site is not None and any(
        endpoint.route.endswith(end) and status == told for end, told in NOT_OFFERED.items()
    )


def _address(endpoint: Endpoint, rows: Rows) -> str:
    maker = _WORDED.get(endpoint.route)
    return maker(rows) if maker else endpoint.address(rows)


def _by_link(link: BuyerLink, model: type[models.Model]) -> Callable[[Rows], str]:
    def address(rows: Rows) -> str:
        row: Any = rows[model]
        return path_of(link_to(link, row.pk if model is BuyerRecord else row.record_id))

    return address


def _of_email_change(rows: Rows) -> str:
    user: Any = rows[Membership]
    change = EmailChange.objects.create(user_id=user.user_id, email="new@example.com")
    return path_of(email_change_url(change.pk))


def _of_mirror(_: Rows) -> str:
    url, events = "https://mirror.example.com/all", ["listing.created"]
    made = add_marketplace_endpoint(audience="mirror", actor=SYSTEM, url=url, events=events)
    return f"/admin/dealers/webhookendpoint/{made.endpoint.pk}/"


_WORDED: Makers = {
    "admin/dealers/webhookendpoint/<int:webhookendpoint_id>/": _of_mirror,
    "alerts/new/": lambda _: "/alerts/new/?make=land-rover&price_max=40000",
    "alerts/confirm/<str:token>/": _by_link(BuyerLink.CONFIRM_SEARCH, SavedSearch),
    "alerts/stop/<str:token>/": _by_link(BuyerLink.STOP_ALERTS, SavedSearch),
    "alerts/<str:token>/": _by_link(BuyerLink.SEARCH, SavedSearch),
    "left/all/<str:token>/": _by_link(BuyerLink.PERSON, PrivacyRequest),
    "left/<str:token>/": _by_link(BuyerLink.RECORD, BuyerRecord),
    "email/<str:token>/": _of_email_change,
    "weekly-mail/<str:token>/": lambda rows: path_of(weekly_mail_url(rows[Membership].pk)),
    "used-cars/<path:names>/": lambda _: "/used-cars/land-rover/range-rover/",
    "cars/compare/": lambda rows: f"/cars/compare/?id={rows[Listing].pk}",
}
"""Addresses whose holes take signed words or names, or that are empty without a question."""
