"""What every part of the API keeps."""

from django.db import models
from django.db.models.functions import Now


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
