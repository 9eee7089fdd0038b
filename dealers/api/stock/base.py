"""What every endpoint of the stock API has in common."""

from typing import Any

from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from dealers.api.keyed import KeyedView, version_headers
from dealers.api.keyed_writes import IDEMPOTENCY_KEY
from dealers.api.stock.life import etag
from dealers.api.stock.serializers import StockSerializer, WrittenSerializer
from dealers.api.stock.warnings import Oddity
from dealers.api.stock.writer import Writer
from listings.models import Listing
from listings.models.listing import ListingQuerySet
from marketplace.api.bodies import Body
from marketplace.api.preconditions import require_match

TAG = "stock"
ETAG, IF_MATCH = version_headers("advert")
CHANGE = [IDEMPOTENCY_KEY, IF_MATCH, ETAG]


class StockView(KeyedView):
    """The stock of the key's dealer, and of nobody else: every row is found through `stock`."""

    queryset = Listing.objects.none()
    serializer_class: Any = StockSerializer

    def stock(self) -> ListingQuerySet:
        return Listing.objects.for_dealer(self.key.dealer_id)

    def find(self, pk: int) -> Listing:
        rows = self.stock().with_card().prefetch_related("photos")
        return get_object_or_404(rows, pk=pk)

    def lock(self, pk: int) -> Listing:
        """Return an advert under its lock; raises `PreconditionFailed` for `If-Match`."""
        listing: Listing = get_object_or_404(self.stock().select_for_update(), pk=pk)
        require_match(self.request, etag(listing))
        return listing

    def read_body(self, body: type[Body]) -> dict[str, Any]:
        """Return what the body says; raises DRF's `ValidationError` with its fields."""
        read = body(data=self.request.data)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def writer(self) -> Writer:
        return Writer(self.key)

    def answer(self, pk: int) -> Response:
        """Return an advert as it is now."""
        listing = self.find(pk)
        serialized = StockSerializer(listing, context=self.get_serializer_context())
        return Response(serialized.data, headers={"ETag": etag(listing)})

    def written(self, pk: int, warnings: list[Oddity], *, is_new: bool = False) -> Response:
        """Return an advert that was just written."""
        listing = self.find(pk)
        vars(listing)["warnings"] = warnings
        context = self.get_serializer_context()
        shown = WrittenSerializer(listing, context=context).data
        headers = {"ETag": etag(listing)}
        if is_new:
            headers["Location"] = str(shown["url"])
        return Response(shown, 201 if is_new else 200, headers=headers)
