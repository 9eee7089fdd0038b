"""What every endpoint of the API has in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from marketplace.api.parameters import given, refuse_unknown


@method_decorator(conditional_page, name="dispatch")
class StrictView(GenericAPIView):
    """Refuses every query parameter it does not declare.

    `parameters` is the table of query parameters: form fields by name. `refusals` names the answers
    of the API's document, by status, that this endpoint has beside those that all have.
    """

    metadata_class = None
    parameters: ClassVar[Mapping[str, forms.Field]] = {}
    refusals: ClassVar[Mapping[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_unknown(request.query_params, self.parameters)

    def read_parameters(
        self, table: Mapping[str, forms.Field] | None = None
    ) -> tuple[dict[str, Any], Mapping[str, list[str]]]:
        """Return the values of the parameters that are well formed, and what is wrong with others.

        `table` is the part of `parameters` to read; all of it unless given.
        """
        values: dict[str, Any] = {}
        errors: dict[str, list[str]] = {}
        for name, field in (self.parameters if table is None else table).items():
            try:
                values[name] = field.clean(given(self.request.query_params, name))
            except ValidationError as error:
                errors[name] = error.messages
        return values, errors


class PublicView(StrictView):
    """Answers GET, to anybody."""

    http_method_names = ["get", "head"]
