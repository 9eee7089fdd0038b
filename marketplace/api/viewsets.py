"""Endpoints with several actions, each with query parameters, filters and refusals of its own."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from rest_framework.viewsets import ViewSetMixin

from marketplace.api.parameters import read_table
from marketplace.api.views import StrictView

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclasses.dataclass(frozen=True)
class ActionDeclaration:
    """What one action has, in the terms of `StrictView`."""

    parameters: Mapping[str, forms.Field] = dataclasses.field(default_factory=dict)
    filterset_class: Any = None
    refusals: Mapping[str, str] = dataclasses.field(default_factory=dict)


NOTHING = ActionDeclaration()


def declares(
    *,
    parameters: Mapping[str, forms.Field] | None = None,
    filterset_class: Any = None,
    refusals: Mapping[str, str] | None = None,
) -> Callable[[Handler], Handler]:
    """Decorate a method of a `StrictViewSet`."""
    declaration = ActionDeclaration(parameters or {}, filterset_class, refusals or {})

    def mark(handler: Handler) -> Handler:
        vars(handler)["declaration"] = declaration
        return handler

    return mark


class StrictViewSet(ViewSetMixin, StrictView):
    """Refuses every query parameter that the action does not declare."""

    def known_parameters(self, method: str | None) -> Mapping[str, forms.Field]:
        declared = self._declaration()
        filters = declared.filterset_class
        return {**(filters.parameters() if filters else {}), **declared.parameters}

    def own_refusals(self, method: str | None) -> Mapping[str, str]:
        return {**self.refusals, **self._declaration().refusals}

    def read_parameters(self) -> tuple[dict[str, Any], Mapping[str, list[str]]]:
        return read_table(self.request.query_params, self._declaration().parameters)

    def get_filterset_class(self) -> Any:
        return self._declaration().filterset_class

    def _declaration(self) -> ActionDeclaration:
        handler = getattr(self, self.action or "", None)  # none for a method that is not offered
        found: ActionDeclaration = getattr(handler, "declaration", NOTHING)
        return found
