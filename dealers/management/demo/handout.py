"""What scripts need to try the demo: addresses, sign-ins, and a key with its feed."""

import json
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


def write_handout(file: Path, branch: Branch, password: str) -> None:
    """Write it, for its owner's eyes alone, with the key of an earlier run where that still works.

    A password is null where somebody has set another one since.
    """
    feed = _feed(branch)
    key = _earlier_key(file, branch.dealer) or _new_key(branch.dealer)
    handout = {
        "address": settings.PUBLIC_URL,
        "pages": {name: f"{settings.PUBLIC_URL}{path}" for name, path in PAGES.items()},
        "staff": _person(STAFF_EMAIL, password, "/admin/login/"),
        "owner": {**_person(OWNER_EMAIL, password, "/dealer/login/"), "dealer": branch.dealer.slug},
        "api_key": key,
        "scopes": list(Scope.values),
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


def _earlier_key(file: Path, dealer: Dealer) -> str | None:
    """Return the key of the file that is there, if it still opens everything of this dealer's."""
    try:
        token = str(json.loads(file.read_text())["api_key"])
        key = recognise_key(token=token)
    except (FileNotFoundError, KeyError, TypeError, ValueError, KeyNotAccepted):
        return None
    return token if key.dealer == dealer and set(key.scopes) == set(Scope.values) else None


def _new_key(dealer: Dealer) -> str:
    """Make a key, and end the one whose text is lost: nobody can use it any more."""
    for lost in ApiKey.objects.usable().for_dealer(dealer.pk).filter(name=KEY_NAME):
        revoke_key(key_id=lost.pk, actor=SYSTEM)
    made = create_key(dealer_id=dealer.pk, actor=SYSTEM, name=KEY_NAME, scopes=Scope.values)
    return made.token
