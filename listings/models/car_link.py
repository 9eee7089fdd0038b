"""Which adverts are of one physical car, and what tells so."""

from collections.abc import Collection

from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from listings.choices import Status
from listings.models.conditions import DRAFT_SQL, RUNNING, RUNNING_SQL, in_status
from listings.models.dealer_rows import ListingRows
from listings.models.listing import Listing, ListingQuerySet

LINKED_JOIN = (
    "LEFT JOIN listings_carlink link ON link.listing_id = listing.id"
    " LEFT JOIN listings_listing first ON first.id = link.car"
)
CAR_SQL = "coalesce(link.car, listing.id)"
"""The car's number, behind `LINKED_JOIN`."""

CAR_NAME_SQL = "coalesce(first.vrm, listing.vrm, first.vin, listing.vin)"
"""What a car is called, the same in all its adverts: its mark, else its VIN, else null."""


class CarClue(models.Model):
    """Something that tells which car an advert is of, as a number that tells nothing else.

    `listings.physical_cars` writes it: a seeded hash of a registration mark, of a VIN, or of a
    photo that buyers see: of the file that was fetched, and of what is to be seen on it. It
    outlives its advert until the job that follows the changes has looked at whoever shared it.
    """

    class ClueKind(models.IntegerChoices):
        VIN = 1, "VIN"
        VRM = 2, "Registration mark"
        PHOTO = 3, "Photo"
        PICTURE = 4, "Picture"

    listing = models.ForeignKey(
        Listing, models.DO_NOTHING, related_name="car_clues", db_constraint=False
    )
    kind = models.PositiveSmallIntegerField(choices=ClueKind)
    number = models.BigIntegerField()

    objects = ListingRows["CarClue"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("number", "listing"), name="advert_has_a_clue_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of advert {self.listing_id}"


class CarLink(models.Model):
    """An advert whose car has other adverts; `car` is the same number for all of them.

    It is the id of one of them: the oldest of those with a mark, else with a VIN, else of all.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="car_link", db_constraint=False
    )
    car = models.BigIntegerField(db_index=True)

    objects = ListingRows["CarLink"].as_manager()

    class Meta:
        verbose_name = "physical car"

    def __str__(self) -> str:
        return f"Advert {self.listing_id} of car {self.car}"


AT_HAND = RUNNING | in_status(Status.DRAFT)
"""What a dealer has at hand: a car that it sold, or let run out, may well be back."""


_AT_HAND_SQL = f"(({RUNNING_SQL}) OR {DRAFT_SQL})"
_OTHER = """
    SELECT one.id AS one_id, listing.id FROM listings_listing AS one
    {join} JOIN listings_listing AS listing ON {same}
    WHERE one.id = ANY(%(ids)s) AND listing.dealer_id = one.dealer_id AND listing.id <> one.id
        AND {at_hand}
"""
_LINKS = """
    JOIN listings_carlink AS own ON own.listing_id = one.id
    JOIN listings_carlink AS link ON link.car = own.car
"""
_OWN_DUPLICATES = "SELECT one_id, min(id) FROM ({}) AS found GROUP BY one_id".format(  # noqa: S608 - ours
    " UNION ALL ".join(
        _OTHER.format(join=join, same=same, at_hand=_AT_HAND_SQL)
        for join, same in (
            ("", "listing.vin = one.vin"),
            ("", "listing.vrm = one.vrm AND (listing.vin IS NULL OR one.vin IS NULL)"),
            (_LINKS, "listing.id = link.listing_id"),
        )
    )
)


def is_twice() -> Q:
    """Return the condition of adverts whose dealer has the same car at hand in another advert.

    The others are found by the car, and each one's dealer by its id: as a join it would be the
    planner's to begin with all adverts of the dealer, for each advert of the dealer.
    """
    dealer = Listing.objects.filter(AT_HAND, pk=OuterRef("listing_id")).values("dealer")
    others = CarLink.objects.filter(car=OuterRef("car_link__car")).exclude(listing=OuterRef("pk"))
    own = others.annotate(dealer=Subquery(dealer)).filter(dealer=OuterRef("dealer"))
    return AT_HAND & Q(Exists(own))


def adverts_of_car(listing_id: int) -> ListingQuerySet:
    """Return the other adverts of an advert's physical car, whoever's they are: for staff."""
    own = CarLink.objects.filter(listing=listing_id).values("car")
    linked: ListingQuerySet = Listing.objects.filter(car_link__car__in=own)
    return linked.exclude(pk=listing_id)


def also_listed(listing: Listing) -> ListingQuerySet:
    """Return those that buyers see of other dealers, cheapest first."""
    others = adverts_of_car(listing.pk).public().exclude(dealer=listing.dealer_id)
    return others.order_by(F("price").asc(nulls_last=True), "pk")


def own_duplicates(listing: Listing) -> ListingQuerySet:
    """Return the adverts of the same car that the same dealer has at hand."""
    return adverts_of_car(listing.pk).filter(AT_HAND, dealer=listing.dealer_id).order_by("pk")


def own_duplicates_now(ids: Collection[int]) -> dict[int, int]:
    """Return for adverts just written another of the same dealer's of the same car, if there is.

    Names are compared as they are, for the links follow a while later.
    """
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_OWN_DUPLICATES, {"ids": list(ids)})
        return dict(cursor.fetchall())
