"""Recovery codes, beside the factors that allauth keeps."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class RecoveryCode(models.Model):
    """A code that stands in for a lost authenticator, once; only its hash is kept.

    A code has 80 random bits, so that a plain hash cannot be searched.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes", db_index=False
    )
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "code_hash"), name="recovery_code_is_unique"),
        )

    def __str__(self) -> str:
        return f"Recovery code of {self.user_id}"
