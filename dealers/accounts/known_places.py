"""Where people sign in from, remembered as digests: a place that is new to somebody stands out."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dealers.account_notices import SignInPlace
from dealers.models import AuditEvent, KnownPlace
from marketplace.digests import digest, digests

DIGESTED = "place of sign-in"
PlaceKind = KnownPlace.PlaceKind


@transaction.atomic
def note_place(user_id: int, place: SignInPlace) -> bool:
    """Remember where somebody signs in from; return whether its network or browser is new to them.

    New is what was not seen in `KNOWN_PLACES_KEPT_DAYS`. Of whom nothing is remembered yet the
    audit log tells the networks, and any browser is taken.
    """
    since = timezone.now() - timedelta(days=settings.KNOWN_PLACES_KEPT_DAYS)
    both = {PlaceKind.NETWORK: place.network, PlaceKind.BROWSER: place.browser}
    places = {kind: value for kind, value in both.items() if value}
    known = dict(
        KnownPlace.objects.filter(user_id=user_id, seen_at__gt=since).values_list("digest", "kind")
    )
    if known:
        is_new = not all(_is_among(known, user_id, *each) for each in places.items())
    else:
        signed_in = AuditEvent.objects.filter(
            kind=AuditEvent.AuditKind.SIGNED_IN, actor_id=user_id, happened_at__gt=since
        )
        is_new = bool(place.network) and not signed_in.filter(address=place.network).exists()
    _remember(user_id, places)
    return is_new


def is_known_network(user_id: int, network: str) -> bool:
    """Return whether somebody signed in from a network lately; nobody did for an unknown person."""
    since = timezone.now() - timedelta(days=settings.KNOWN_PLACES_KEPT_DAYS)
    hashed = digests(DIGESTED, _text(user_id, PlaceKind.NETWORK, network))
    known = KnownPlace.objects.filter(user_id=user_id, seen_at__gt=since)
    signed_in = AuditEvent.objects.filter(
        kind=AuditEvent.AuditKind.SIGNED_IN,
        actor_id=user_id,
        address=network,
        happened_at__gt=since,
    )
    return bool(network) and (known.filter(digest__in=hashed).exists() or signed_in.exists())


def _is_among(known: dict[str, str], user_id: int, kind: PlaceKind, value: str) -> bool:
    return any(hashed in known for hashed in digests(DIGESTED, _text(user_id, kind, value)))


def _remember(user_id: int, places: dict[PlaceKind, str]) -> None:
    now = timezone.now()
    rows = [
        KnownPlace(
            user_id=user_id,
            kind=kind,
            digest=digest(DIGESTED, _text(user_id, kind, value)),
            seen_at=now,
        )
        for kind, value in places.items()
    ]
    KnownPlace.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "digest"], update_fields=["seen_at"]
    )


def _text(user_id: int, kind: PlaceKind, value: str) -> str:
    return f"{user_id}\0{kind}\0{value}"
