"""Mails about accounts and feeds: an invitation, the way to a new password, a feed in trouble."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from dealers import audit
from dealers.links import EMAIL_CHANGE_AGE_MAX, email_change_url
from dealers.models import (
    AuditEvent,
    EmailChange,
    FeedRun,
    Invitation,
    StockFeed,
    User,
    WebhookEndpoint,
)
from dealers.permissions import Actor, invitations_in_force
from dealers.tokens import new_token, token_hash
from marketplace.mail import AddressRefused, send_mail

RESETS_MAX = 3
RESETS_WITHIN = timedelta(hours=1)
RESETS_GOOD = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)

log = structlog.get_logger(__name__)


def send_invitation(*, invitation_id: int) -> bool:
    """Mail an invitation that was not sent yet and holds; return whether a mail went out.

    Its token is made here and only its hash stays, so that no queue ever holds the link. Raises
    `MailServerAway`; nothing is kept then, and the next attempt makes a new token.
    """
    with transaction.atomic():
        rows = Invitation.objects.select_for_update(of=("self",)).select_related("dealer")
        unsent = rows.open().filter(pk=invitation_id, sent_at=None)
        invitation = invitations_in_force(unsent).first()
        if invitation is None:
            return False
        token = new_token()
        invitation.token_hash, invitation.sent_at = token_hash(token), timezone.now()
        invitation.save(update_fields=["token_hash", "sent_at"])
        context: dict[str, object] = {
            "invitation": invitation,
            "inviter": invitation.invited_by,
            "url": f"{settings.PUBLIC_URL}{reverse('join-team', args=[token])}",
        }
        subject = f"Join {invitation.dealer.name}"
        return _send(invitation.email, subject, "dealers/accounts/invitation", context)


def send_password_reset(*, user_id: int) -> bool:
    """Mail somebody a link to set a new password; return whether a mail went out.

    Nobody is sent more than `RESETS_MAX` within `RESETS_WITHIN`, nor, after so many as
    `PASSWORD_RESETS_PER_DAY`, another one while the last is good. Raises `MailServerAway`.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
        if user is None or not user.has_usable_password() or _was_sent_often(user_id):
            return False
        audit.record(AuditEvent.AuditKind.PASSWORD_RESET_SENT, actor=Actor.person(user.pk))
        names = [
            urlsafe_base64_encode(force_bytes(user.pk)),
            default_token_generator.make_token(user),
        ]
        context = {
            "user": user,
            "url": f"{settings.PUBLIC_URL}{reverse('password-reset-confirm', args=names)}",
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        }
        return _send(user.email, "Set a new password", "dealers/accounts/reset", context)


def send_email_change(*, change_id: int) -> bool:
    """Mail the link that confirms an address to it; return whether a mail went out.

    Raises `MailServerAway`.
    """
    wanted = EmailChange.objects.filter(pk=change_id, user__is_active=True).first()
    if wanted is None:
        return False
    hours = EMAIL_CHANGE_AGE_MAX // timedelta(hours=1)
    context = {"user": wanted.user, "url": email_change_url(wanted.pk), "hours": hours}
    return _send(wanted.email, "Confirm your e-mail address", "dealers/accounts/new_email", context)


def send_feed_notice(*, feed_id: int, run_id: int | None) -> bool:
    """Mail a dealer, once, about a run that needs a person, or a feed that is paused.

    Returns whether a mail went out; raises `MailServerAway`, and nothing is noted then.
    """
    with transaction.atomic():
        run = _run_to_tell_of(run_id) if run_id else None
        feed = StockFeed.objects.select_related("dealer").filter(pk=feed_id).first()
        if feed is None or (run is None and (run_id or not _is_pause_to_tell_of(feed_id))):
            return False
        context: dict[str, object] = {"feed": feed, "run": run, **_feed_links(feed_id, run_id)}
        state = "is paused" if feed.paused_at else "needs you"
        subject = f"Your stock feed {feed.name} {state}"
        return _send(feed.dealer.email, subject, "dealers/feeds/end", context)


def send_webhook_notice(*, endpoint_id: int) -> bool:
    """Mail once that a webhook was switched off; return whether a mail went out.

    It goes to the dealer, or to whoever of the staff added what is told of all dealers.
    Raises `MailServerAway`, and nothing is noted then.
    """
    with transaction.atomic():
        off = WebhookEndpoint.objects.filter(pk=endpoint_id, switched_off_at__isnull=False)
        if not off.filter(mailed_at=None).update(mailed_at=Now()):
            return False
        endpoint = off.select_related("dealer", "created_by").get()
        page = "dealer:webhooks" if endpoint.dealer else "admin:dealers_webhookendpoint_changelist"
        context = {"endpoint": endpoint, "webhooks_url": f"{settings.PUBLIC_URL}{reverse(page)}"}
        subject = f"Your webhook {endpoint} is switched off"
        owner = endpoint.dealer or _staff_member(endpoint.created_by)
        if owner is None:
            log.warning("webhook_off_and_nobody_told", webhook=endpoint.pk)
            return False
        to = owner.email
        return _send(to, subject, "dealers/webhooks/off", context)


def _staff_member(user: User | None) -> User | None:
    return user if user is not None and user.is_active and user.is_staff else None


def _run_to_tell_of(run_id: int) -> FeedRun | None:
    """Note a run as mailed; None where it was. Who comes second waits for the first to end."""
    unmailed = FeedRun.objects.filter(pk=run_id, mailed_at=None)
    return FeedRun.objects.get(pk=run_id) if unmailed.update(mailed_at=Now()) else None


def _is_pause_to_tell_of(feed_id: int) -> bool:
    """Note a feed's present pause as mailed; False where it was, or where the feed runs again."""
    unmailed = Q(mailed_pause_at=None) | ~Q(mailed_pause_at=F("paused_at"))
    paused = StockFeed.objects.filter(unmailed, pk=feed_id, paused_at__isnull=False)
    return bool(paused.update(mailed_pause_at=F("paused_at")))


def _was_sent_often(user_id: int) -> bool:
    now = timezone.now()
    events = AuditEvent.objects.filter(
        actor_id=user_id,
        kind=AuditEvent.AuditKind.PASSWORD_RESET_SENT,
        happened_at__gt=now - timedelta(days=1),
    )
    sent = list(events.values_list("happened_at", flat=True))
    if len([each for each in sent if each > now - RESETS_WITHIN]) >= RESETS_MAX:
        return True
    is_one_good = max(sent, default=now - timedelta(days=1)) > now - RESETS_GOOD
    return is_one_good and len(sent) >= settings.PASSWORD_RESETS_PER_DAY


def _feed_links(feed_id: int, run_id: int | None) -> dict[str, str]:
    feed = reverse("dealer:dealers_stockfeed_change", args=[feed_id])
    run = reverse("dealer:dealers_feedrun_change", args=[run_id]) if run_id else ""
    return {"feed_url": f"{settings.PUBLIC_URL}{feed}", "run_url": f"{settings.PUBLIC_URL}{run}"}


def _send(to: str, subject: str, template: str, context: dict[str, object]) -> bool:
    try:
        send_mail(to=to, subject=subject, template=template, context=context)
    except AddressRefused:
        log.warning("mail_address_refused", template=template)
        return False
    return True
