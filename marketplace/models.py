"""What every part of the project keeps."""

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
        return f"{self.task} {self.pk}"


class SuppressedAddress(models.Model):
    """An e-mail address that nothing is sent to; staff lift that by deleting the row."""

    class SuppressionReason(models.TextChoices):
        BOUNCE = "bounce", "Mail comes back"
        COMPLAINT = "complaint", "Reported as spam"
        STAFF = "staff", "Entered by staff"

    email = models.EmailField("e-mail address", unique=True)
    reason = models.CharField(
        max_length=9, choices=SuppressionReason, default=SuppressionReason.STAFF
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "suppressed addresses"
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
        return self.email
