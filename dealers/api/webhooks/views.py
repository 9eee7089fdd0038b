"""Webhooks of the key's dealer: set up, tried, looked into and sent again."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.keyed import KeyedViewSet
from dealers.api.keyed_writes import keyed_write
from dealers.api.webhooks.serializers import (
    WebhookBody,
    WebhookDeliveryPageSerializer,
    WebhookListSerializer,
    WebhookMessageSerializer,
    WebhookReplayBody,
    WebhookReplaySerializer,
    WebhookSecretSerializer,
    WebhookSerializer,
)
from dealers.models import WebhookDelivery, WebhookEndpoint
from dealers.permissions import Permission
from dealers.webhooks import endpoints
from marketplace.api import cursor
from marketplace.api.cursor import cursor_field
from marketplace.api.pages import page_size_field
from marketplace.api.parameters import refuse
from marketplace.api.viewsets import declares

TAG = "webhooks"
GONE = {"404": "WebhookNotFound"}


class WebhookViewSet(KeyedViewSet):
    """The webhooks of the key's dealer, and of nobody else."""

    http_method_names = ["get", "head", "post", "put", "delete"]
    read_permission = Permission.VIEW_WEBHOOKS
    write_permission = Permission.EDIT_WEBHOOKS
    queryset = WebhookEndpoint.objects.none()
    serializer_class: Any = WebhookSerializer
    lookup_value_converter = "int"

    def rows(self) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.for_dealer(self.key.dealer_id)

    def of(self, pk: int) -> dict[str, Any]:
        """Return the arguments by which services know a webhook of this dealer."""
        return {"endpoint_id": get_object_or_404(self.rows(), pk=pk).pk, "actor": self.actor}

    @extend_schema(
        operation_id="listWebhooks",
        summary="List the webhooks",
        tags=[TAG],
        responses=WebhookListSerializer,
    )
    def list(self, request: Request) -> Response:
        """Where events are sent."""
        context = self.get_serializer_context()
        return Response(WebhookListSerializer({"results": self.rows()}, context=context).data)

    @extend_schema(operation_id="getWebhook", summary="Read a webhook", tags=[TAG])
    def retrieve(self, request: Request, pk: int) -> Response:
        """One webhook."""
        return self.answer(get_object_or_404(self.rows(), pk=pk))

    @extend_schema(
        operation_id="addWebhook",
        summary="Add a webhook",
        description="Events are sent from now on, signed by the secret in this answer.",
        tags=[TAG],
        request=WebhookBody,
        responses={201: WebhookSecretSerializer},
    )
    @declares(refusals={"400": "BadWebhook", "409": "QuotaReached"})
    def create(self, request: Request) -> Response:
        body = WebhookBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = endpoints.add_endpoint(dealer_id=self.key.dealer_id, actor=self.actor, **body.given)
        return self.secret(made, 201)

    @keyed_write(
        operation_id="changeWebhook",
        summary="Change a webhook",
        tags=[TAG],
        body=WebhookBody,
        responses=WebhookSerializer,
        refusals={"400": "BadWebhook", **GONE},
    )
    def update(self, request: Request, pk: int, body: WebhookBody) -> Response:
        """Write where it is and what it is told."""
        return self.answer(endpoints.change_endpoint(**self.of(pk), **body.given))

    @extend_schema(
        operation_id="endWebhook",
        summary="End a webhook",
        description="Its log goes with it.",
        tags=[TAG],
        responses={204: None},
    )
    @declares(refusals=GONE)
    def destroy(self, request: Request, pk: int) -> Response:
        endpoints.end_endpoint(**self.of(pk))
        return Response(status=204)

    @extend_schema(
        operation_id="rotateWebhookSecret",
        summary="Make another secret",
        description="For 24 hours the old one signs as well.",
        tags=[TAG],
        request=None,
        responses=WebhookSecretSerializer,
    )
    @action(detail=True, methods=["post"])
    @declares(refusals=GONE)
    def rotate(self, request: Request, pk: int) -> Response:
        return self.secret(endpoints.rotate_secret(**self.of(pk)), 200)

    @keyed_write(
        operation_id="switchWebhookOn",
        summary="Switch a webhook on again",
        tags=[TAG],
        method="post",
        responses=WebhookSerializer,
        refusals=GONE,
    )
    def switch_on(self, request: Request, pk: int) -> Response:
        """Send to it again, what waits first."""
        return self.answer(endpoints.switch_on(**self.of(pk)))

    @keyed_write(
        operation_id="testWebhook",
        summary="Send a test",
        tags=[TAG],
        method="post",
        responses={202: WebhookMessageSerializer},
        refusals=GONE,
    )
    def test(self, request: Request, pk: int) -> Response:
        """Send a message of the type `webhook.test`."""
        message = endpoints.send_test(**self.of(pk))
        return Response(WebhookMessageSerializer(message).data, status=202)

    @keyed_write(
        operation_id="replayWebhook",
        summary="Send a range again",
        description="Every message of a time that the webhook wants, by the same ids as before.",
        tags=[TAG],
        method="post",
        body=WebhookReplayBody,
        responses={202: WebhookReplaySerializer},
        refusals={"400": "BadWebhook", **GONE},
    )
    def replay(self, request: Request, pk: int, body: WebhookReplayBody) -> Response:
        count = endpoints.replay(**self.of(pk), **body.validated_data)
        return Response(WebhookReplaySerializer({"messages": count}).data, status=202)

    @extend_schema(
        operation_id="listWebhookDeliveries",
        summary="Read what was sent",
        description="Of the last 30 days, with each body and the beginning of what was answered.",
        tags=[TAG],
        responses=WebhookDeliveryPageSerializer,
    )
    @action(detail=True, serializer_class=WebhookDeliveryPageSerializer)
    @declares(parameters={"page_size": page_size_field(), "cursor": cursor_field()})
    def deliveries(self, request: Request, pk: int) -> Response:
        values, errors = self.read_parameters()
        refuse(errors)
        endpoint = get_object_or_404(self.rows(), pk=pk)
        rows = WebhookDelivery.objects.filter(endpoint=endpoint).select_related("message")
        scope, size = f"webhook.{pk}", values["page_size"]
        if values["cursor"]:
            rows = rows.filter(message__lt=cursor.read(values["cursor"], scope).values[0])
        return self.page(list(rows.order_by("-message")[: size + 1]), size, scope, "message_id")

    def answer(self, endpoint: WebhookEndpoint) -> Response:
        return Response(WebhookSerializer(endpoint, context=self.get_serializer_context()).data)

    def secret(self, made: endpoints.NewSecret, status: int) -> Response:
        """Show a secret, which no stored answer may keep: it is no write that is answered twice."""
        context = self.get_serializer_context()
        shown = WebhookSecretSerializer(made, context=context).data
        return Response(shown, status=status, headers={"Cache-Control": "no-store"})
