"""What a buyer wants to be told of: searches and single cars, what waits to be told, and mails."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from listings.models.buyer import BuyerRecord
from listings.models.dealer_rows import RecordRows
from listings.models.fields import TransactionIdField
from listings.models.listing import Listing


class SavedSearchQuerySet(RecordRows["SavedSearch"]):
    def active(self) -> Self:
        """Those that are told of what they find."""
        return self.filter(state="active", record__withdrawn_at=None, record__erased_at=None)

    def open(self) -> Self:
        """Those that have not ended."""
        return self.exclude(state="ended")

    def of_address(self, email: str) -> Self:
        """What an address has saved, however it is written."""
        rows = self.exclude(record__email="").alias(address=Lower("record__email"))
        return rows.filter(address=email.strip().lower())


class SavedSearch(models.Model):
    """A search, or some cars, that somebody is told of by e-mail.

    `criteria` has a list for each parameter of the search; it is empty where single cars are
    watched. Triggers write `revision`, and end it where its record is withdrawn or erased.
    """

    class Frequency(models.TextChoices):
        INSTANT = "instant", "At once"
        DAILY = "daily", "Once a day"
        WEEKLY = "weekly", "Once a week"

    class SearchState(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Waiting for a confirmation"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    record = models.OneToOneField(BuyerRecord, models.CASCADE, related_name="saved_search")
    name = models.CharField(max_length=200, help_text="The search in words.")
    criteria = models.JSONField(default=dict)
    frequency = models.CharField(max_length=7, choices=Frequency, default=Frequency.DAILY)
    state = models.CharField(max_length=11, choices=SearchState, default=SearchState.UNCONFIRMED)
    digest = models.CharField(
        max_length=64, help_text="Tells the same search of one address; empty once erased."
    )
    active_since = models.DateTimeField(
        null=True, help_text="Only what happened to cars since then is told."
    )
    confirmation_mailed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True, help_text="When its last mail was made up.")
    created_at = models.DateTimeField(db_default=Now())
    revision = TransactionIdField()

    objects = SavedSearchQuerySet.as_manager()

    erased: ClassVar[Mapping[str, Any]] = {"name": "", "criteria": {}, "digest": ""}

    class Meta:
        verbose_name_plural = "saved searches"
        constraints = (
            models.UniqueConstraint(
                fields=("digest",),
                condition=~Q(digest="") & ~Q(state="ended"),
                name="search_is_saved_once_by_an_address",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(active_since__isnull=False),
                name="active_search_has_a_beginning",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("unconfirmed", "active", "paused", "ended")),
                name="state_of_search_is_known",
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=("instant", "daily", "weekly")),
                name="frequency_of_search_is_known",
            ),
        )
        indexes = (models.Index(fields=("revision", "id"), name="saved_search_revision"),)

    def __str__(self) -> str:
        return f"Saved search {self.pk}"


class SavedCar(models.Model):
    """A single car that is watched, and what its watcher was last told of it."""

    record = models.ForeignKey(BuyerRecord, models.CASCADE, related_name="saved_cars")
    listing = models.ForeignKey(
        Listing,
        models.DO_NOTHING,  # that it is gone is told all the same
        null=True,
        related_name="watched_by",
        db_constraint=False,
    )
    title = models.CharField(max_length=350, help_text="As it was called when it was saved.")
    price = models.PositiveIntegerField(null=True, help_text="Whole pounds, as last told.")
    told_gone_at = models.DateTimeField(null=True)

    objects = RecordRows["SavedCar"].as_manager()

    erased: ClassVar[Mapping[str, Any]] = {"listing": None, "title": "", "price": None}

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("record", "listing"), name="car_is_saved_once"),
        )

    def __str__(self) -> str:
        return f"Saved car {self.pk}"


class AlertQueue(models.Model):
    """Cars that a saved search has found and nobody was told of yet.

    `listing_ids` are no more than the first few; `count` counts all, so that it tells whether the
    search has to be asked again for the rest.
    """

    record = models.OneToOneField(
        BuyerRecord, models.CASCADE, primary_key=True, related_name="alert_queue"
    )
    listing_ids = ArrayField(models.BigIntegerField(), default=list)
    count = models.PositiveIntegerField()
    queued_at = models.DateTimeField(db_default=Now())

    objects = RecordRows["AlertQueue"].as_manager()

    erased: ClassVar[Mapping[str, Any]] = {"listing_ids": [], "count": 0}

    class Meta:
        indexes = (models.Index(fields=("queued_at",), name="alert_queued_since"),)

    def __str__(self) -> str:
        return f"Alerts of record {self.pk}"


class AlertMail(models.Model):
    """One mail about the finds of one or several searches of an address.

    `finds` has, by the number of a search's record, `ids`, `count` and `since`; once the mail went,
    the ids and prices that it told of. `key` names the mail wherever it goes: one that is sent
    again is the same.
    """

    record = models.ForeignKey(BuyerRecord, models.CASCADE, related_name="alert_mails")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    finds = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, help_text="When it was handed over, or found empty.")

    objects = RecordRows["AlertMail"].as_manager()

    erased: ClassVar[Mapping[str, Any]] = {"finds": {}}

    class Meta:
        indexes = (models.Index(fields=("created_at",), name="alert_mail_oldest"),)

    def __str__(self) -> str:
        return f"Alert mail {self.pk}"
