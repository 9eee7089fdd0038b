"""The life of an advert, as addresses: publish, renew, reserve, release, sell, withdraw."""

from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.stock.base import CHANGE, TAG, StockView
from dealers.api.stock.bodies import Hold, Remark, SaleBody
from dealers.api.stock.serializers import StockSerializer
from listings.adverts import Action
from listings.adverts.sales import SaleTerms, record_sale
from marketplace.api.bodies import Body
from marketplace.api.idempotency import once_per_key

REFUSALS = {"404": "ListingNotFound", "409": "NotAllowed", "412": "PreconditionFailed"}
SALE = ("sold_on", "price", "buyer", "channel")


class StockActionView(StockView):
    """One verb; what the advert's status does not allow is a 409 with what it does."""

    http_method_names = ["post"]
    verb: ClassVar[Action]
    body: ClassVar[type[Body]] = Remark

    @once_per_key
    @transaction.atomic
    def post(self, request: Request, pk: int) -> Response:
        listing = self.lock(pk)
        said: dict[str, Any] = self.read_body(self.body)
        sale = {name: said.pop(name) for name in SALE if name in said}
        self.writer().act(listing, self.verb, **said)
        if self.verb == Action.SELL:
            terms = SaleTerms(**{name: value for name, value in sale.items() if value is not None})
            record_sale(listing_id=pk, terms=terms, actor_id=None)
        return self.answer(pk)


def _view(verb: Action, summary: str, body: type[Body] = Remark) -> type[StockActionView]:
    refusals = {**REFUSALS, "400": "BadSale" if verb == Action.SELL else "BadLiveAdvert"}
    members = {"verb": verb, "body": body, "write_refusals": refusals, "__doc__": f"{summary}."}
    view = type(f"{verb.capitalize()}View", (StockActionView,), members)
    described = extend_schema(
        operation_id=f"{verb}Stock",
        summary=summary,
        tags=[TAG],
        parameters=CHANGE,
        request=body,
        responses=StockSerializer,
    )
    return extend_schema_view(post=described)(view)


ACTION_VIEWS = {
    Action.PUBLISH: _view(Action.PUBLISH, "Put an advert before buyers"),
    Action.RENEW: _view(Action.RENEW, "Let an advert run for another full lifetime"),
    Action.RESERVE: _view(Action.RESERVE, "Hold a car for somebody", Hold),
    Action.RELEASE: _view(Action.RELEASE, "End a reservation"),
    Action.SELL: _view(Action.SELL, "Mark a car sold", SaleBody),
    Action.WITHDRAW: _view(Action.WITHDRAW, "Take an advert down for a while"),
}
