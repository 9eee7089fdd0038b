"""The query parameters of a dealer's enquiries."""

from listings.models import Enquiry
from listings.search.fields import SEVERAL_MAX
from marketplace.api.filters import ParameterFilter, ParameterFilterSet
from marketplace.api.parameters import (
    ChoiceParameter,
    DateTimeParameter,
    IntegerParameter,
    ListParameter,
)

ID_MAX = 2**63 - 1


class EnquiryFilterSet(ParameterFilterSet):
    """Finds enquiries by how far they are, when they came, and what they are about."""

    stage = ParameterFilter(
        ListParameter,
        "stage",
        "in",
        item=ChoiceParameter(values=Enquiry.Stage.values),
        count_max=len(Enquiry.Stage.values),
        also=("state", "status"),
        description="Only enquiries in these stages.",
    )
    since = ParameterFilter(
        DateTimeParameter,
        "created_at",
        "gte",
        also=("after", "from", "created_after", "created_at"),
        description="Only enquiries that came at this time or later.",
    )
    branch = ParameterFilter(
        ListParameter,
        "branch",
        "in",
        item=IntegerParameter(low=1, high=ID_MAX),
        count_max=SEVERAL_MAX,
        also=("branches", "branch_id"),
        description="Ids of branches at which the cars stood.",
    )
    listing = ParameterFilter(
        ListParameter,
        "listing",
        "in",
        item=IntegerParameter(low=1, high=ID_MAX),
        count_max=SEVERAL_MAX,
        also=("advert", "listing_id", "car"),
        description="Ids of adverts.",
    )
