"""What scripts need to try the demo: addresses, sign-ins, a key with its feed, a sandbox's key."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from dealers.exceptions import KeyNotAccepted
from dealers.feeds.configuration import create_feed
from dealers.keys import create_key, recognise_key, revoke_key
from dealers.management.demo.people import OWNER_EMAIL, STAFF_EMAIL
from dealers.models import ApiKey, Branch, Dealer, Scope, StockFeed, User
from dealers.permissions import SYSTEM

KEY_NAME = "Demo"
FEED_NAME = "Demo stock"
PAGES = {
    "cars": "/cars/",
    "article": "/demo/article/",
    "api": "/api/v1/",
    "docs": "/api/docs/",
    "admin": "/admin/",
    "panel": "/dealer/",
}


def write_handout(file: Path, branch: Branch, sandbox: Dealer, password: str) -> None:
    """Write it, for its owner's eyes alone, with the keys of an earlier run where they still work.

    A password is null where somebody has set another one since.
    """
    feed = _feed(branch)
    earlier = _earlier(file)
    handout = {
        "address": settings.PUBLIC_URL,
        "pages": {name: f"{settings.PUBLIC_URL}{path}" for name, path in PAGES.items()},
        "staff": _person(STAFF_EMAIL, password, "/admin/login/"),
        "owner": {**_person(OWNER_EMAIL, password, "/dealer/login/"), "dealer": branch.dealer.slug},
        "api_key": _key(earlier.get("api_key"), branch.dealer),
        "scopes": list(Scope.values),
        "sandbox": {
            "dealer": sandbox.slug,
            "api_key": _key(earlier.get("sandbox", {}).get("api_key"), sandbox),
        },
        "feed": {"id": feed.pk, "url": f"{settings.PUBLIC_URL}/api/v1/feeds/{feed.pk}/"},
    }
    draft = file.with_name(f"{file.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(handout, indent=2) + "\n")
    draft.rename(file)


def _person(email: str, password: str, path: str) -> dict[str, Any]:
    is_right = User.objects.get(email=email).check_password(password)
    sign_in = f"{settings.PUBLIC_URL}{path}"
    return {"email": email, "password": password if is_right else None, "sign_in": sign_in}


def _feed(branch: Branch) -> StockFeed:
    found = StockFeed.objects.for_dealer(branch.dealer_id).filter(name=FEED_NAME).first()
    fields = {"name": FEED_NAME, "branch": branch, "mode": StockFeed.Mode.DELTA}
    return found or create_feed(dealer_id=branch.dealer_id, fields=fields, actor=SYSTEM)


def _earlier(file: Path) -> dict[str, Any]:
    """Return what an earlier run wrote; nothing where that is lost."""
    try:
        found = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _key(earlier: object, dealer: Dealer) -> str:
    """Return the earlier key if it still opens everything of this dealer's, else a new one.

    The one whose text is lost is ended: nobody can use it any more.
    """
    with suppress(KeyNotAccepted):
        key = recognise_key(token=str(earlier))
        if key.dealer == dealer and set(key.scopes) == set(Scope.values):
            return str(earlier)
    for lost in ApiKey.objects.usable().for_dealer(dealer.pk).filter(name=KEY_NAME):
        revoke_key(key_id=lost.pk, actor=SYSTEM)
    made = create_key(dealer_id=dealer.pk, actor=SYSTEM, name=KEY_NAME, scopes=Scope.values)
    return made.token
