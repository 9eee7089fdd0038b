"""Where other systems are told of what happens, and what they were told.

A dealer's systems are told of that dealer. Mirrors are told of all adverts, as buyers see them, and
the marketplace's own systems of all dealers.
"""

import uuid
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Self, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dealers.models.dealer import Dealer
from listings.models import DealerRows

Row = TypeVar("Row", bound=models.Model)


class WebhookEventType(models.TextChoices):
    """What can be told of; `webhook.test` goes where it was asked for, and nowhere else."""

    LISTING_CREATED = "listing.created", "An advert is published for the first time"
    LISTING_UPDATED = "listing.updated", "An advert changes in another way"
    LISTING_REMOVED = "listing.removed", "An advert is deleted"
    LISTING_PRICE_CHANGED = "listing.price_changed", "An advert's price changes"
    LISTING_STATUS_CHANGED = "listing.status_changed", "An advert's status changes"
    ENQUIRY_CREATED = "enquiry.created", "A buyer asks about a car"
    FEED_RUN_FINISHED = "feed_run.finished", "A file of a stock feed comes to its end"
    REPORT_CREATED = "report.created", "Somebody reports an advert"


class WebhookAudience(models.TextChoices):
    """Who listens, which decides what they may be told."""

    DEALER = "dealer", "A dealer's own systems"
    MIRROR = "mirror", "A mirror of the public stock"
    STAFF = "staff", "The marketplace's own systems"


WEBHOOK_TEST = "webhook.test"
_ADVERTS = (
    WebhookEventType.LISTING_CREATED,
    WebhookEventType.LISTING_UPDATED,
    WebhookEventType.LISTING_REMOVED,
    WebhookEventType.LISTING_PRICE_CHANGED,
)
EVENTS_OF: Mapping[str, tuple[WebhookEventType, ...]] = {
    WebhookAudience.DEALER: (
        *_ADVERTS,
        WebhookEventType.LISTING_STATUS_CHANGED,
        WebhookEventType.ENQUIRY_CREATED,
        WebhookEventType.FEED_RUN_FINISHED,
    ),
    WebhookAudience.MIRROR: _ADVERTS,
    WebhookAudience.STAFF: (
        *_ADVERTS,
        WebhookEventType.LISTING_STATUS_CHANGED,
        WebhookEventType.FEED_RUN_FINISHED,
        WebhookEventType.REPORT_CREATED,
    ),
}
"""What each may be told; a status and an enquiry are nothing that the public API shows."""


_OF_A_DEALER_OR_OF_ALL = Q(audience=WebhookAudience.DEALER, dealer__isnull=False) | Q(
    ~Q(audience=WebhookAudience.DEALER), dealer__isnull=True
)
"""A dealer's own names it; what is for all names none, so that no dealer is shown it."""
_OF_THEIR_AUDIENCE = reduce(
    or_,
    (
        Q(audience=audience, events__contained_by=[str(each) for each in events])
        for audience, events in EVENTS_OF.items()
    ),
)


class WebhookEndpointRows(DealerRows["WebhookEndpoint"]):
    def of_marketplace(self) -> Self:
        """Those of mirrors and of the marketplace's own systems, which staff set up."""
        return self.exclude(audience=WebhookAudience.DEALER)


class WebhookEndpoint(models.Model):
    """An address that events are sent to: a dealer's, or one that is told of all dealers.

    No secret is kept: `nonce` and a key of the settings make it, and `key_check` tells by which
    key. `due_at` is when something may be sent next; who sends holds the row until
    `claimed_until`, by a number that nobody else has.
    """

    audience = models.CharField(
        max_length=6, choices=WebhookAudience, db_default=WebhookAudience.DEALER
    )
    dealer = models.ForeignKey(
        Dealer, models.CASCADE, related_name="webhook_endpoints", null=True, editable=False
    )
    url = models.CharField("address", max_length=500)
    description = models.CharField(max_length=80, blank=True)
    events = ArrayField(models.CharField(max_length=30, choices=WebhookEventType))
    nonce = models.CharField(max_length=43, editable=False)
    key_check = models.CharField(max_length=64, editable=False)
    old_nonce = models.CharField(max_length=43, blank=True, editable=False)
    old_key_check = models.CharField(max_length=64, blank=True, editable=False)
    old_until = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    switched_off_at = models.DateTimeField(null=True, editable=False)
    off_reason = models.CharField(max_length=200, blank=True, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(
        default=0, editable=False, help_text="One after the other, until now."
    )
    is_slow = models.BooleanField(default=False, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    claim = models.UUIDField(null=True, editable=False)

    objects = WebhookEndpointRows.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = "webhook"
        constraints = (
            models.CheckConstraint(
                condition=_OF_THEIR_AUDIENCE & Q(events__len__gt=0),
                name="webhook_events_are_those_of_its_audience",
            ),
            models.CheckConstraint(
                condition=_OF_A_DEALER_OR_OF_ALL, name="webhook_is_of_a_dealer_or_of_all"
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                condition=Q(due_at__isnull=False, switched_off_at__isnull=True),
                name="webhook_endpoint_due",
            ),
        )

    def __str__(self) -> str:
        return self.description or f"Webhook {self.pk}"


class WebhookMessage(models.Model):
    """An event, as it is sent to each endpoint that wants it; `subject` is what it is about.

    The database numbers messages so that each day is a range of ids, and keeps a partition for
    each (`dealers/sql/webhook_log.sql`). Whoever drops a day drops its deliveries too.
    """

    audience = models.CharField(
        max_length=6, choices=WebhookAudience, db_default=WebhookAudience.DEALER
    )
    dealer = models.ForeignKey(Dealer, models.CASCADE, related_name="+", db_index=False, null=True)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    type = models.CharField(max_length=30)
    subject = models.CharField(max_length=40)
    body = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    objects = DealerRows["WebhookMessage"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=_OF_A_DEALER_OR_OF_ALL, name="webhook_message_is_of_a_dealer_or_of_all"
            ),
        )
        indexes = (
            models.Index(fields=("dealer", "created_at"), name="webhook_message_of_dealer"),
            models.Index(fields=("dealer", "subject", "type"), name="webhook_message_subject"),
            models.Index(fields=("created_at",), name="webhook_message_oldest"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"

    @property
    def webhook_id(self) -> str:
        """The same each time that it is sent, so that the receiver can tell."""
        return f"msg_{self.key.hex}"


class WebhookDeliveryRows(DealerRows[Row]):
    dealer_path = "endpoint__dealer"


class WebhookDelivery(models.Model):
    """A message on its way to an endpoint, with what became of its last attempt.

    It is in the partition of its message's day, so a query that names the message reads one.
    """

    class DeliveryState(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", db_index=False
    )
    message = models.ForeignKey(
        WebhookMessage, models.CASCADE, related_name="deliveries", db_constraint=False
    )
    subject = models.CharField(max_length=40)
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    queued_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    answer_status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    milliseconds = models.PositiveIntegerField(null=True)

    objects = WebhookDeliveryRows["WebhookDelivery"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("endpoint", "message"), name="webhook_message_goes_once_to_an_endpoint"
            ),
        )
        indexes = (
            models.Index(
                fields=("endpoint", "subject", "message"),
                condition=Q(state="waiting"),
                name="webhook_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"Delivery {self.pk}"


class WebhookListing(models.Model):
    """An advert as the events of it last said; kept where anybody listens.

    `is_public` is whether mirrors hold it: whether buyers saw it when this was written.
    """

    dealer = models.ForeignKey(Dealer, models.CASCADE, related_name="+")
    listing_id = models.BigIntegerField(primary_key=True)
    revision = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10)
    price = models.PositiveIntegerField(null=True)
    is_public = models.BooleanField(db_default=False)

    objects = DealerRows["WebhookListing"].as_manager()

    def __str__(self) -> str:
        return f"Advert {self.listing_id}"
