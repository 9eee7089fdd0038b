"""The table of what is kept how long and why; docs/privacy.md and the report to staff show it."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from dealers.audit import prune_audit_events
from dealers.feeds.retention import old_files, old_reports, prune_files, prune_reports
from dealers.models import (
    AccountNotice,
    AuditEvent,
    EmailChange,
    FeedRun,
    Invitation,
    KnownPlace,
    Session,
    SignInFailureCount,
    SignInThrottle,
)
from dealers.retention.accounts import forget_members, former_members
from dealers.retention.advert_rules import ADVERT_RULES
from dealers.retention.adverts import long_ended
from dealers.retention.buyer_rules import BUYER_RULES
from dealers.retention.key_addresses import forget_key_addresses, old_key_addresses
from dealers.retention.rules import RetentionRule, delete_some, deleting
from dealers.webhooks.retention import drop_old_day, old_messages
from listings.models import AskingPriceTable, ListingValue, MarketFit, PlacementDay
from listings.photos import prune_replaced_lists
from marketplace.models import OutboxTask, StoredAnswer


def _old_runs(before: datetime) -> QuerySet[FeedRun]:
    later = FeedRun.objects.filter(feed=OuterRef("feed"), pk__gt=OuterRef("pk"), state="done")
    ended = FeedRun.objects.filter(finished_at__lt=before, file="", has_rows=False)
    return ended.filter(Exists(later))


def _old_fits(before: datetime) -> QuerySet[MarketFit]:
    values = ListingValue.objects.filter(fit=OuterRef("pk"))
    return MarketFit.objects.filter(fitted_at__lt=before, is_current=False).exclude(Exists(values))


_RULES = (
    *BUYER_RULES,
    *ADVERT_RULES,
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
        "SIGN_IN_FAILURES_ENDED_KEPT_DAYS",
        "They count while sign-in is refused or slowed down: a day at most after the last.",
        "Deleted.",
        **deleting(lambda before: SignInThrottle.objects.filter(expires_at__lt=before)),
        is_hourly=True,
    ),
    RetentionRule(
        "key_addresses",
        "Addresses that API keys were used from",
        "KEY_ADDRESSES_KEPT_DAYS",
        "Whether a key is used, and from where it should be, shows within the quarter.",
        "Taken from the key, which stays.",
        old_key_addresses,
        forget_key_addresses,
    ),
    RetentionRule(
        "known_places",
        "Digests of the networks and browsers that people sign in from",
        "KNOWN_PLACES_KEPT_DAYS",
        "A sign-in from elsewhere is told to the person; from the last time it was seen.",
        "Deleted.",
        **deleting(lambda before: KnownPlace.objects.filter(seen_at__lt=before)),
    ),
    RetentionRule(
        "account_notices",
        "Mails about accounts that could not be sent",
        "FAILED_TASKS_KEPT_DAYS",
        "Staff look into a failure within the month; what was sent is deleted with its mail.",
        "Deleted.",
        **deleting(lambda before: AccountNotice.objects.filter(created_at__lt=before)),
    ),
    RetentionRule(
        "email_changes",
        "New e-mail addresses that were not confirmed",
        "EMAIL_CHANGES_KEPT_HOURS",
        "The link to one is good for a day.",
        "Deleted.",
        **deleting(lambda before: EmailChange.objects.filter(asked_at__lt=before)),
        is_hourly=True,
    ),
    RetentionRule(
        "sign_in_failure_counts",
        "Counts of failed sign-ins on their way to the audit log",
        "SIGN_IN_FAILURE_COUNTS_KEPT_HOURS",
        "A count is moved when its ten minutes are over; only a job that stood still leaves one.",
        "Deleted.",
        **deleting(lambda before: SignInFailureCount.objects.filter(began_at__lt=before)),
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
