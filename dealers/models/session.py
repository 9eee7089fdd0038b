"""Where somebody is signed in."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user_id: int) -> Self:
        """The sessions a person is signed in with now, the last seen first."""
        alive = self.filter(user_id=user_id, expire_date__gt=Now())
        return alive.order_by("-last_seen_at", "-created_at")


class Session(models.Model):
    """A browser's session: its cookie's key as a hash, and whose it is once somebody signed in.

    `session_data` and `expire_date` are named as Django's session stores expect. The device is
    what the browser calls itself, cut short; the network is no whole address.
    """

    key_hash = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions"
    )
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now())
    user_agent = models.CharField(max_length=120, blank=True)
    network = models.CharField(max_length=50, blank=True)

    objects = SessionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Session of {self.user_id or 'nobody'}"
