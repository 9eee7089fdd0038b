"""The people who sign in, and what they may do for which dealer."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.db.models.functions import Lower, Now

from dealers.models.dealer import Dealer
from listings.models import DealerRows


class UserQuerySet(DealerRows["User"]):
    dealer_path = "memberships__dealer"


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create somebody who signs in by e-mail address; without a password they cannot yet."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create somebody who runs the marketplace; raises `ValidationError` for a weak password.

        The command of this name asks here too, with `--noinput` and whatever it was answered.
        """
        if password is not None:
            name = fields.get("full_name", "")
            validate_password(password, self.model(email=email, full_name=name))
        return self.create_user(email, password, **fields, is_staff=True, is_superuser=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=(username or "").strip())


class User(AbstractBaseUser, PermissionsMixin):
    """A person; `is_staff` are those who run the marketplace."""

    email = models.EmailField("e-mail address", unique=True)
    full_name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    is_staff = models.BooleanField("runs the marketplace", default=False)
    joined_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    holds_accounts: ClassVar = True  # people who sign in and trade; buyers' mentions are elsewhere

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ("email",)
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_is_unique"),)

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        """Return the name that the admin's menu shows, where there is one."""
        return self.full_name


class Membership(models.Model):
    """Somebody's work for one dealer."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        MANAGER = "manager", "Manager"
        SALES = "sales", "Sales"

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    dealer = models.ForeignKey(Dealer, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role)

    objects = DealerRows["Membership"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "dealer"), name="one_membership_per_dealer"),
            models.CheckConstraint(
                condition=models.Q(role__in=("owner", "manager", "sales")),
                name="membership_role_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
