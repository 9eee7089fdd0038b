"""What every endpoint of the API has in common."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from marketplace.api.parameters import read_table, refuse, refuse_unknown

WRITES = ("POST", "PUT", "PATCH", "DELETE")


class StrictView(GenericAPIView):
    """Refuses every query parameter it does not declare.

    `filterset_class` declares the filters of a list, and `parameters` is the table of its other
    query parameters; requests that write have none. `refusals` names the answers of the API's
    document, by status, that this endpoint has beside those that all have, and `write_refusals`
    those of requests that write.
    """

    metadata_class = None
    filterset_class: ClassVar[Any] = None
    parameters: ClassVar[Mapping[str, forms.Field]] = {}
    refusals: ClassVar[Mapping[str, str]] = {}
    write_refusals: ClassVar[Mapping[str, str]] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 304 where the client has the answer already."""
        response: Any = super().dispatch(request, *args, **kwargs)
        if not hasattr(response, "add_post_render_callback"):
            return _conditional.process_response(request, response)
        response.add_post_render_callback(partial(_conditional.process_response, request))
        return cast("HttpResponseBase", response)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods:
            refuse_unknown(request.query_params, self.known_parameters(request.method))

    def known_parameters(self, method: str | None) -> Mapping[str, forms.Field]:
        """Return every query parameter that requests of a method may have."""
        return {} if method in WRITES else _read_parameters(type(self))

    def own_refusals(self, method: str | None) -> Mapping[str, str]:
        """Return the names of the answers that not all endpoints have, by status."""
        return {**self.refusals, **(self.write_refusals if method in WRITES else {})}

    def get_filterset_class(self) -> Any:
        return self.filterset_class

    def read_parameters(self) -> tuple[dict[str, Any], Mapping[str, list[str]]]:
        """Read the parameters that are no filters, as `read_table` does."""
        return read_table(self.request.query_params, self.parameters)

    def read_list(self, rows: QuerySet) -> tuple[Any, dict[str, Any]]:
        """Return the FilterSet over `rows` and the values of the other parameters.

        Raises `Invalid`, naming every fault of both.
        """
        filterset_class = self.get_filterset_class()
        filters = filterset_class(self.request.query_params, rows, request=self.request)
        values, errors = self.read_parameters()
        refuse({**filters.errors, **errors})
        return filters, values


class PublicView(StrictView):
    """Answers GET, to anybody."""

    http_method_names = ["get", "head"]


_conditional = ConditionalGetMiddleware(lambda _: HttpResponse())  # only its answers count


@cache
def _read_parameters(view: type[StrictView]) -> Mapping[str, forms.Field]:
    declared = view.filterset_class
    return {**(declared.parameters() if declared else {}), **view.parameters}
