"""Enquiries as a dealer's system reads them: the person only as long as the consent stands."""

from typing import Any

from rest_framework import serializers

from listings.buyers.ledger import NOBODY
from listings.models import BuyerRecord, Enquiry

PERSONAL = {**NOBODY, **Enquiry.erased, "viewing_at": None}
"""What nothing is told of once a consent is withdrawn, and what stands in its place."""


class EnquiryConsentSerializer(serializers.Serializer):
    """What the buyer agreed to."""

    version = serializers.IntegerField()
    words = serializers.CharField()


class EnquirySerializer(serializers.ModelSerializer):
    """An enquiry, its car as it was then, and how far the dealer is with it."""

    stock_ref = serializers.CharField(
        source="listing.stock_ref",
        default=None,
        allow_null=True,
        help_text="The dealer's own name for the car, as the advert has it now.",
    )
    name = serializers.CharField(source="record.name")
    email = serializers.CharField(source="record.email")
    phone = serializers.CharField(source="record.phone")
    page = serializers.CharField(source="record.page", help_text="Where it was written.")
    placement = serializers.CharField(source="record.placement")
    campaign = serializers.CharField(source="record.campaign")
    consent = EnquiryConsentSerializer(source="record.consent", allow_null=True)
    consented_at = serializers.DateTimeField(source="record.consented_at", allow_null=True)
    mail_refused = serializers.BooleanField(
        source="is_mail_refused",
        help_text="Whether an address that enquiries are mailed to was refused for good.",
    )
    withdrawn_at = serializers.DateTimeField(
        source="record.withdrawn_at",
        allow_null=True,
        help_text="When the buyer withdrew it: nothing of the person is told any more; delete "
        "what you hold.",
    )
    erased_at = serializers.DateTimeField(
        source="record.erased_at",
        allow_null=True,
        help_text="When the buyer erased it: nothing of the person is kept here either.",
    )

    lost_reason = serializers.ChoiceField(
        Enquiry.LostReason.choices,
        allow_blank=True,
        help_text="Why the sale was lost; empty where it was not.",
    )

    class Meta:
        model = Enquiry
        fields = (
            *("id", "created_at", "listing", "stock_ref", "branch", "title", "price"),
            *("car_status", "name", "email", "phone", "preferred_contact", "message"),
            *("part_exchange_vrm", "part_exchange_mileage", "viewing_at"),
            *("page", "placement", "campaign", "consent", "consented_at"),
            *("stage", "lost_reason", "opened_at", "answered_at", "appointment_at", "closed_at"),
            *("mail_refused", "withdrawn_at", "erased_at"),
        )
        read_only_fields = fields

    def to_representation(self, instance: Enquiry) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if instance.record.is_in_force:
            return shown
        return {**shown, **{name: PERSONAL[name] for name in shown if name in PERSONAL}}


class EnquiryPageSerializer(serializers.Serializer):
    """A page of enquiries, newest first."""

    results = EnquirySerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")
    next_cursor = serializers.CharField(allow_null=True)


class EnquiryChangeSerializer(serializers.Serializer):
    """What has become of an enquiry."""

    id = serializers.IntegerField(help_text="Number of the enquiry.")
    kind = serializers.ChoiceField(
        ("upsert", "withdrawn", "erased"),
        help_text="`upsert`: keep `enquiry` in place of what you hold. Else the buyer took it "
        "back: delete what you hold of the person.",
    )
    enquiry = EnquirySerializer(allow_null=True, help_text="Null unless `kind` is `upsert`.")


class EnquiryChangePageSerializer(serializers.Serializer):
    """A page of changed enquiries, in the order to apply them."""

    results = EnquiryChangeSerializer(many=True)
    has_more = serializers.BooleanField(help_text="Whether the next page is there to read now.")
    after = serializers.CharField(help_text="What to ask for next: now, or when you poll again.")
    next = serializers.URLField(help_text="The address of the page after this.")


def changed(id_: int, enquiry: Enquiry | None) -> dict[str, Any]:
    """Return the members of `EnquiryChangeSerializer`."""
    kind = _kind(enquiry.record) if enquiry else "erased"
    return {"id": id_, "kind": kind, "enquiry": enquiry if kind == "upsert" else None}


def _kind(record: BuyerRecord) -> str:
    if record.erased_at is not None:
        return "erased"
    return "upsert" if record.withdrawn_at is None else "withdrawn"
