"""Staff at work in a dealer's panel: they come in by a button of the staff admin, as themselves.

The session says for which dealer; with every request staff need the permission still. The audit
log has who came in, left, and posted what.
"""

from django.db import transaction
from django.http import HttpRequest

from dealers import audit
from dealers.models import AuditEvent, Dealer
from dealers.permissions import Actor

SESSION_KEY = "staff_visits_dealer_id"
PERMISSION = "dealers.enter_panel"

Kind = AuditEvent.AuditKind


def may_visit(request: HttpRequest) -> bool:
    """Tell whether somebody may work in dealers' panels as staff."""
    is_staff = request.user.is_active and getattr(request.user, "is_staff", False)
    return bool(is_staff) and request.user.has_perm(PERMISSION)


@transaction.atomic
def enter_panel(request: HttpRequest, dealer: Dealer) -> None:
    """Open a dealer's panel to one of the staff who may visit it."""
    leave_panel(request)
    request.session[SESSION_KEY] = dealer.pk
    _record(Kind.STAFF_ENTERED, request, dealer)


@transaction.atomic
def leave_panel(request: HttpRequest) -> Dealer | None:
    """End a visit; return the dealer that was visited."""
    dealer = visited_dealer(request)
    request.session.pop(SESSION_KEY, None)
    if dealer is not None:
        _record(Kind.STAFF_LEFT, request, dealer)
    return dealer


def visited_dealer(request: HttpRequest) -> Dealer | None:
    """Return the dealer in whose panel one of the staff is at work; None without a visit."""
    dealer_id = request.session.get(SESSION_KEY)
    if dealer_id is None or not may_visit(request):
        return None
    return Dealer.objects.filter(pk=dealer_id).first()


def note_post(request: HttpRequest, dealer: Dealer) -> None:
    """Write what one of the staff is about to do, by its address, which names no secret."""
    _record(Kind.STAFF_POSTED, request, dealer, subject=request.path)


def _record(
    kind: AuditEvent.AuditKind, request: HttpRequest, dealer: Dealer, subject: str = ""
) -> None:
    actor = Actor.staff(request.user.pk or 0)
    audit.record(kind, actor=actor, dealer_id=dealer.pk, subject=subject or dealer.name)
