"""Every mail that the product sends to people, sent: with the most awkward names."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone

from dealers.account_emails import (
    send_email_change,
    send_feed_notice,
    send_invitation,
    send_password_reset,
    send_webhook_notice,
)
from dealers.enquiry_emails import mail_answer
from dealers.expiry_digest import send_digest
from dealers.key_mail import send_key_notice
from dealers.models import (
    AccountNotice,
    ApiKey,
    EmailChange,
    ExpiryNotice,
    FeedRun,
    Invitation,
    Membership,
    WebhookEndpoint,
    WeeklyMail,
)
from dealers.notice_emails import send_account_notice
from dealers.permissions import SYSTEM
from dealers.waiting_digest import send_waiting
from dealers.webhooks.endpoints import add_endpoint
from dealers.weekly_digest import send_weekly
from listings.adverts.lifecycle import reject
from listings.adverts.rejections import send_rejections
from listings.buyers import enquiry_mails, reservation_mails
from listings.buyers.alert_mails import send_alerts, send_confirmation
from listings.buyers.privacy_mails import send_link
from listings.buyers.saved_searches import WantedAlerts, confirm_search, save_search
from listings.models import (
    AlertMail,
    BuyerRecord,
    Enquiry,
    EnquiryMail,
    EnquiryMessage,
    Listing,
    PrivacyRequest,
    Reservation,
    SavedSearch,
)
from listings.search.criteria import Criteria
from tests import make

AWKWARD = "Żółć & Söhne <b>Autohaus</b> 中古車 Donaudampfschifffahrtsgesellschaftskapitänskajüte"
WORD = "https://example.com/" + "unbreakable" * 12
MACHINES_READ = {"buyers/mail/adf"}
"""A CRM reads this one: XML in plain text is its format."""


def mail_templates() -> set[str]:
    """Return what the source names as a template that `send_mail` renders: it has a `.txt`."""
    named = {text for text in _texts() if re.fullmatch(r"[a-z_]+(/[a-z_]+)+", text)}
    return {name for name in named if _exists(f"{name}.txt")}


def _texts() -> Iterator[str]:
    for package in ("dealers", "listings", "marketplace"):
        for path in Path(settings.BASE_DIR, package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _exists(name: str) -> bool:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True


def send_every_mail() -> list[EmailMultiAlternatives]:
    """Send each of the mails once, or more often where it says different things."""
    mail.outbox.clear()
    dealer = make.dealer(AWKWARD, slug="autohaus", email="dealer@example.com")
    yard = make.branch(dealer, name="Hof")
    owner = make.member(
        dealer, email="olive@example.com", full_name=f"Zoë {AWKWARD}"[:100], password="plum-tart-91"
    )
    member = Membership.objects.get(user=owner)
    car = make.live(
        branch=yard,
        derivative=f"3.0 TDV6 <i>Vogue</i> {'Lang' * 14}",
        stock_ref="S-1",
        expires_at=timezone.now() + timedelta(days=2),
    )
    _of_accounts(member)
    _of_stock(member, car)
    _of_buyers(member, car)
    sent: list[Any] = list(mail.outbox)
    return sent


def _of_accounts(member: Membership) -> None:
    user, dealer = member.user, member.dealer
    invitation = Invitation.objects.create(
        dealer=dealer,
        email="new@example.com",
        role="manager",
        invited_by=user,
        expires_at=timezone.now() + timedelta(days=3),
    )
    assert send_invitation(invitation_id=invitation.pk)
    assert send_password_reset(user_id=user.pk)
    change = EmailChange.objects.create(user=user, email="next@example.com")
    assert send_email_change(change_id=change.pk)
    for kind in AccountNotice.NoticeKind:
        notice = AccountNotice.objects.create(
            user=user, kind=kind, email=user.email, device="Firefox", network="203.0.113.0/24"
        )
        assert send_account_notice(notice_id=notice.pk)


def _of_stock(member: Membership, car: Listing) -> None:
    dealer, now = member.dealer, timezone.now()
    feed = make.feed(car.branch, name=f"Feed {AWKWARD}"[:80])
    held = {"state": "held", "hold_code": "empty", "hold_reason": "The file has no car."}
    for fields in (held, {"state": "failed", "failure": WORD}):
        run = FeedRun.objects.create(feed=feed, file_name=f"{WORD}.csv", source_at=now, **fields)
    assert send_feed_notice(feed_id=feed.pk, run_id=run.pk)
    feed.paused_at, feed.pause_reason = now, "It failed 5 times on end: away"
    feed.save()
    assert send_feed_notice(feed_id=feed.pk, run_id=None)
    feed.status_words.create(key="zarezerwowany", said="Zarezerwowany <b>")
    pending = make.model("Vitesse", make.make("Rovver & Sons", confirmation="pending"))
    make.draft(branch=car.branch, model=pending)
    assert send_waiting(dealer_id=dealer.pk)
    assert car.expires_at is not None
    ExpiryNotice.objects.create(listing=car, expires_at=car.expires_at, days_before=3)
    assert send_digest(dealer_id=dealer.pk)
    for reasons in (["The photos <b>are</b> of another car."], [WORD, AWKWARD]):
        for reason in reasons:
            refused = make.live(branch=car.branch)
            reject(listing_id=refused.pk, actor_id=make.staff().pk, reason=reason)
        assert send_rejections(dealer_id=dealer.pk)
    WeeklyMail.objects.create(membership=member, told_at=now - timedelta(days=8))
    assert send_weekly(membership_id=member.pk)
    make.key(dealer, name=f"CRM {AWKWARD}"[:60])
    ApiKey.objects.update(created_at=now - timedelta(days=90), expires_at=now + timedelta(days=5))
    assert send_key_notice(key_id=ApiKey.objects.get().pk)
    hook = add_endpoint(
        dealer_id=dealer.pk,
        actor=SYSTEM,
        url="https://example.com/hook",
        events=["listing.updated"],
        description=f"CRM {AWKWARD}"[:80],
    ).endpoint
    WebhookEndpoint.objects.update(switched_off_at=now, off_reason="It answered 500 for 3 days.")
    assert send_webhook_notice(endpoint_id=hook.pk)


def _record(kind: str, car: Listing | None, **fields: Any) -> BuyerRecord:
    return BuyerRecord.objects.create(
        kind=kind,
        dealer=car.dealer if car else None,
        name=f"Ann {AWKWARD}"[:120],
        email="ann@example.com",
        kept_until=timezone.now() + timedelta(days=30),
        **fields,
    )


def _of_buyers(member: Membership, car: Listing) -> None:
    record = _record("enquiry", car)
    Enquiry.objects.create(
        record=record, listing=car, title=car.title, message=f"{AWKWARD}\n{WORD}"
    )
    for recipient in ("dealer", "buyer"):
        letter = EnquiryMail.objects.create(record=record, recipient=recipient)
        assert enquiry_mails.send(mail_id=letter.pk)
    answer = EnquiryMessage.objects.create(
        record=record, kind="answer", author=member.user, body=f"Yes.\n\n{WORD}"
    )
    assert mail_answer(message_id=answer.pk)
    for number, standing in enumerate(Reservation.Standing):
        ends = {"held_until": car.expires_at, "answer_by": car.expires_at}
        row = Reservation.objects.create(
            record=_record("reservation", car),
            listing=car,
            title=car.title,
            standing=standing,
            mails=1,
            reason=WORD[:300],
            **ends,
        )
        assert reservation_mails.tell_buyer(reservation_id=row.pk, number=1), number
        reservation_mails.tell_dealer(reservation_id=row.pk, number=1)
        Reservation.objects.filter(pk=row.pk).update(standing="ended")
    wanted = WantedAlerts(SavedSearch.Frequency.DAILY, AWKWARD, Criteria(make=("land-rover",)))
    saved = save_search(wanted=wanted, email="ann@example.com")
    assert saved is not None
    send_confirmation(record_id=saved.record_id)
    confirm_search(record_id=saved.record_id)
    since = timezone.now() - timedelta(days=1)
    finds = {"ids": [car.pk], "count": 1, "since": since.isoformat()}
    alert = AlertMail.objects.create(record=saved.record, finds={str(saved.record_id): finds})
    send_alerts(mail_id=alert.pk)
    asked = PrivacyRequest.objects.create(record=_record("privacy", None))
    assert send_link(record_id=asked.record_id)
