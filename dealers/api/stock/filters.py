"""The query parameters of a dealer's stock: those of the public search, and what only it has."""

from django import forms

from listings.api.filters import ListingFilterSet
from listings.api.parameters import PAGING, SORT_NAMES
from listings.choices import Status
from listings.search.fields import SEVERAL_MAX
from listings.search.ordering import SortKey
from marketplace.api.filters import ParameterFilter
from marketplace.api.parameters import ChoiceParameter, ListParameter, PatternParameter

SORT_KEYS = {
    "price": SortKey("price", is_nullable=True),
    "mileage": SortKey("mileage"),
    "year": SortKey("year"),
    "newest": SortKey("created_at", is_highest_first=True, is_time=True),
}
DEFAULT_ORDERING = ["newest"]
ORDERING_VALUES = tuple(f"{sign}{name}" for name in SORT_KEYS for sign in ("", "-"))


class StockFilterSet(ListingFilterSet):
    """The filters of the search, over adverts of every status; wishes order buyers' lists alone."""

    prefer = None

    status = ParameterFilter(
        ListParameter,
        "status",
        "in",
        item=ChoiceParameter(values=Status.values),
        count_max=len(Status.values),
        also=("state",),
        description="Statuses; all of them unless told otherwise.",
    )
    stock_ref = ParameterFilter(
        ListParameter,
        "stock_ref",
        "in",
        item=PatternParameter(pattern=r"^[^,\x00-\x1f]+$", length_max=64),
        count_max=SEVERAL_MAX,
        also=("reference", "stock_number", "stock_id"),
        description="Your own names of the cars.",
    )


STOCK_PAGING: dict[str, forms.Field] = {
    **PAGING,
    "ordering": ListParameter(
        item=ChoiceParameter(values=ORDERING_VALUES),
        count_max=len(ORDERING_VALUES),
        also=SORT_NAMES,
        description="What to sort by, first to last, `-` for the reverse; "
        f"`{','.join(DEFAULT_ORDERING)}`, by when the advert was made, unless told otherwise. "
        "Adverts priced on application come last by price. The id settles what is still equal.",
    ),
}
