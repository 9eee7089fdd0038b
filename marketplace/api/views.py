"""What every endpoint of the API has in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from marketplace.api.parameters import read_table, refuse_unknown


@method_decorator(conditional_page, name="dispatch")
class StrictView(GenericAPIView):
    """Refuses every query parameter it does not declare.

    `parameters` is the table of query parameters: form fields by name; `write_parameters` that of
    requests that write. `refusals` names the answers of the API's document, by status, that this
    endpoint has beside those that all have.
    """

    metadata_class = None
    parameters: ClassVar[Mapping[str, forms.Field]] = {}
    write_parameters: ClassVar[Mapping[str, forms.Field]] = {}
    refusals: ClassVar[Mapping[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods:
            refuse_unknown(request.query_params, self._table())

    def _table(self) -> Mapping[str, forms.Field]:
        is_write = self.request.method in ("POST", "PUT", "PATCH", "DELETE")
        return self.write_parameters if is_write else self.parameters

    def read_parameters(
        self, table: Mapping[str, forms.Field] | None = None
    ) -> tuple[dict[str, Any], Mapping[str, list[str]]]:
        """Read a part of the table, all of it unless given, as `read_table` does."""
        return read_table(self.request.query_params, self._table() if table is None else table)


class PublicView(StrictView):
    """Answers GET, to anybody."""

    http_method_names = ["get", "head"]
