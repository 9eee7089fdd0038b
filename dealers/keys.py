"""Keys of dealers' own systems: owners make and revoke them, the API recognises them.

A key is `umk_<prefix>_<secret>`: the prefix finds it, the secret proves it. The secret is 256
random bits, so a plain SHA-256 digest of it is enough to keep, and nobody can show it again.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dealers import audit
from dealers.account_notices import NoticeKind, notify
from dealers.exceptions import (
    DealerNotFound,
    InvalidKey,
    KeyNotAccepted,
    KeyNotFound,
    KeyRevoked,
)
from dealers.models import ApiKey, AuditEvent, Dealer, Scope
from dealers.permissions import Actor, Permission, require
from marketplace import quotas

USE_NOTED_EVERY = timedelta(minutes=1)

_TOKEN = re.compile(r"umk_([0-9a-f]{10})_([A-Za-z0-9_-]{43})")
_NO_DIGEST = "0" * 64


@dataclass(frozen=True)
class NewKey:
    """A key and, this once, the text to give to the system that will use it."""

    key: ApiKey
    token: str = field(repr=False)


@transaction.atomic
def create_key(
    *,
    dealer_id: int,
    actor: Actor,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key for a dealer, as an owner of it or the system.

    Raises `OwnersOnly`, `DealerNotFound`, `QuotaReached`, and `InvalidKey` with a message for each
    field at fault.
    """
    if not Dealer.objects.filter(pk=dealer_id).exists():
        raise DealerNotFound("There is no such dealer.")
    require(Permission.CREATE_KEYS, dealer_id=dealer_id, actor=actor)
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    key = ApiKey(
        dealer_id=dealer_id,
        name=name.strip(),
        scopes=[scope for scope in Scope.values if scope in scopes],
        prefix=prefix,
        digest=_digest(secret),
        created_by_id=actor.user_id,
        expires_at=expires_at,
    )
    _refuse_unless_valid(key, scopes)
    usable = ApiKey.objects.usable().for_dealer(dealer_id)
    quotas.require("api_keys", dealer_id=dealer_id, count=usable.count)
    key.save()
    key.refresh_from_db()
    _record(AuditEvent.AuditKind.KEY_CREATED, key, actor)
    if key.created_by is not None:
        notify(key.created_by, NoticeKind.KEY_MADE, actor=actor, subject=str(key))
    return NewKey(key, f"umk_{prefix}_{secret}")


@transaction.atomic
def revoke_key(*, key_id: int, actor: Actor) -> ApiKey:
    """End a key at once and for good; owners of its dealer may, and staff.

    Raises `KeyNotFound`, `OwnersOnly` and `KeyRevoked`.
    """
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise KeyNotFound("There is no such key.")
    require(Permission.REVOKE_KEYS, dealer_id=key.dealer_id, actor=actor)
    if key.revoked_at is not None:
        raise KeyRevoked("This key has been revoked already.")
    key.revoked_at = timezone.now()
    key.revoked_by_id = actor.user_id
    key.save(update_fields=["revoked_at", "revoked_by"])
    _record(AuditEvent.AuditKind.KEY_REVOKED, key, actor)
    return key


def recognise_key(*, token: str) -> ApiKey:
    """Return the usable key that a token is, with its dealer, and note its use once a minute.

    Raises `KeyNotAccepted`, whatever is wrong with it. How long that takes tells nothing of the
    secret.
    """
    matched = _TOKEN.fullmatch(token)
    prefix, secret = matched.groups() if matched else ("", "")
    key = ApiKey.objects.usable().select_related("dealer").filter(prefix=prefix).first()
    is_same = hmac.compare_digest(key.digest if key else _NO_DIGEST, _digest(secret))
    if key is None or not is_same:
        raise KeyNotAccepted("This is not a key in use.")
    _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _record(kind: AuditEvent.AuditKind, key: ApiKey, actor: Actor) -> None:
    scopes = ", ".join(key.scopes)
    before_and_after: list[object] = (
        [None, scopes] if kind == AuditEvent.AuditKind.KEY_CREATED else [scopes, None]
    )
    audit.record(
        kind,
        actor=actor,
        dealer_id=key.dealer_id,
        subject=str(key),
        changes={"scopes": before_and_after},
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _refuse_unless_valid(key: ApiKey, scopes: Collection[str]) -> None:
    refused: dict[str, list[str]] = {}
    try:
        key.clean_fields(exclude={"dealer", "created_by", "revoked_by"})
    except ValidationError as error:
        refused = error.message_dict
    if "\0" in key.name:
        refused["name"] = ["Null characters are not allowed."]
    if unknown := sorted(set(scopes) - set(Scope.values)):
        refused["scopes"] = [f"There is no scope {', '.join(unknown)}."]
    if key.expires_at is not None and key.expires_at <= timezone.now():
        refused["expires_at"] = ["A key must end in the future."]
    if refused:
        raise InvalidKey("This key cannot be made.", fields=refused)
