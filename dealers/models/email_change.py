"""The e-mail address that somebody wants instead of theirs, until its link is opened."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class EmailChange(models.Model):
    """A change of address that waits for its link; a newer one takes its place.

    allauth's `EmailAddress` does not say since when it waits, and so could not be forgotten in
    time. The link is a signed number of this row: nothing secret is kept.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="email_change"
    )
    email = models.EmailField()
    asked_at = models.DateTimeField(db_default=Now())

    holds_accounts: ClassVar = True  # people who sign in and trade; buyers' mentions are elsewhere

    def __str__(self) -> str:
        return f"New address of {self.user_id}"
