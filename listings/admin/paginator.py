"""Pages of tables with millions of rows."""

from typing import cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from unfold.forms import PaginationInlineFormSet

_DIGITS_MAX = 19


class BoundedPaginator(Paginator):
    """Counts no further than `count_max` rows: past that, a person narrows the list instead."""

    count_max = 10_000
    template_name = "admin/pagination_bounded.html"

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet", self.object_list)
        return rows.order_by()[: self.count_max].count()

    @property
    def is_counted(self) -> bool:
        """Whether `count` is how many there are, and not where counting stopped."""
        return self.count < self.count_max


class PagedFormSet(PaginationInlineFormSet):
    """Rows inside a page, some at a time; what is no number of a page is the first."""

    def get_page_num(self) -> int:
        key = self.get_pagination_key()
        text = self.request.GET.get(key) or self.request.POST.get(key) or ""
        return max(1, int(text)) if text.isdecimal() and len(text) < _DIGITS_MAX else 1
