"""The advert and what belongs to it."""

from listings.models.alert_ledger import AlertLedgerEntry
from listings.models.audience import AdvertDay, AdvertReport, AdvertSignal
from listings.models.buyer import BuyerRecord, ConsentWording
from listings.models.car_link import CarClue, CarLink
from listings.models.catalogue import Make, MakeAlias, Model, ModelAlias
from listings.models.change import ChangeFeed, ChangesFollower, ListingTombstone
from listings.models.dealer_rows import DealerRows, ListingRows
from listings.models.enquiry import Enquiry, EnquiryMail, EnquiryMessage
from listings.models.event import ChangeSet, ListingEvent
from listings.models.former_name import FormerName
from listings.models.listing import Listing
from listings.models.market import MarketWeek
from listings.models.market_cars import AskingPrice, AskingPriceTable, MarketCars
from listings.models.outcode import Outcode
from listings.models.packed_prices import PackedPrices
from listings.models.photo import (
    DiscardedPhoto,
    Photo,
    PhotoOriginal,
    PhotoSize,
    PhotoSource,
    ReplacedPhotoList,
)
from listings.models.placement import PlacementDay
from listings.models.price import PriceChange, PricePlan, PriceSchedule
from listings.models.privacy import NamedText, PrivacyRequest
from listings.models.rejection import RejectionNotice
from listings.models.reservation import Reservation, Sale
from listings.models.saved_search import (
    AlertMail,
    AlertQueue,
    SavedCar,
    SavedSearch,
)
from listings.models.syndication import SyndicationLink
from listings.models.value import ListingValue, MarketFit, ValueHistory
from listings.models.vehicle_record import VehicleAnswer, VehicleMismatch
from listings.models.words import ListingWords

__all__ = [
    "AdvertDay",
    "AdvertReport",
    "AdvertSignal",
    "AlertLedgerEntry",
    "AlertMail",
    "AlertQueue",
    "AskingPrice",
    "AskingPriceTable",
    "BuyerRecord",
    "CarClue",
    "CarLink",
    "ChangeFeed",
    "ChangeSet",
    "ChangesFollower",
    "ConsentWording",
    "DealerRows",
    "DiscardedPhoto",
    "Enquiry",
    "EnquiryMail",
    "EnquiryMessage",
    "FormerName",
    "Listing",
    "ListingEvent",
    "ListingRows",
    "ListingTombstone",
    "ListingValue",
    "ListingWords",
    "Make",
    "MakeAlias",
    "MarketCars",
    "MarketFit",
    "MarketWeek",
    "Model",
    "ModelAlias",
    "NamedText",
    "Outcode",
    "PackedPrices",
    "Photo",
    "PhotoOriginal",
    "PhotoSize",
    "PhotoSource",
    "PlacementDay",
    "PriceChange",
    "PricePlan",
    "PriceSchedule",
    "PrivacyRequest",
    "RejectionNotice",
    "ReplacedPhotoList",
    "Reservation",
    "Sale",
    "SavedCar",
    "SavedSearch",
    "SyndicationLink",
    "ValueHistory",
    "VehicleAnswer",
    "VehicleMismatch",
]
