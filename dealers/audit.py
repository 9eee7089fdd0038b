"""Writing the audit log: one event in the transaction of the change it tells of."""

import ipaddress
from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from dealers.models import ApiKey, AuditEvent
from dealers.permissions import Actor
from marketplace.databases.audit_retention import keep_audit_log

Kind = AuditEvent.AuditKind
PRUNE_BATCH = 5_000


def record(
    kind: AuditEvent.AuditKind,
    *,
    actor: Actor,
    dealer_id: int | None = None,
    subject: str = "",
    changes: Mapping[str, list[object]] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Write one event; `changes` maps a field to its value before and after."""
    return AuditEvent.objects.create(
        kind=kind,
        actor_id=actor.user_id,
        source=actor.kind.value,
        dealer_id=dealer_id,
        subject=subject[:200],
        changes=dict(changes) if changes else None,
        reason=reason,
    )


def record_sign_in(kind: AuditEvent.AuditKind, *, user_id: int, address: str) -> AuditEvent:
    """Write that somebody signed in, or was locked out, from a network."""
    network = network_of(address)
    return AuditEvent.objects.create(
        kind=kind, actor_id=user_id, source=AuditEvent.ActedAs.PERSON, address=network
    )


def record_refused_key(key: ApiKey, *, address: str) -> AuditEvent:
    """Write that a key was refused, and why, when it was used from a network."""
    return AuditEvent.objects.create(
        kind=Kind.KEY_REFUSED,
        source=AuditEvent.ActedAs.KEY,
        dealer_id=key.dealer_id,
        subject=str(key),
        reason=key.refusal_said.capitalize(),
        address=network_of(address),
    )


def record_failed_sign_ins(
    *, user_id: int, network: str, began_at: datetime, counts: Mapping[str, int]
) -> AuditEvent:
    """Write how often signing in failed in the ten minutes from `began_at`, by what was wrong."""
    return AuditEvent.objects.create(
        kind=Kind.SIGN_IN_FAILED,
        actor_id=user_id,
        source=AuditEvent.ActedAs.PERSON,
        address=network,
        changes={cause: [None, count] for cause, count in counts.items() if count},
        happened_at=began_at,
    )


def network_of(address: str) -> str:
    """Return the network of an IP address: enough to see that it is unusual, not to find a home.

    The first 24 bits of IPv4, the first 48 of IPv6; nothing of what is no address.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    bits = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network((ip, bits), strict=False))


def prune_audit_events(*, days: int) -> int:
    """Delete events older than so many days, in batches; return how many went.

    Where web and worker have roles of their own, `grant_roles` said how many days, and not this.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        keep_audit_log(cursor, days=days)
    pruned = 0
    while batch := _prune_batch():
        pruned += batch
    return pruned


def _prune_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.audit_log_prune(%s)", [PRUNE_BATCH])
        return int(cursor.fetchone()[0])
