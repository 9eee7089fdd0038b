"""Many writes in one request, each on its own: one that is refused stops no other."""

from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.stock.base import TAG, WRITE, StockView
from dealers.api.stock.bodies import NewStock, StockFields
from dealers.api.stock.life import OFFERED, offered_actions
from dealers.api.stock.serializers import AllowedActionsField, WarningSerializer
from dealers.api.stock.writing import Writer, Written
from listings.adverts import Action
from listings.choices import Status
from listings.exceptions import ListingNotFound
from listings.models import Listing
from listings.models.listing import ListingQuerySet
from marketplace.api.bodies import Body, StrictChoiceField, StrictIntegerField, StrictTextField
from marketplace.api.idempotency import once_per_key
from marketplace.api.problem import exception_handler
from marketplace.errors import DomainError

ITEMS_MAX = 1_000
ID_MAX = 2**63 - 1
LIFE = tuple(action.value for action in OFFERED)
REFUSALS = (DomainError, APIException, Http404)


@extend_schema_field(StockFields)
class Listed(serializers.DictField):
    """The fields of an advert, read once it is known whether it is new."""


class ItemBody(Body):
    """One write: what to do, with which advert."""

    op = StrictChoiceField(("create", "update", "upsert", *LIFE), help_text="What to do.")
    id = StrictIntegerField(
        required=False,
        min_value=1,
        max_value=ID_MAX,
        help_text="The advert; this or `stock_ref`, and for `create` neither.",
    )
    stock_ref = StrictTextField(required=False, max_length=64, help_text="`upsert` needs it.")
    listing = Listed(
        required=False,
        help_text="What to write; a new advert needs what `POST /stock/` needs.",
    )
    reason = StrictTextField(required=False, allow_blank=True, max_length=390)
    until = serializers.DateTimeField(required=False, allow_null=True, help_text="For `reserve`.")


class BatchBody(Body):
    """Writes in the order in which they are done."""

    items = serializers.ListField(
        child=ItemBody(), min_length=1, max_length=ITEMS_MAX, help_text="One after the other."
    )


class ResultSerializer(serializers.Serializer):
    """What became of one write."""

    index = serializers.IntegerField(help_text="Its place in `items`, from 0.")
    status = serializers.IntegerField(help_text="The HTTP status it would have had by itself.")
    id = serializers.IntegerField(allow_null=True)
    stock_ref = serializers.CharField(allow_null=True)
    listing_status = serializers.ChoiceField(Status.choices, allow_null=True)
    allowed_actions = AllowedActionsField()
    warnings = WarningSerializer(many=True)
    problem = serializers.DictField(
        allow_null=True, help_text="The problem document of a write that was refused."
    )


class BatchSerializer(serializers.Serializer):
    """What became of each write, in the order of the request."""

    results = ResultSerializer(many=True)


class StockBatchView(StockView):
    """Up to a thousand writes; without an `Idempotency-Key` each is kept as soon as it is done."""

    http_method_names = ["post"]
    body_bytes_max = 16 * 1024 * 1024

    @extend_schema(
        operation_id="writeStockBatch",
        summary="Write many adverts",
        description="Every item is done or refused by itself, in order, and answered in place.",
        tags=[TAG],
        parameters=WRITE,
        request=BatchBody,
        responses=BatchSerializer,
    )
    @once_per_key
    def post(self, request: Request) -> Response:
        items = _items(request.data)
        stock = self.stock()
        if connection.in_atomic_block:  # its locks last: take them in one order, against deadlock
            _lock_all(stock, items)
        batch = Batch(stock, self.writer())
        return Response({"results": [batch.result(*each) for each in enumerate(items)]})


class Batch:
    """Does one item after the other, reading bodies with the same serializers."""

    def __init__(self, stock: ListingQuerySet, writer: Writer) -> None:
        self._stock, self._writer = stock, writer
        self._item, self._change, self._new = ItemBody(), StockFields(), NewStock()
        self._failure: OperationalError | None = None

    def result(self, index: int, sent: Any) -> dict[str, Any]:
        """Return what became of an item, as `ResultSerializer` describes it.

        Where the database fails, what was done before stands and is told; the rest is not tried,
        for a thousand items would wait a thousand times. Within a transaction nothing stands.
        """
        if self._failure:
            return _refused(index, sent, self._failure)
        try:
            with transaction.atomic():
                written = self._do(self._item.run_validation(sent))
        except REFUSALS as refusal:
            self._writer.forget_names()
            return _refused(index, sent, refusal)
        except OperationalError as failure:
            if connection.in_atomic_block:
                raise
            self._failure = failure
            return _refused(index, sent, failure)
        row = written.row
        return {
            "index": index,
            "status": 201 if written.is_new else 200,
            "id": row.pk,
            "stock_ref": row.stock_ref,
            "listing_status": row.status,
            "allowed_actions": offered_actions(row),
            "warnings": [each._asdict() for each in written.warnings],
            "problem": None,
        }

    def _do(self, item: dict[str, Any]) -> Written:
        _refuse_what_does_not_belong(item)
        op, fields = item["op"], item.get("listing", {})
        if op == "create":
            return self._create(item, fields)
        listing = self._find(item)
        if listing is None and op == "upsert":
            return self._create(item, fields)
        if listing is None:
            raise ListingNotFound("There is no such advert.")
        if op in ("update", "upsert"):
            return self._writer.change(listing, self._change.run_validation(fields))
        said = {name: item[name] for name in ("reason", "until") if name in item}
        return Written(self._writer.act(listing, Action(op), **said), is_new=False, warnings=[])

    def _create(self, item: dict[str, Any], fields: dict[str, Any]) -> Written:
        named = {"stock_ref": item["stock_ref"]} if "stock_ref" in item else {}
        return self._writer.create({**named, **self._new.run_validation(fields)})

    def _find(self, item: dict[str, Any]) -> Listing | None:
        which = {"pk": item["id"]} if "id" in item else {"stock_ref": item["stock_ref"]}
        return self._stock.select_for_update().filter(**which).first()


def _items(body: Any) -> Sequence[Any]:
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or set(body) != {"items"}:
        raise ValidationError({"items": ["Send an object with a list named items, nothing else."]})
    if not 1 <= len(items) <= ITEMS_MAX:
        raise ValidationError({"items": [f"From 1 to {ITEMS_MAX:,} items, not {len(items):,}."]})
    return items


def _lock_all(stock: ListingQuerySet, items: Sequence[Any]) -> None:
    sent = [item for item in items if isinstance(item, dict)]
    ids = {item["id"] for item in sent if isinstance(item.get("id"), int)}
    refs = {item["stock_ref"] for item in sent if isinstance(item.get("stock_ref"), str)}
    named = Q(pk__in=[pk for pk in ids if 0 < pk <= ID_MAX])
    named |= Q(stock_ref__in=[ref for ref in refs if "\0" not in ref])
    list(stock.select_for_update().filter(named).order_by("pk").values_list("pk"))


def _refuse_what_does_not_belong(item: dict[str, Any]) -> None:
    """Raise `ValidationError` for what is missing or has no meaning for the item's `op`."""
    op, refused = item["op"], {}
    if op == "create" and "id" in item:
        refused["id"] = ["A new advert has no id yet."]
    if op == "upsert" and ("id" in item or "stock_ref" not in item):
        refused["stock_ref"] = ["An upsert names its advert by stock_ref alone."]
    if op not in ("create", "upsert") and ("id" in item) == ("stock_ref" in item):
        refused["id"] = ["Name the advert by id or by stock_ref."]
    if op in LIFE and "listing" in item:
        refused["listing"] = [f"{op} writes no fields."]
    if op not in LIFE:
        refused |= {name: [f"Not for {op}."] for name in ("reason", "until") if name in item}
    elif op != "reserve" and "until" in item:
        refused["until"] = ["Only a reservation ends."]
    if refused:
        raise ValidationError(refused)


def _refused(index: int, sent: Any, refusal: Exception) -> dict[str, Any]:
    answer = exception_handler(refusal, {})
    problem: dict[str, Any] = dict(answer.data if answer and answer.data else {})
    ref = sent.get("stock_ref") if isinstance(sent, dict) else None
    return {
        "index": index,
        "status": problem["status"],
        "id": problem.get("id"),
        "stock_ref": ref if isinstance(ref, str) else None,
        "listing_status": None,
        "allowed_actions": [],
        "warnings": [],
        "problem": problem,
    }
