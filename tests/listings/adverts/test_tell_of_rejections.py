"""A dealer's people are mailed what staff rejected, and why."""

from typing import Any

import pytest
from django.core import mail

from dealers.models import Branch
from listings.adverts.lifecycle import reject, reopen
from listings.adverts.tasks import send_rejections
from listings.exceptions import ActionNotAllowed
from listings.models import Listing, RejectionNotice
from marketplace.mail import MailServerAway
from marketplace.models import OutboxTask
from tests import make

pytestmark = pytest.mark.django_db
REASON = "The photos <b>& price</b> are of another car."


@pytest.fixture
def branch() -> Branch:
    return make.branch(make.dealer("Northern Cars", email="office@example.com"))


def rejected(branch: Branch, reason: str = REASON) -> Listing:
    row = make.live(branch=branch)
    return reject(listing_id=row.pk, actor_id=make.staff().pk, reason=reason)


def send() -> None:
    """Do the tasks that were put off."""
    for task in OutboxTask.objects.filter(task="listings.adverts.tasks.send_rejections"):
        send_rejections(*task.arguments)
        task.delete()


def told() -> list[str]:
    return sorted(sent.to[0] for sent in mail.outbox)


def html_of(sent: Any) -> str:
    ((content, kind),) = sent.alternatives
    assert kind == "text/html"
    return str(content)


def test_everybody_in_the_team_is_told_what_and_why(branch: Branch) -> None:
    people = [make.member(branch.dealer), make.member(branch.dealer)]
    make.member(branch.dealer, is_active=False)
    make.member(make.dealer())
    row = rejected(branch)
    send()
    assert told() == sorted(person.email for person in people)
    first = mail.outbox[0]
    assert first.subject == f"Rejected: {row.year} {row.title}"
    assert f"Why: {REASON}" in str(first.body)
    assert f"/dealer/listings/listing/{row.pk}/change/" in str(first.body)
    assert "The photos &lt;b&gt;&amp; price&lt;/b&gt; are of another car." in html_of(first)
    assert not RejectionNotice.objects.exists()


def test_nobody_is_told_twice_and_one_mail_names_all(branch: Branch) -> None:
    make.member(branch.dealer)
    for number in range(3):
        rejected(branch, f"Reason {number}")
    send()
    send_rejections(branch.dealer_id)
    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "3 adverts were rejected"
    for number in range(3):
        assert f"Why: Reason {number}" in str(mail.outbox[0].body)


def test_a_team_without_people_is_told_at_the_dealers_address(branch: Branch) -> None:
    rejected(branch)
    send()
    assert told() == ["office@example.com"]


def test_what_was_reopened_meanwhile_is_not_told(branch: Branch) -> None:
    row = rejected(branch)
    reopen(listing_id=row.pk, actor_id=None)
    send()
    assert mail.outbox == []
    assert not RejectionNotice.objects.exists()


def test_a_suspended_dealer_is_told_nothing(branch: Branch) -> None:
    rejected(branch)
    branch.dealer.is_active = False
    branch.dealer.save(update_fields=["is_active"])
    send()
    assert mail.outbox == []


def test_a_mail_that_was_not_handed_over_is_due_still(branch: Branch, settings: Any) -> None:
    rejected(branch)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(MailServerAway):
        send_rejections(branch.dealer_id)
    settings.EMAIL_BACKEND = backend
    assert RejectionNotice.objects.count() == 1
    send()
    assert told() == ["office@example.com"]


def test_a_refused_rejection_tells_nobody(branch: Branch) -> None:
    row = make.draft(branch=branch)
    with pytest.raises(ActionNotAllowed):
        reject(listing_id=row.pk, actor_id=None, reason=REASON)
    assert not RejectionNotice.objects.exists()
    assert not OutboxTask.objects.filter(task="listings.adverts.tasks.send_rejections").exists()
