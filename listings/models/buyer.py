"""What buyers leave: who, why and until when; and the words they agreed to."""

from django.db import models
from django.db.models.functions import Lower, Now

from listings.models.dealer_rows import DealerRows


class ConsentWording(models.Model):
    """Words that were shown to somebody who agreed to them, kept as they were shown."""

    purpose = models.CharField(max_length=20)
    version = models.PositiveIntegerField(help_text="Counts the wordings of a purpose.")
    words = models.TextField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the words, in hexadecimal.")
    first_shown_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("purpose", "version"), name="wording_has_one_version"),
            models.UniqueConstraint(fields=("purpose", "digest"), name="wording_is_kept_once"),
        )

    def __str__(self) -> str:
        return f"{self.purpose}, version {self.version}"


class BuyerRecord(models.Model):
    """One thing that a person left: the ledger of personal data.

    Who the person is stands here and nowhere else. What was left for the purpose hangs from here
    by a key named `record`: erasing a record blanks both. A row without `dealer` was left for the
    marketplace alone.
    """

    class RecordKind(models.TextChoices):
        ENQUIRY = "enquiry", "Enquiry"
        RESERVATION = "reservation", "Reservation"
        SAVED_SEARCH = "saved_search", "Saved search"
        REPORT = "report", "Report of an advert"
        PRIVACY = "privacy", "Question about privacy"

    kind = models.CharField(max_length=12, choices=RecordKind)
    dealer = models.ForeignKey(
        "dealers.Dealer", models.CASCADE, null=True, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    consent = models.ForeignKey(
        ConsentWording, models.PROTECT, null=True, related_name="+", db_index=False
    )
    consented_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True, help_text="When the consent was withdrawn.")
    confirmed_at = models.DateTimeField(
        null=True, help_text="When the address was proved by a mailed link."
    )
    page = models.CharField(max_length=200, blank=True, help_text="Path it was left at.")
    placement = models.CharField(max_length=64, blank=True)
    campaign = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    kept_until = models.DateTimeField()
    kept_because = models.CharField(
        max_length=300,
        blank=True,
        help_text="Why it outlives its end and a wish to erase: a complaint.",
    )
    erased_at = models.DateTimeField(null=True)

    objects = DealerRows["BuyerRecord"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True)
                | models.Q(name="", email="", phone="", page="", campaign=""),
                name="erased_record_names_nobody",
            ),
        )
        indexes = (
            models.Index(fields=("dealer", "kind", "id"), name="record_of_dealer"),
            models.Index(Lower("email"), name="record_of_email", condition=~models.Q(email="")),
            models.Index(
                fields=("kept_until",),
                name="record_to_erase",
                condition=models.Q(erased_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_in_force(self) -> bool:
        """Whether what was left may still be used for what it was left for."""
        return self.erased_at is None and self.withdrawn_at is None
