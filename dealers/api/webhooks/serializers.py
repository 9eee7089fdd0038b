"""Webhooks and what was sent, as dealers' systems read and write them."""

from typing import Any

from rest_framework import serializers

from dealers.models import (
    EVENTS_OF,
    WEBHOOK_TEST,
    WebhookAudience,
    WebhookDelivery,
    WebhookEndpoint,
)
from dealers.webhooks.endpoints import DESCRIPTION_MAX, URL_MAX
from marketplace.api.bodies import Body, StrictChoiceField, StrictTextField

EVENTS = [(each.value, each.label) for each in EVENTS_OF[WebhookAudience.DEALER]]
TYPES = [*EVENTS, (WEBHOOK_TEST, "A test")]


class WebhookSerializer(serializers.ModelSerializer):
    """An address that events are sent to."""

    url = serializers.HyperlinkedIdentityField(view_name="webhook-detail")
    deliveries_url = serializers.HyperlinkedIdentityField(view_name="webhook-deliveries")
    address = serializers.CharField(source="url", help_text="Where events are sent.")
    events = serializers.ListField(child=serializers.ChoiceField(EVENTS), help_text="What is told.")
    switched_off_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when nothing is sent: it failed for three days."
    )
    off_reason = serializers.CharField(help_text="Why nothing is sent.")
    failing_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when nothing was taken."
    )

    class Meta:
        model = WebhookEndpoint
        fields = (
            *("id", "url", "deliveries_url", "address", "description", "events", "created_at"),
            *("failing_since", "switched_off_at", "off_reason"),
        )
        read_only_fields = fields


class WebhookListSerializer(serializers.Serializer):
    """All webhooks of the dealer."""

    results = WebhookSerializer(many=True)


class WebhookSecretSerializer(serializers.Serializer):
    """A webhook and, this once, the secret that its messages are signed by."""

    secret = serializers.CharField(help_text="`whsec_…`: keep it, it is not shown again.")
    webhook = WebhookSerializer(source="endpoint")


class WebhookBody(Body):
    """A webhook, whole."""

    address = StrictTextField(max_length=URL_MAX, help_text="Begins with https://.")
    events = serializers.ListField(
        child=StrictChoiceField(EVENTS), allow_empty=False, max_length=50
    )
    description = StrictTextField(
        max_length=DESCRIPTION_MAX, required=False, allow_blank=True, default=""
    )

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of the service."""
        values = dict(self.validated_data)
        return {"url": values.pop("address"), **values}


class WebhookReplayBody(Body):
    """A range of time."""

    since = serializers.DateTimeField(help_text="From then on.")
    until = serializers.DateTimeField(help_text="To before then.")


class WebhookReplaySerializer(serializers.Serializer):
    """What is sent again."""

    messages = serializers.IntegerField(help_text="How many.")


class WebhookMessageSerializer(serializers.Serializer):
    """A message that is on its way."""

    message_id = serializers.CharField(source="webhook_id")


class WebhookDeliverySerializer(serializers.ModelSerializer):
    """A message, and what became of it."""

    message_id = serializers.CharField(
        source="message.webhook_id", help_text="The header `webhook-id`."
    )
    type = serializers.ChoiceField(TYPES, source="message.type")
    body = serializers.CharField(source="message.body", help_text="As it is sent.")
    created_at = serializers.DateTimeField(source="message.created_at")
    state = serializers.ChoiceField(WebhookDelivery.DeliveryState.choices)
    next_attempt_at = serializers.SerializerMethodField()
    answer_status = serializers.IntegerField(
        allow_null=True, help_text="Of the last attempt; null where nothing answered."
    )
    answer = serializers.CharField(help_text="The beginning of it, or why there is none.")

    class Meta:
        model = WebhookDelivery
        fields = (
            *("id", "message_id", "type", "body", "created_at", "state", "attempts"),
            *("attempted_at", "next_attempt_at", "answer_status", "answer", "milliseconds"),
        )
        read_only_fields = fields

    def get_next_attempt_at(self, row: WebhookDelivery) -> str | None:
        is_waiting = row.state == WebhookDelivery.DeliveryState.WAITING
        return row.due_at.isoformat().replace("+00:00", "Z") if is_waiting else None


class WebhookDeliveryPageSerializer(serializers.Serializer):
    """A page of what was sent, newest first."""

    results = WebhookDeliverySerializer(many=True)
    next = serializers.URLField(allow_null=True)
    next_cursor = serializers.CharField(allow_null=True)
