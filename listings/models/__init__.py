"""The advert and what belongs to it."""

from listings.models.catalogue import Make, MakeAlias, Model, ModelAlias
from listings.models.change import ChangeFeed, ListingTombstone
from listings.models.dealer_rows import DealerRows, ListingRows
from listings.models.event import ChangeSet, ListingEvent
from listings.models.listing import Listing
from listings.models.outcode import Outcode
from listings.models.photo import DiscardedPhoto, Photo, PhotoOriginal, PhotoSize, PhotoSource
from listings.models.placement import PlacementDay
from listings.models.price import PriceChange, PricePlan, PriceSchedule

__all__ = [
    "ChangeFeed",
    "ChangeSet",
    "DealerRows",
    "DiscardedPhoto",
    "Listing",
    "ListingEvent",
    "ListingRows",
    "ListingTombstone",
    "Make",
    "MakeAlias",
    "Model",
    "ModelAlias",
    "Outcode",
    "Photo",
    "PhotoOriginal",
    "PhotoSize",
    "PhotoSource",
    "PlacementDay",
    "PriceChange",
    "PricePlan",
    "PriceSchedule",
]
