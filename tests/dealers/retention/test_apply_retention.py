"""What is past its time goes by the clock, each kind after its own days, and staff see it."""

from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers import retention
from dealers.models import AuditEvent, FeedRun, SavedView, Session, User
from dealers.periodic import apply_retention, apply_retention_rule
from listings.models import BuyerRecord, Enquiry, Listing, ListingEvent, Photo, PlacementDay
from listings.photos.files import discard_due
from marketplace.models import OutboxTask, RetentionDay
from tests import make
from tests.dealers.retention.people import ANN, enquiry, record

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return timezone.now() - days * DAY


def in_force() -> set[int]:
    return set(BuyerRecord.objects.filter(erased_at=None).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("kind", "old", "young"),
    [
        ("enquiry", {"kept_until": ago(0.1)}, {"kept_until": ago(-1)}),
        ("enquiry_unanswered", {"created_at": ago(91)}, {"created_at": ago(89)}),
        (
            "enquiry_closed",
            {"stage": "lost", "closed_at": ago(181)},
            {"stage": "won", "closed_at": ago(179)},
        ),
    ],
)
def test_enquiries_are_erased_after_their_days(
    kind: str, old: dict[str, Any], young: dict[str, Any]
) -> None:
    gone, stays = enquiry(**old), enquiry(**young)
    complained = enquiry(**old, kept_because="a complaint is open")
    answered = enquiry(created_at=ago(200), stage="answered", answered_at=ago(199))
    for removed in (1, 0):
        assert retention.apply(kind) == removed
        assert in_force() == {each.record_id for each in (stays, complained, answered)}
    gone = Enquiry.objects.select_related("record").get(pk=gone.pk)
    assert (gone.record.email, gone.record.name, gone.message) == ("", "", "")
    assert gone.record.messages.get().body == ""


def test_a_search_that_nobody_confirmed_goes_within_the_hour_of_its_end() -> None:
    record("saved_search", created_at=ago(2.01))
    confirmed = record("saved_search", created_at=ago(2.01), confirmed_at=ago(2))
    young = record("saved_search", created_at=ago(1.9))
    for _ in range(2):
        apply_retention()
    queued = OutboxTask.objects.filter(task="dealers.periodic.apply_retention_rule")
    assert sorted(row.arguments[0] for row in queued) == sorted(retention.RULES)
    for row in queued:
        apply_retention_rule(*row.arguments)
    assert in_force() == {confirmed.pk, young.pk}
    queued.delete()
    apply_retention()
    again = {row.arguments[0] for row in queued.all()}
    assert again == {kind for kind, rule in retention.RULES.items() if rule.is_hourly}


def test_a_backlog_goes_in_batches_and_goes_on_where_it_stopped() -> None:
    for _ in range(5):
        record("report", kept_until=ago(1))
    assert retention.apply("report", batch=2, batches_max=2) == 4
    assert not RetentionDay.objects.get().is_over
    assert "report" in set(retention.due_kinds())
    assert retention.apply("report", batch=2) == 1
    day = RetentionDay.objects.get()
    assert (day.kind, day.removed, day.is_over) == ("report", 5, True)
    assert "report" not in set(retention.due_kinds())


def advert_with_photo(status: str, ended: float) -> Listing:
    row = make.draft(status=status, published_at=ago(200), expires_at=ago(ended))
    Listing.objects.filter(pk=row.pk).update(created_at=ago(200))
    name = default_storage.save(f"photos/{row.pk}-320.jpg", ContentFile(b"jpeg"))
    Photo.objects.create(listing=row, image=name, width=320, height=240, widths=[], position=0)
    return row


def test_photos_of_cars_that_ended_go_with_their_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    gone = advert_with_photo("expired", 91)
    kept = [advert_with_photo("expired", 89), advert_with_photo("live", -10)]
    kept += [advert_with_photo("withdrawn", 120)]
    ListingEvent.objects.create(
        listing=kept[-1], kind="withdrawn", to_status="withdrawn", happened_at=ago(5)
    )
    live = Listing.objects.get(pk=kept[1].pk)
    for removed in (1, 0):
        assert retention.apply("ended_photos") == removed
    assert {photo.listing_id for photo in Photo.objects.all()} == {row.pk for row in kept}
    assert discard_due() == 1
    assert not default_storage.exists(f"photos/{gone.pk}-320.jpg")
    assert default_storage.exists(f"photos/{kept[0].pk}-320.jpg")
    assert Listing.objects.get(pk=live.pk).revision == live.revision


def test_people_of_no_team_lose_their_names_a_year_on() -> None:
    dealer = make.dealer()
    gone = make.user(email="gone@example.com", full_name="Gone Person", joined_at=ago(900))
    SavedView.objects.create(dealer=dealer, user=gone, name="Mine")
    left = make.user(email="left@example.com", joined_at=ago(900))
    AuditEvent.objects.create(kind="removed", subject=left.email, happened_at=ago(300))
    others = [make.member(dealer, joined_at=ago(900)), make.staff(joined_at=ago(900)), left]
    others += [make.user(joined_at=ago(900), last_login=ago(1)), make.user(joined_at=ago(9))]
    names = {person.email for person in others}
    for removed in (1, 0):
        assert retention.apply("former_members") == removed
        assert set(User.objects.exclude(pk=gone.pk).values_list("email", flat=True)) == names
    gone.refresh_from_db()
    assert (gone.email, gone.full_name) == (f"former-{gone.pk}@former.invalid", "Former member")
    assert (gone.is_active, gone.has_usable_password()) == (False, False)
    assert not SavedView.objects.exists()


def test_what_names_nobody_goes_too(settings: Settings) -> None:
    settings.PLACEMENT_DAYS_KEPT = 10
    for days in (9, 12):
        PlacementDay.objects.create(day=ago(days).date(), origin="", placement="side")
    Session.objects.create(key_hash="a" * 64, session_data="", expire_date=ago(0.01))
    feed = make.feed()
    runs = [
        FeedRun.objects.create(
            feed=feed, state="done", source_at=ago(800), finished_at=ago(800), has_rows=False
        )
        for _ in range(2)
    ]
    assert retention.apply("placement_days") == 1
    assert retention.apply("sessions") == 1
    assert retention.apply("feed_runs") == 1
    assert FeedRun.objects.get().pk == runs[1].pk  # the last one says what the feed was


def test_every_time_is_a_setting_that_counts(settings: Settings) -> None:
    record("report", kept_until=ago(-1))
    enquiry(created_at=ago(3))
    assert retention.apply("enquiry_unanswered") == 0
    settings.ENQUIRIES_UNANSWERED_KEPT_DAYS = 2
    assert retention.apply("enquiry_unanswered") == 1
    assert all(rule.reason and rule.does for rule in retention.RULES.values())


def test_the_document_has_the_table_as_it_is() -> None:
    text = (project.BASE_DIR / "docs" / "privacy.md").read_text()
    assert retention.as_markdown() in text


def test_staff_see_what_is_due_what_went_and_what_is_kept_why(client: Client) -> None:
    client.force_login(make.staff())
    enquiry(created_at=ago(100))
    record("report", kept_until=ago(1), kept_because="a complaint is open")
    page = unescape(client.get("/admin/marketplace/retentionday/").content.decode())
    assert "1 record of people is kept beyond the end" in page
    for rule in retention.RULES.values():
        assert rule.what in page
        assert rule.words in page
    assert ANN.email not in page
    retention.apply("enquiry_unanswered")
    page = client.get("/admin/marketplace/retentionday/").content.decode()
    assert "Enquiry that nobody answered" in page.partition("result_list")[2]
