"""The table of what is kept how long and why; docs/privacy.md and the report to staff show it."""

from collections.abc import Mapping
from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from dealers.audit import prune_audit_events
from dealers.feeds.retention import old_files, old_reports, prune_files, prune_reports
from dealers.models import AuditEvent, FeedRun, Invitation, Session
from dealers.retention.accounts import forget_members, former_members
from dealers.retention.adverts import (
    change_sets_without_events,
    forget_marks,
    long_ended,
    pack_ended_prices,
    remove_events,
    remove_photos,
    with_events,
    with_names,
    with_photos,
    with_price_changes,
)
from dealers.retention.rules import RetentionRule, delete_some, deleting, erasing
from dealers.webhooks.retention import drop_old_day, old_messages
from listings.buyers import retention as buyers
from listings.models import (
    AskingPriceTable,
    BuyerRecord,
    FormerName,
    ListingValue,
    MarketFit,
    PlacementDay,
)
from listings.photos import prune_replaced_lists
from marketplace.mail import forget_suppressed
from marketplace.models import OutboxTask, StoredAnswer, SuppressedAddress

RecordKind = BuyerRecord.RecordKind


def _left(kind: str, what: str, reason: str) -> RetentionRule:
    """Return the rule of a kind of record, whose end was told to the person."""
    return RetentionRule(
        kind,
        what,
        "BUYER_RECORDS_KEPT_DAYS",
        reason,
        "Name, contact and texts are blanked; what is left names nobody and is counted.",
        **erasing(lambda _: buyers.past_end(kind)),
        key=kind,
    )


def _old_runs(before: datetime) -> QuerySet[FeedRun]:
    later = FeedRun.objects.filter(feed=OuterRef("feed"), pk__gt=OuterRef("pk"), state="done")
    ended = FeedRun.objects.filter(finished_at__lt=before, file="", has_rows=False)
    return ended.filter(Exists(later))


def _old_fits(before: datetime) -> QuerySet[MarketFit]:
    values = ListingValue.objects.filter(fit=OuterRef("pk"))
    return MarketFit.objects.filter(fitted_at__lt=before, is_current=False).exclude(Exists(values))


def _suppressed(before: datetime) -> QuerySet[SuppressedAddress]:
    return SuppressedAddress.objects.filter(email__isnull=False, created_at__lt=before)


@transaction.atomic
def _forget_suppressed(before: datetime, limit: int) -> int:
    locked = _suppressed(before).order_by("pk").select_for_update(skip_locked=True)
    ids = list(locked.values_list("pk", flat=True)[:limit])
    return forget_suppressed(SuppressedAddress.objects.filter(pk__in=ids))


_RULES = (
    _left(
        RecordKind.ENQUIRY,
        "Enquiry",
        "A car is bought within months; a dispute about it comes within the year.",
    ),
    RetentionRule(
        "enquiry_unanswered",
        "Enquiry that nobody answered",
        "ENQUIRIES_UNANSWERED_KEPT_DAYS",
        "After three months nobody answers any more, and the buyer expects none.",
        "As of any enquiry.",
        **erasing(buyers.unanswered),
    ),
    RetentionRule(
        "enquiry_closed",
        "Enquiry that was won or lost",
        "ENQUIRIES_CLOSED_KEPT_DAYS",
        "What was agreed may be disputed in the first half year: a fault shown then counts as one "
        "that was there (Consumer Rights Act 2015, section 19).",
        "As of any enquiry, counted from its close.",
        **erasing(buyers.closed),
    ),
    _left(RecordKind.RESERVATION, "Reservation", "As of an enquiry."),
    RetentionRule(
        "unconfirmed",
        "Saved search that nobody confirmed",
        "UNCONFIRMED_KEPT_HOURS",
        "Without a confirmation it may be somebody else's address; a mail is read within two days.",
        "Address and search are blanked.",
        **erasing(buyers.unconfirmed),
        is_hourly=True,
    ),
    _left(
        RecordKind.SAVED_SEARCH,
        "Saved search",
        "Who has not touched a search for a year has a car; each mail's link goes on with it.",
    ),
    _left(
        RecordKind.REPORT,
        "Report of an advert",
        "A pattern of fraud shows over months; the text may name people.",
    ),
    _left(
        RecordKind.PRIVACY,
        "Question about privacy",
        "It holds the address that its link is mailed to; a mail is read within two days.",
    ),
    RetentionRule(
        "suppressed",
        "Addresses that mail is not sent to",
        "SUPPRESSED_KEPT_DAYS",
        "Staff look into who is not reached within the quarter.",
        "A keyed digest stays in the address's place, so that nothing is sent there again.",
        _suppressed,
        _forget_suppressed,
    ),
    RetentionRule(
        "ended_photos",
        "Photos of adverts that ended",
        "ENDED_PHOTOS_KEPT_DAYS",
        "A sale can be undone within 30 days, and cars come back within weeks; photos show places, "
        "and at times people and marks.",
        "Photos, their addresses and their files are deleted.",
        with_photos,
        remove_photos,
    ),
    RetentionRule(
        "ended_marks",
        "Marks and VINs of adverts that ended",
        "ENDED_MARKS_KEPT_DAYS",
        "A sale, its papers and complaints about it are looked up by the mark for half a year; a "
        "mark leads to the car's keeper.",
        "A keyed digest stays in their place, so that a car that comes back is recognised.",
        with_names,
        forget_marks,
    ),
    RetentionRule(
        "former_names",
        "Digests of marks and VINs",
        "CAR_DIGESTS_KEPT_DAYS",
        "A car comes back to the same forecourt within some years, if ever; then it is a new one.",
        "Deleted.",
        **deleting(lambda before: FormerName.objects.filter(forgotten_at__lt=before)),
    ),
    RetentionRule(
        "ended_prices",
        "Price changes of adverts that ended",
        "ENDED_PRICES_KEPT_DAYS",
        "A return within weeks tells its earlier prices; then a value needs prices by day alone.",
        "Packed into one row of each advert: its days and prices, without who and why.",
        with_price_changes,
        pack_ended_prices,
    ),
    RetentionRule(
        "ended_events",
        "Events of adverts that ended",
        "ENDED_EVENTS_KEPT_DAYS",
        "As the audit log: who did what to an advert is asked within the year.",
        "Deleted, with the reminders of its end.",
        with_events,
        remove_events,
    ),
    RetentionRule(
        "change_sets",
        "Change sets of which no event is kept",
        "CHANGE_SETS_KEPT_DAYS",
        "What has no event left can be undone no more.",
        "Deleted.",
        **deleting(change_sets_without_events),
    ),
    RetentionRule(
        "former_members",
        "People who left all teams",
        "FORMER_MEMBERS_KEPT_DAYS",
        "As long as the audit log: who did what must be told while it can be asked.",
        "Name, address and ways to sign in are blanked; what they did names a former member.",
        former_members,
        forget_members,
    ),
    RetentionRule(
        "invitations",
        "Invitations past their end",
        "INVITATIONS_KEPT_DAYS",
        "An owner sees who never came.",
        "Deleted.",
        **deleting(lambda before: Invitation.objects.filter(expires_at__lt=before)),
    ),
    RetentionRule(
        "sessions",
        "Sessions of people who sign in",
        "SESSIONS_ENDED_KEPT_DAYS",
        "An ended session is of no use.",
        "Deleted.",
        **deleting(lambda before: Session.objects.filter(expire_date__lt=before)),
        is_hourly=True,
    ),
    RetentionRule(
        "failed_sign_ins",
        "Failed sign-ins",
        "AXES_COOLOFF_TIME",
        "They count for as long as a sign-in is refused, and no longer.",
        "Deleted.",
        **deleting(lambda before: AccessAttempt.objects.filter(attempt_time__lt=before)),
        is_hourly=True,
    ),
    RetentionRule(
        "audit",
        "Audit log",
        "AUDIT_KEPT_DAYS",
        "A theft of an account is found out within months.",
        "Deleted.",
        lambda before: AuditEvent.objects.filter(happened_at__lt=before),
        lambda _before, _limit: prune_audit_events(days=settings.AUDIT_KEPT_DAYS),
    ),
    RetentionRule(
        "stored_answers",
        "Stored answers to writes with an Idempotency-Key",
        "STORED_ANSWERS_KEPT_HOURS",
        "A system sends again within minutes.",
        "Deleted.",
        **deleting(lambda before: StoredAnswer.objects.filter(created_at__lt=before)),
        is_hourly=True,
    ),
    RetentionRule(
        "failed_tasks",
        "Tasks and mails that were given up",
        "FAILED_TASKS_KEPT_DAYS",
        "Staff look into a failure within the month; a task holds ids and no person's data.",
        "Deleted.",
        **deleting(lambda before: OutboxTask.objects.filter(given_up_at__lt=before)),
    ),
    RetentionRule(
        "feed_files",
        "Files of feeds",
        "FEED_FILES_KEPT_DAYS",
        "What a file did is looked into within the month; cells may name people.",
        "Files and what is shown of them are deleted.",
        old_files,
        lambda _before, _limit: prune_files(),
        is_hourly=True,
    ),
    RetentionRule(
        "feed_rows",
        "Rows of feeds' reports",
        "FEED_REPORTS_KEPT_DAYS",
        "An import can be undone for so long; counts stay with the run.",
        "Deleted, with the lists of photos that it replaced.",
        old_reports,
        lambda _before, _limit: prune_reports() + prune_replaced_lists(),
        is_hourly=True,
    ),
    RetentionRule(
        "feed_runs",
        "Runs of feeds",
        "FEED_RUNS_KEPT_DAYS",
        "Two years compare a season with the last one. The last run of a feed stays.",
        "Deleted.",
        **deleting(_old_runs),
    ),
    RetentionRule(
        "webhooks",
        "Messages of webhooks, with what was answered",
        "WEBHOOKS_KEPT_DAYS",
        "What a system missed is sent again within the month; a message names no person.",
        "Dropped, a day (UTC) at a time once all of it is past its time.",
        old_messages,
        lambda before, limit: drop_old_day() or delete_some(old_messages, before, limit),
        is_hourly=True,
    ),
    RetentionRule(
        "ended_values",
        "Values of adverts that ended",
        "ENDED_VALUES_KEPT_DAYS",
        "A car that returns within weeks shows its value at once; then it is valued anew.",
        "Deleted; the history of values by week stays with the advert.",
        **deleting(lambda before: ListingValue.objects.filter(listing__in=long_ended(before))),
    ),
    RetentionRule(
        "market_fits",
        "Versions of the market, with their measured errors",
        "MARKET_FITS_KEPT_DAYS",
        "Two years compare a season with the last one. What values other cars is kept of the last "
        "three alone.",
        "Deleted, unless an advert's value is still by it.",
        **deleting(_old_fits),
    ),
    RetentionRule(
        "asking_prices",
        "Tables of asking prices from elsewhere",
        "ASKING_PRICES_KEPT_DAYS",
        "They tell less of the market as they age, and by then too little to count.",
        "Deleted.",
        **deleting(lambda before: AskingPriceTable.objects.filter(dated_on__lt=before.date())),
    ),
    RetentionRule(
        "placement_days",
        "Counts of the block by site and day",
        "PLACEMENT_DAYS_KEPT",
        "Two years compare a season with the last one; they hold nothing about readers.",
        "Deleted.",
        **deleting(lambda before: PlacementDay.objects.filter(day__lt=before.date())),
    ),
)
RULES: Mapping[str, RetentionRule] = {rule.kind: rule for rule in _RULES}


def as_markdown() -> str:
    """Return the table as docs/privacy.md has it."""
    rows = [
        f"| {rule.what} | {rule.words} | `{rule.setting_name}` | {rule.reason} | {rule.does} |"
        for rule in _RULES
    ]
    return "\n".join(("| what | kept | setting | why | then |", "|---|---|---|---|---|", *rows))
