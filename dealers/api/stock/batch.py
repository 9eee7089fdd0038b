"""Many writes in one request, each on its own: one that is refused stops no other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from psycopg.errors import LockNotAvailable
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.keyed_writes import WRITE
from dealers.api.stock.base import TAG, StockView
from dealers.api.stock.bodies import NewStock, StockFields
from dealers.api.stock.life import OFFERED, offered_actions
from dealers.api.stock.serializers import AllowedActionsField, WarningSerializer
from dealers.api.stock.waves import Present, waves
from dealers.api.stock.writer import Writer, Written
from listings.adverts import Action
from listings.choices import Status
from listings.exceptions import ListingNotFound
from listings.models.listing import ListingQuerySet
from marketplace.api.bodies import Body, StrictChoiceField, StrictIntegerField, StrictTextField
from marketplace.api.idempotency import once_per_key
from marketplace.api.problem import exception_handler
from marketplace.errors import DomainError

ITEMS_MAX = 1_000
ID_MAX = 2**63 - 1
LIFE = tuple(action.value for action in OFFERED)
REFUSALS = (DomainError, APIException, Http404)

Item = dict[str, Any]
"""What `ItemBody` reads."""


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
    until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When a reservation ends."
    )


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
    """Up to a thousand writes; with an `Idempotency-Key` all are kept or none."""

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
        batch = Batch(self.stock(), self.writer())
        return Response({"results": batch.results(_items(request.data))})


class Batch:
    """Does items in sets, as far as their order allows."""

    def __init__(self, stock: ListingQuerySet, writer: Writer) -> None:
        self._stock, self._writer = stock, writer
        self._item, self._change, self._new = ItemBody(), StockFields(), NewStock()
        self._outcomes: dict[int, Written | Exception] = {}
        self._busy: OperationalError | None = None
        self._held = set[int]()

    def results(self, sent: Sequence[Any]) -> list[dict[str, Any]]:
        """Return what became of each item, as `ResultSerializer` describes it.

        Each wave is a transaction. Adverts that somebody else holds are waited for once in a
        batch, and then told to be busy. Where the database fails otherwise, what was done before
        stands and is told; the rest is not tried. Within a transaction nothing stands.
        """
        items, failed = self._read(sent), None
        try:
            for wave in waves(items, self._present(items)):
                self._do_or_wait_once({place: items[place] for place in wave})
        except OperationalError as failure:
            if connection.in_atomic_block:
                raise
            failed = failure
        return [self._result(*each, failed) for each in enumerate(sent)]

    def _do_or_wait_once(self, items: Mapping[int, Item]) -> None:
        try:
            self._do_whole(items)
        except OperationalError as failure:
            is_lock = isinstance(failure.__cause__, LockNotAvailable)
            if self._busy or not is_lock or connection.in_atomic_block:
                raise
            self._busy = failure
            self._do_whole(items)

    def _do_whole(self, items: Mapping[int, Item]) -> None:
        before = dict(self._outcomes)
        try:
            with transaction.atomic():
                self._do(items)
        except OperationalError:
            self._outcomes = before
            raise

    def _read(self, sent: Sequence[Any]) -> dict[int, Item]:
        items = {}
        for place, each in enumerate(sent):
            try:
                items[place] = self._item.run_validation(each)
                _refuse_what_does_not_belong(items[place])
            except REFUSALS as refusal:
                items.pop(place, None)
                self._outcomes[place] = refusal
        return items

    def _present(self, items: Mapping[int, Item]) -> list[Present]:
        """Return the adverts that items name, locked where locks last, against deadlock."""
        rows = self._named(items)
        if connection.in_atomic_block:
            rows = rows.select_for_update(no_key=True)
        return [Present(*each) for each in rows.values_list("pk", "stock_ref", "vrm")]

    def _named(self, items: Mapping[int, Item]) -> ListingQuerySet:
        ids = [item["id"] for item in items.values() if "id" in item]
        refs = [item["stock_ref"] for item in items.values() if "stock_ref" in item]
        return self._stock.filter(Q(pk__in=ids) | Q(stock_ref__in=refs)).order_by("pk")

    def _do(self, items: Mapping[int, Item]) -> None:
        """Do items of which none touches what another does."""
        known = self._locked(items)
        named = {ref: pk for pk, ref in known.items() if ref is not None}
        new: dict[int, Item] = {}
        edits: dict[int, tuple[int, Item]] = {}
        acts: dict[tuple[Any, ...], dict[int, int]] = defaultdict(dict)
        for place, item in items.items():
            pk = item["id"] if "id" in item else named.get(item.get("stock_ref", ""))
            if item["op"] == "create" or (item["op"] == "upsert" and pk is None):
                new[place] = item
            elif pk in self._held and self._busy:
                self._outcomes[place] = self._busy
            elif pk not in known:
                self._outcomes[place] = ListingNotFound(ListingNotFound.words)
            elif item["op"] in LIFE:
                acts[item["op"], item.get("reason", ""), item.get("until")][pk] = place
            else:
                edits[pk] = (place, item)
        self._create(new)
        self._edit(edits)
        for (op, reason, until), places in acts.items():
            done = self._writer.act_on_all(list(places), Action(op), reason, until)
            self._outcomes |= {places[pk]: outcome for pk, outcome in done.items()}

    def _locked(self, items: Mapping[int, Item]) -> dict[int, str | None]:
        """Lock the adverts that items name; return their references, also of those `_held`."""
        rows = self._named(items).values_list("pk", "stock_ref")
        if not self._busy:
            return dict(rows.select_for_update(no_key=True))
        known = dict(rows)
        free = dict(rows.select_for_update(no_key=True, skip_locked=True))
        self._held |= known.keys() - free.keys()
        return known | free

    def _create(self, items: Mapping[int, Item]) -> None:
        bodies = {}
        for place, item in items.items():
            named = {"stock_ref": item["stock_ref"]} if "stock_ref" in item else {}
            try:
                bodies[place] = {**named, **self._new.run_validation(item.get("listing", {}))}
            except REFUSALS as refusal:
                self._outcomes[place] = refusal
        self._outcomes |= zip(bodies, self._writer.create_all(list(bodies.values())), strict=True)

    def _edit(self, items: Mapping[int, tuple[int, Item]]) -> None:
        bodies = {}
        for pk, (place, item) in items.items():
            try:
                bodies[pk] = self._change.run_validation(item.get("listing", {}))
            except REFUSALS as refusal:
                self._outcomes[place] = refusal
        for pk, outcome in self._writer.change_all(bodies).items():
            self._outcomes[items[pk][0]] = outcome

    def _result(self, index: int, sent: Any, failure: Exception | None) -> dict[str, Any]:
        outcome = self._outcomes.get(index, failure)
        if not isinstance(outcome, Written):
            return _refused(index, sent, outcome or RuntimeError("not done"))
        row = outcome.row
        return {
            "index": index,
            "status": 201 if outcome.is_new else 200,
            "id": row.pk,
            "stock_ref": row.stock_ref,
            "listing_status": row.status,
            "allowed_actions": offered_actions(row),
            "warnings": [each._asdict() for each in outcome.warnings],
            "problem": None,
        }


def _items(body: Any) -> Sequence[Any]:
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or set(body) != {"items"}:
        raise ValidationError({"items": ["Send an object with a list named items, nothing else."]})
    if not 1 <= len(items) <= ITEMS_MAX:
        raise ValidationError({"items": [f"From 1 to {ITEMS_MAX:,} items, not {len(items):,}."]})
    return items


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
