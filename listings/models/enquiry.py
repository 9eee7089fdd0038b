"""A buyer's enquiry about a car, and what was written to and fro."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from listings.choices import Status
from listings.models.buyer import BuyerRecord
from listings.models.dealer_rows import RecordRows
from listings.models.fields import TransactionIdField
from listings.models.listing import Listing


class EnquiryRows(RecordRows["Enquiry"]):
    def with_record(self) -> Self:
        """Join who asks, what was agreed to, and the advert; tell whether a mail was refused."""
        refused = EnquiryMail.objects.filter(record=models.OuterRef("record")).refused()
        rows = self.select_related("record__consent", "listing")
        return rows.annotate(is_mail_refused=models.Exists(refused))


class Enquiry(models.Model):
    """What a buyer asked of a dealer, and how far the dealer is with it.

    Triggers write `revision`, also where its record or a message changes.
    """

    class Stage(models.TextChoices):
        NEW = "new", "New"
        ANSWERED = "answered", "Answered"
        APPOINTMENT = "appointment", "Appointment"
        WON = "won", "Won"
        LOST = "lost", "Lost"

    class LostReason(models.TextChoices):
        SOLD_TO_OTHER = "sold_to_other", "The car was sold to somebody else"
        BOUGHT_ELSEWHERE = "bought_elsewhere", "Bought elsewhere"
        PRICE = "price", "Price or part-exchange"
        FINANCE = "finance", "Finance"
        NO_ANSWER = "no_answer", "The buyer did not answer"
        NOT_GENUINE = "not_genuine", "Not a genuine enquiry"
        OTHER = "other", "Other"

    class PreferredContact(models.TextChoices):
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Telephone"
        EITHER = "either", "Either"

    record = models.OneToOneField(BuyerRecord, models.CASCADE, related_name="enquiry")
    listing = models.ForeignKey(Listing, models.SET_NULL, null=True, related_name="enquiries")
    branch = models.ForeignKey(
        "dealers.Branch", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    title = models.CharField(max_length=250, help_text="The car, as it was called at the time.")
    price = models.PositiveIntegerField(null=True, help_text="Whole pounds, as asked at the time.")
    car_status = models.CharField(
        max_length=9, choices=Status, db_default=Status.LIVE, help_text="Of the advert at the time."
    )
    message = models.TextField(blank=True)
    preferred_contact = models.CharField(
        max_length=6, choices=PreferredContact, default=PreferredContact.EITHER
    )
    part_exchange_vrm = models.CharField("part-exchange mark", max_length=7, blank=True)
    part_exchange_mileage = models.PositiveIntegerField(null=True)
    viewing_at = models.DateTimeField(null=True, help_text="When the buyer would like to come.")
    digest = models.CharField(
        max_length=64, help_text="Tells the same enquiry sent twice; empty once erased."
    )
    stage = models.CharField(max_length=11, choices=Stage, default=Stage.NEW)
    lost_reason = models.CharField(max_length=16, choices=LostReason, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    appointment_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True, help_text="When a person of the dealer read it.")
    answered_at = models.DateTimeField(null=True, help_text="When the dealer first answered.")
    closed_at = models.DateTimeField(null=True)
    revision = TransactionIdField()

    objects = EnquiryRows.as_manager()

    erased: ClassVar[Mapping[str, Any]] = {
        "message": "",
        "part_exchange_vrm": "",
        "part_exchange_mileage": None,
        "digest": "",
    }

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(stage="lost") | models.Q(lost_reason=""),
                name="only_lost_enquiries_have_a_reason",
            ),
        )
        indexes = (
            models.Index(fields=("revision", "id"), name="enquiry_revision"),
            models.Index(fields=("digest", "created_at"), name="enquiry_digest"),
        )
        verbose_name_plural = "enquiries"

    def __str__(self) -> str:
        return f"Enquiry {self.pk}: {self.title}"


class EnquiryMessage(models.Model):
    """What came after the enquiry: an answer, a note of the dealer's people, or a change."""

    class MessageKind(models.TextChoices):
        ANSWER = "answer", "Answer"
        NOTE = "note", "Note"
        CHANGE = "change", "Change"

    record = models.ForeignKey(BuyerRecord, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=6, choices=MessageKind)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    body = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, help_text="When its mail was handed over.")
    failed_at = models.DateTimeField(null=True, help_text="When its mail was refused for good.")

    objects = RecordRows["EnquiryMessage"].as_manager()

    erased: ClassVar[Mapping[str, Any]] = {"body": ""}

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class EnquiryMailRows(RecordRows["EnquiryMail"]):
    def refused(self) -> Self:
        """Mails to the dealer or its CRM of which an address is refused: the dealer's to mend."""
        buyer = EnquiryMail.Recipient.BUYER
        return self.filter(refused_at__isnull=False).exclude(recipient=buyer)


class EnquiryMail(models.Model):
    """A mail that an enquiry has to cause, and what became of it; it holds nobody's address."""

    class Recipient(models.TextChoices):
        DEALER = "dealer", "Dealer"
        CRM = "crm", "Dealer's CRM"
        BUYER = "buyer", "Buyer, as a receipt"

    record = models.ForeignKey(BuyerRecord, models.CASCADE, related_name="mails")
    recipient = models.CharField(max_length=6, choices=Recipient)
    sent_at = models.DateTimeField(null=True, help_text="When a mail server took it.")
    refused_at = models.DateTimeField(null=True, help_text="When its address was refused for good.")

    objects = EnquiryMailRows.as_manager()

    erased: ClassVar[Mapping[str, Any]] = {}

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("record", "recipient"), name="enquiry_is_mailed_once_to_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_recipient_display()}: mail {self.pk}"
