"""Numbers of the first page, each with the table that shows what it counted."""

from dataclasses import dataclass

from django.urls import reverse

OF_SHOWN = "status__exact=draft&status__exact=live"
"""The query of the stock table for what is on sale or is to be."""


@dataclass(frozen=True)
class HomeFigure:
    """A number, what it counts, and the query of the table that shows what it counted."""

    label: str
    shown: str
    icon: str
    query: str = ""
    table: str = "listings_listing"

    @property
    def url(self) -> str:
        return f"{reverse(f'dealer:{self.table}_changelist')}?{self.query}"


def shown_count(count: int) -> str:
    """Return a number as it is shown."""
    return f"{count:,}"


def stock_url(query: str) -> str:
    """Return the address of the stock table, narrowed."""
    return HomeFigure("", "", "", query).url
