"""Mails to people about their own accounts, until they are handed over."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class AccountNotice(models.Model):
    """Something that happened to an account and its person is told; deleted with its mail.

    `email` is where the mail goes, which after a change is the old address too. `subject` names
    what it is about; the network is never a whole address.
    """

    class NoticeKind(models.TextChoices):
        PASSWORD_CHANGED = "password_changed", "Password changed"
        EMAIL_CHANGED = "email_changed", "E-mail address changed"
        FACTOR_OFF = "factor_off", "Second factor switched off"
        FACTOR_ADDED = "factor_added", "Second factor added"
        FACTOR_REMOVED = "factor_removed", "Second factor removed"
        CODES_MADE = "codes_made", "New recovery codes"
        KEY_MADE = "key_made", "API key made"
        MANY_FAILURES = "many_failures", "Many failed sign-ins"
        NEW_PLACE = "new_place", "Sign-in from a new place"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=NoticeKind)
    email = models.EmailField()
    subject = models.CharField(max_length=200, blank=True)
    network = models.CharField(max_length=50, blank=True)
    device = models.CharField(max_length=120, blank=True)
    is_by_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.get_kind_display()
