"""What signing in leaves behind: failures that are being counted, and where it succeeded."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class SignInThrottle(models.Model):
    """Tries to sign in that failed, or are being made, of one account, address or network.

    `digest` tells whose they are to whoever knows the name and the address, and to nobody else;
    `user` is set where an account has the name; the database does not look for it, or a try would
    wait for whoever changes the account. At `expires_at` the row counts for nothing.
    """

    class ThrottleScope(models.TextChoices):
        ACCOUNT_AT_ADDRESS = "account_at_address", "An account at an address"
        ADDRESS = "address", "An address"
        NETWORK = "network", "A network"
        ACCOUNT = "account", "An account"

    scope = models.CharField(max_length=18, choices=ThrottleScope)
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    failures = models.PositiveIntegerField(db_default=0)
    tried_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("expires_at",), name="throttle_ended"),
            models.Index(
                fields=("user",), condition=Q(user__isnull=False), name="throttle_of_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {self.failures}"


class SignInFailureCount(models.Model):
    """How often signing in to an account failed within ten minutes; then it is in the audit log.

    Failures of unknown accounts are one row of nobody's, so that they take as long.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False
    )
    began_at = models.DateTimeField()
    network = models.CharField(max_length=50, blank=True)
    wrong_passwords = models.PositiveIntegerField(db_default=0)
    wrong_codes = models.PositiveIntegerField(db_default=0)
    while_locked = models.PositiveIntegerField(db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "began_at"),
                name="failures_are_counted_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"Failed sign-ins of {self.user_id or 'nobody'}"


class KnownPlace(models.Model):
    """A network or a browser that somebody signed in from, as a digest that tells neither."""

    class PlaceKind(models.TextChoices):
        NETWORK = "network", "Network"
        BROWSER = "browser", "Browser"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=7, choices=PlaceKind)
    digest = models.CharField(max_length=64)
    seen_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "digest"), name="place_is_known_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.user_id}"
