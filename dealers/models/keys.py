"""Keys by which a dealer's own systems call the API."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from dealers.models.dealer import Dealer
from dealers.models.people import Membership
from dealers.networks import NETWORK_LENGTH_MAX, NETWORKS_MAX
from listings.models import DealerRows


class Scope(models.TextChoices):
    """What a key may do; none of them includes another."""

    STOCK_READ = "stock:read", "See your stock, marks included"
    STOCK_WRITE = "stock:write", "Write, price, publish and withdraw adverts"
    FEEDS_READ = "feeds:read", "See stock feeds and what each file did"
    FEEDS_WRITE = "feeds:write", "Deliver stock files to feeds"
    ENQUIRIES_READ = "enquiries:read", "Read enquiries, and who wrote them"
    VALUES_READ = "values:read", "Value cars that are not for sale"
    ENQUIRIES_WRITE = "enquiries:write", "Say how far buyers' enquiries are"
    WEBHOOKS_READ = "webhooks:read", "See webhooks and what was sent"
    WEBHOOKS_WRITE = "webhooks:write", "Add, change and end webhooks"


class KeyRefusal(models.TextChoices):
    """Why a key with the right secret was refused."""

    ENDED = "ended", "Used after its end"
    ELSEWHERE = "elsewhere", "Used from a network that is not on its list"


class ApiKeyQuerySet(DealerRows["ApiKey"]):
    def usable(self) -> Self:
        """Keys that are neither revoked nor past their end."""
        endless = Q(expires_at__isnull=True) | Q(expires_at__gt=Now())
        return self.filter(endless, revoked_at__isnull=True)

    def made_by(self, user_id: int) -> Self:
        return self.filter(created_by=user_id)

    def with_maker(self) -> Self:
        """Join who made each key, with `is_maker_here`: whether they are in the dealer's team."""
        places = Membership.objects.filter(dealer=OuterRef("dealer"), user=OuterRef("created_by"))
        return self.select_related("created_by").annotate(is_maker_here=Exists(places))

    def visible_to(self, user: PermissionsMixin | AnonymousUser) -> Self:
        """Keys of the dealers this person works for; all of them for staff."""
        return self.filter(dealer__in=Dealer.objects.visible_to(user))


class ApiKey(models.Model):
    """A key of one dealer, known by its prefix; of its secret only the SHA-256 digest is kept."""

    dealer = models.ForeignKey(Dealer, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80, help_text="What uses it, such as the name of a system.")
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    networks = ArrayField(
        models.CharField(max_length=NETWORK_LENGTH_MAX),
        size=NETWORKS_MAX,
        db_default=[],
        blank=True,
        help_text="Where it may be used from; from anywhere while there are none.",
    )
    prefix = models.CharField(max_length=10, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False, help_text="To the minute or so.")
    last_used_from = models.GenericIPAddressField(null=True, editable=False)
    refused_at = models.DateTimeField(null=True, editable=False, help_text="To the hour or so.")
    refused_from = models.CharField(
        max_length=NETWORK_LENGTH_MAX, db_default="", blank=True, editable=False
    )
    refusal = models.CharField(
        max_length=9, choices=KeyRefusal, db_default="", blank=True, editable=False
    )
    end_told_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = "API key"
        constraints = (
            models.UniqueConstraint(fields=("prefix",), name="api_key_prefix_is_unique"),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values, scopes__len__gt=0),
                name="api_key_scopes_are_known",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_key_keeps_only_a_digest"
            ),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True) | Q(revoked_at__isnull=False),
                name="api_key_revoked_by_somebody_is_revoked",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    @property
    def scopes_said(self) -> list[str]:
        """What the key may do, in words; a scope that is no more by its name."""
        labels = dict(Scope.choices)
        return [labels.get(scope, scope) for scope in self.scopes]

    @property
    def refusal_said(self) -> str:
        """The last refusal in words, such as "used from 203.0.113.0/24 after its end"."""
        if self.refusal == KeyRefusal.ENDED:
            return f"used from {self.refused_from or 'somewhere'} after its end"
        if self.refused_from:
            return f"used from {self.refused_from}, which is not on its list"
        return "used from an address that is not on its list"

    @property
    def is_past_its_end(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
