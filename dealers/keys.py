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

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dealers import audit
from dealers.account_notices import NoticeKind, notify
from dealers.exceptions import DealerNotFound, InvalidKey, KeyNotAccepted, KeyNotFound, KeyRevoked
from dealers.models import ApiKey, AuditEvent, Dealer, KeyRefusal, Scope
from dealers.networks import includes, read_networks
from dealers.permissions import Actor, Permission, require
from marketplace import quotas

USE_NOTED_EVERY = timedelta(minutes=1)
REFUSAL_NOTED_EVERY = timedelta(hours=1)  # of a key: a system that asks on and on fills no log

log = structlog.get_logger(__name__)

_TOKEN = re.compile(r"umk_([0-9a-f]{10})_([A-Za-z0-9_-]{43})")
_NO_DIGEST = "0" * 64
_NOT_IN_USE = "This is not a key in use."


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
    networks: Collection[str] = (),
) -> NewKey:
    """Make a key for a dealer, as an owner of it or the system.

    It works until `expires_at`, if that is given, and from `networks` (CIDR) alone, if any are.
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
    _refuse_unless_valid(key, scopes, networks)
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


def revoke_keys_of(
    *, dealer_id: int, user_id: int, key_ids: Collection[int], actor: Actor
) -> list[ApiKey]:
    """Revoke those of the keys that a person made for a dealer and that are in use; return them.

    Raises `OwnersOnly`.
    """
    require(Permission.REVOKE_KEYS, dealer_id=dealer_id, actor=actor)
    with transaction.atomic():
        made = ApiKey.objects.usable().for_dealer(dealer_id).made_by(user_id)
        chosen = made.filter(pk__in=key_ids).order_by("pk").select_for_update()
        return [revoke_key(key_id=key.pk, actor=actor) for key in chosen]


def recognise_key(*, token: str, address: str = "") -> ApiKey:
    """Return the usable key that a token is, with its dealer, and note its use once a minute.

    `address` is the caller's, or "" where nobody knows it. Raises `KeyNotAccepted`, whatever is
    wrong: a caller sees no difference between no key and one that has ended or is used from
    elsewhere. How long that takes tells nothing of the secret.
    """
    matched = _TOKEN.fullmatch(token)
    prefix, secret = matched.groups() if matched else ("", "")
    unrevoked = ApiKey.objects.filter(revoked_at=None).select_related("dealer")
    key = unrevoked.filter(prefix=prefix).first()
    is_same = hmac.compare_digest(key.digest if key else _NO_DIGEST, _digest(secret))
    if key is None or not is_same:
        raise KeyNotAccepted(_NOT_IN_USE)
    if refusal := _refusal_of(key, address):
        _note_refusal(key, refusal, address)
        raise KeyNotAccepted(_NOT_IN_USE)
    _note_use(key, address)
    return key


def _refusal_of(key: ApiKey, address: str) -> KeyRefusal | None:
    if key.is_past_its_end:
        return KeyRefusal.ENDED
    if key.networks and not includes(key.networks, address):
        return KeyRefusal.ELSEWHERE
    return None


def _note_use(key: ApiKey, address: str) -> None:
    now = timezone.now()
    before = now - USE_NOTED_EVERY
    if key.last_used_at is None or key.last_used_at < before:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(
            last_used_at=now, last_used_from=address or None
        )


def _note_refusal(key: ApiKey, refusal: KeyRefusal, address: str) -> None:
    """Tell the dealer, once an hour of each key, that somebody who has it was refused."""
    now = timezone.now()
    before = now - REFUSAL_NOTED_EVERY
    if key.refused_at is not None and key.refused_at >= before:
        return
    key.refused_at, key.refusal, key.refused_from = now, refusal, audit.network_of(address)
    with transaction.atomic():
        unnoted = Q(refused_at=None) | Q(refused_at__lt=before)
        is_first = ApiKey.objects.filter(unnoted, pk=key.pk).update(
            refused_at=now, refusal=refusal, refused_from=key.refused_from
        )
        if is_first:
            audit.record_refused_key(key, address=address)
    if is_first:
        log.warning("api_key_refused", key=key.pk, dealer=key.dealer_id, refusal=refusal.value)


def _record(kind: AuditEvent.AuditKind, key: ApiKey, actor: Actor) -> None:
    scopes = ", ".join(key.scopes)
    changes: dict[str, list[object]] = {"scopes": [scopes, None]}
    if kind == AuditEvent.AuditKind.KEY_CREATED:
        changes = {"scopes": [None, scopes]}
        if key.networks:
            changes["networks"] = [None, ", ".join(key.networks)]
        if key.expires_at:
            changes["ends_on"] = [None, f"{key.expires_at:%Y-%m-%d}"]
    audit.record(
        kind,
        actor=actor,
        dealer_id=key.dealer_id,
        subject=str(key),
        changes=changes,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _refuse_unless_valid(key: ApiKey, scopes: Collection[str], networks: Collection[str]) -> None:
    """Raise `InvalidKey`, or give the key its networks as they are written."""
    refused: dict[str, list[str]] = {}
    try:
        key.clean_fields(exclude={"dealer", "created_by", "revoked_by", "networks"})
    except ValidationError as error:
        refused = error.message_dict
    if "\0" in key.name:
        refused["name"] = ["Null characters are not allowed."]
    if unknown := sorted(set(scopes) - set(Scope.values)):
        refused["scopes"] = [f"There is no scope {', '.join(unknown)}."]
    if key.expires_at is not None and key.expires_at <= timezone.now():
        refused["expires_at"] = ["A key must end in the future."]
    try:
        key.networks = read_networks(networks)
    except ValueError as error:
        refused["networks"] = [str(error)]
    if refused:
        raise InvalidKey("This key cannot be made.", fields=refused)
