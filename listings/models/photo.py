"""Photographs of the car, and the addresses they are fetched from."""

from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from listings.models.dealer_rows import DealerRows, ListingRows
from listings.models.listing import Listing

PHOTO_URL_CHARACTERS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class PhotoSize:
    """A photograph in one width; `jpeg` and `webp` are names in the default storage."""

    width: int
    height: int
    jpeg: str
    webp: str


def photo_sizes(image: str, widths: list[int], full: tuple[int, int]) -> tuple[PhotoSize, ...]:
    """Return the sizes of a picture, `image` being the JPEG of the largest, of `full` pixels.

    Only the widths are kept in the database: names and heights follow from them.
    """
    stem = image.rpartition("-")[0]
    width_max, height_max = full
    return tuple(
        PhotoSize(
            width,
            max(1, round(width * height_max / width_max)),
            f"{stem}-{width}.jpg",
            f"{stem}-{width}.webp",
        )
        for width in widths
    )


class PhotoSourceQuerySet(ListingRows["PhotoSource"]):
    def wanted(self) -> "PhotoSourceQuerySet":
        """Leave out those that are on their advert's list no more."""
        return self.exclude(state=PhotoSource.FetchState.SUPERSEDED)


class PhotoSource(models.Model):
    """An address that a photograph of an advert comes from, and how far its fetching is."""

    class FetchState(models.TextChoices):
        PENDING = "pending", "Pending"
        FETCHED = "fetched", "Fetched"
        FAILED = "failed", "Failed"
        REMOVED = "removed", "Removed by a person"
        SUPERSEDED = "superseded", "Kept until its successor is there"

    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="photo_sources", db_index=False
    )
    url = models.CharField(max_length=PHOTO_URL_CHARACTERS_MAX)
    host = models.CharField(max_length=260)
    place = models.PositiveSmallIntegerField(help_text="On the list; 0 is the first.")
    state = models.CharField(max_length=10, choices=FetchState, db_default=FetchState.PENDING)
    reason = models.CharField(max_length=200, blank=True, db_default="", help_text="Of a failure.")
    etag = models.CharField(max_length=255, blank=True, db_default="")
    last_modified = models.CharField(max_length=64, blank=True, db_default="")
    digest = models.CharField(max_length=64, blank=True, db_default="")
    attempts = models.PositiveSmallIntegerField(db_default=0, help_text="Since the last success.")
    next_attempt_at = models.DateTimeField(null=True, db_default=Now())
    fetched_at = models.DateTimeField(null=True)

    objects = PhotoSourceQuerySet.as_manager()

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(
                fields=("listing", "url"), name="photo_url_is_unique_in_listing"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("pending", "fetched", "failed", "removed", "superseded")),
                name="photo_source_state_is_known",
            ),
        )
        indexes = (
            models.Index(
                fields=("host", "next_attempt_at"),
                condition=Q(next_attempt_at__isnull=False),
                name="photo_source_due_by_host",
            ),
        )

    def __str__(self) -> str:
        return f"Photo {self.place + 1} from {self.host}"


class Photo(models.Model):
    """A photograph; position 0 is the cover. What is stored was written anew, pixel by pixel."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="photos", db_index=False)
    image = models.FileField(upload_to="photos/", help_text="The JPEG of the largest size.")
    width = models.PositiveIntegerField(editable=False, help_text="Pixels.")
    height = models.PositiveIntegerField(editable=False, help_text="Pixels.")
    widths = ArrayField(
        models.PositiveSmallIntegerField(),
        editable=False,
        db_default=[],
        help_text="Of every size, smallest first; empty where there is but the image.",
    )
    position = models.PositiveSmallIntegerField()
    difference_hash = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="0 where the picture tells nothing; empty until it is worked out.",
    )
    source = models.OneToOneField(
        PhotoSource,
        models.CASCADE,
        null=True,
        editable=False,
        related_name="photo",
        help_text="Empty where a person uploaded it.",
    )
    uploaded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ListingRows["Photo"].as_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("listing", "position"),
                deferrable=models.Deferrable.DEFERRED,
                name="photo_position_is_unique_in_listing",
            ),
        )
        indexes = (
            models.Index(
                fields=("id",),
                condition=Q(difference_hash__isnull=True),
                name="photo_without_hash",
            ),
        )

    def __str__(self) -> str:
        return f"Photo {self.position + 1}"

    def sizes(self) -> tuple[PhotoSize, ...]:
        """Return every size, smallest first."""
        return photo_sizes(str(self.image), self.widths, (self.width, self.height))

    def url_for(self, width: int) -> str:
        """Return the address of the smallest JPEG of at least this width, or of the largest."""
        wide_enough = (size.jpeg for size in self.sizes() if size.width >= width)
        return str(self.image.storage.url(next(wide_enough, str(self.image))))


class ReplacedPhotoList(models.Model):
    """The addresses of an advert's photos before a change set, for as long as it can be undone.

    `digest` tells the list that the change set made of it from later ones.
    """

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+")
    change_set_id = models.BigIntegerField()
    urls = models.JSONField()
    digest = models.CharField(max_length=32, null=True)
    replaced_at = models.DateTimeField(db_default=Now())

    objects = ListingRows["ReplacedPhotoList"].as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("change_set_id", "listing"), name="photo_list_of_change_set"),
            models.Index(fields=("replaced_at",), name="photo_list_by_age"),
        )

    def __str__(self) -> str:
        return f"Photos of advert {self.listing_id}"


class PhotoOriginalQuerySet(DealerRows["PhotoOriginal"]):
    dealer_path = "photo__listing__dealer"


class PhotoOriginal(models.Model):
    """An upload as it came, kept out of anybody's reach until a worker has made the sizes of it."""

    photo = models.OneToOneField(
        Photo, models.CASCADE, primary_key=True, related_name="original", editable=False
    )
    content = models.BinaryField()
    attempts = models.PositiveSmallIntegerField(db_default=0)
    next_attempt_at = models.DateTimeField(
        null=True, db_default=Now(), help_text="Empty where it was tried too often."
    )

    objects = PhotoOriginalQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Original of photo {self.pk}"


class DiscardedPhoto(models.Model):
    """Files that no photograph shows, or not yet, to be deleted when they are due."""

    image = models.CharField(max_length=100)
    widths = ArrayField(models.PositiveSmallIntegerField(), db_default=[])
    due_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.image

    def names(self) -> tuple[str, ...]:
        """Return the names of its files in the default storage."""
        sizes = photo_sizes(self.image, self.widths, (1, 1))
        return tuple({self.image, *(name for size in sizes for name in (size.jpeg, size.webp))})
