"""What every part of the project keeps."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Now


class StoredAnswer(models.Model):
    """The answer to a write that carried an `Idempotency-Key`, to be given again.

    `caller` names who may ask for it, such as `api_key:12`; `fingerprint` is the SHA-256 of what
    was asked.
    """

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("caller", "key"), name="one_stored_answer_per_caller_and_key"
            ),
        )
        indexes = (models.Index(fields=("created_at",), name="stored_answer_oldest"),)

    def __str__(self) -> str:
        return f"{self.caller} {self.status}"


class OutboxTask(models.Model):
    """A task that has to run: written with what it follows from, deleted once it has run.

    `created_at` is when it was asked for, or given up and asked for again. `due_at` is when it is
    published next, unless it has run by then. `failure` is the class of the
    last error and never its text, which may name people.
    """

    task = models.CharField(max_length=200)
    arguments = models.JSONField()
    request_id = models.CharField(max_length=200, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    publications = models.PositiveSmallIntegerField(db_default=0)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    started_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, db_default="")

    class Meta:
        verbose_name = "queued task"
        indexes = (
            models.Index(
                fields=("due_at",),
                condition=models.Q(given_up_at__isnull=True),
                name="outbox_task_due",
            ),
            models.Index(
                fields=("task", "arguments"),
                condition=models.Q(started_at__isnull=True, given_up_at__isnull=True),
                name="outbox_task_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title_of(self.task)}, task {self.pk}"

    @staticmethod
    def title_of(task: str) -> str:
        """Return what a task does, in the words of its name: "Send invitation"."""
        return task.rpartition(".")[2].replace("_", " ").capitalize()


class SuppressedAddress(models.Model):
    """An e-mail address that nothing is sent to; staff lift that by deleting the row.

    After a while, or where its owner wishes so, `digest` alone tells which it is.
    """

    class SuppressionReason(models.TextChoices):
        BOUNCE = "bounce", "Mail comes back"
        COMPLAINT = "complaint", "Reported as spam"
        STAFF = "staff", "Entered by staff"

    email = models.EmailField("e-mail address", unique=True, null=True)
    digest = models.CharField(max_length=64, db_default="", editable=False)
    reason = models.CharField(
        max_length=9, choices=SuppressionReason, default=SuppressionReason.STAFF
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    holds_accounts: ClassVar = True  # keeps a digest in the place of an address

    class Meta:
        verbose_name_plural = "suppressed addresses"
        indexes = (
            models.Index(
                fields=("digest",), condition=~models.Q(digest=""), name="suppressed_digest"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="suppressed_address_is_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=("bounce", "complaint", "staff")),
                name="suppression_reason_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.email or "An address that is not kept"


class RetentionDay(models.Model):
    """How much of a kind was removed on a day because its time was over: the report to staff.

    `is_over` tells that nothing more was due when it last ran.
    """

    kind = models.CharField(max_length=40)
    day = models.DateField()
    removed = models.PositiveBigIntegerField(db_default=0)
    is_over = models.BooleanField(db_default=False)
    ran_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-day", "kind")
        verbose_name = "retention"
        verbose_name_plural = "retention"
        constraints = (
            models.UniqueConstraint(fields=("kind", "day"), name="retention_has_one_row_a_day"),
        )

    def __str__(self) -> str:
        kind = self.kind.replace("_", " ").capitalize()
        return f"{kind}, {self.day.day} {self.day:%B %Y}"


class JobRun(models.Model):
    """How often a job ran, how often it failed, and when it last came to its end."""

    name = models.CharField(max_length=200, primary_key=True)
    runs = models.PositiveBigIntegerField(db_default=0)
    failures = models.PositiveBigIntegerField(db_default=0)
    seconds = models.FloatField(db_default=0.0)
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class OutcomeCount(models.Model):
    """How often something came out in a way since it is counted; it only grows.

    Rows that stand for the same are summed: each connection adds to that of its shard, so that
    those who count at once do not wait for one another.
    """

    subject = models.CharField(max_length=30)
    outcome = models.CharField(max_length=20)
    shard = models.PositiveSmallIntegerField()
    total = models.PositiveBigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("subject", "outcome", "shard"), name="one_count_per_outcome_and_shard"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.outcome}"


class Lease(models.Model):
    """Which of several like processes does a work of which there must be one at a time.

    `number` counts the holders: who writes checks its own, so that none writes after another took
    over. By the database's clock it ends by itself.
    """

    name = models.CharField(max_length=30, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
