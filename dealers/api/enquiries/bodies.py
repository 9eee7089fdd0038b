"""What a dealer's system says of an enquiry."""

from typing import Any

from rest_framework import serializers

from dealers.enquiries import BODY_MAX
from listings.models import Enquiry
from marketplace.api.bodies import Body, StrictChoiceField, StrictTextField


class EnquiryProgress(Body):
    """How far the dealer is; what is left out stays as it is."""

    stage = StrictChoiceField(Enquiry.Stage.choices, required=False)
    lost_reason = StrictChoiceField(
        Enquiry.LostReason.choices,
        required=False,
        allow_null=True,
        help_text="A lost enquiry needs it, and no other has it.",
    )
    appointment_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When the buyer comes; an appointment needs it, and nothing else has it.",
    )
    note = StrictTextField(
        required=False,
        max_length=BODY_MAX,
        help_text="A text for the dealer's own people, kept beside those before it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("lost_reason", "") is None:
            attrs["lost_reason"] = ""
        return attrs
