"""What every page of a model in the panel shares: rows of one dealer, permissions of one role."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from unfold.admin import TabularInline

from dealers.panel.context import find_context
from dealers.panel.scope import scoped
from dealers.permissions import Permission
from listings.admin.base import NamedCells, StaffAdmin
from marketplace.errors import DomainError


def reason_of(refusal: DomainError) -> str:
    """Return a refusal in words for one line: what is wrong with each field, or the message."""
    return refusal.one_line


class DealerScoped:
    """Every way in which Django's admin reads rows, narrowed to the dealer of the request."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows: models.QuerySet = super().get_queryset(request)  # type: ignore[misc]  # a mixin
        return scoped(rows, find_context(request))

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        self._narrow(db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        self._narrow(db_field, request, kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Leave out the links beside a choice: they lead to pages that the panel need not have."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def _narrow(self, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> None:
        rows = kwargs.get("queryset")
        if rows is None:
            rows = db_field.remote_field.model._meta.default_manager.all()
        kwargs["queryset"] = scoped(rows, find_context(request))


class PermissionChecked:
    """Permissions by the person's role at the dealer, never by Django's own."""

    permission = Permission.EDIT_STOCK
    view_permission = Permission.VIEW
    delete_permission: Permission | None = None

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request, self.view_permission)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.view_permission)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request, self.permission)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request, self.permission)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.delete_permission is not None and self._may(request, self.delete_permission)

    def _may(self, request: HttpRequest, permission: Permission) -> bool:
        current = find_context(request)
        return current is not None and current.may(permission)


class PanelModelAdmin(DealerScoped, PermissionChecked, StaffAdmin):
    """The base of every model's pages in the panel.

    `permission` is what its changes need, `view_permission` what looking needs. Django's own log
    is not written: it knows no dealer.
    """

    list_filter_sheet = True
    compressed_fields = False
    empty_said = ""
    """What to do where there is no row yet."""
    empty_links: tuple[tuple[str, str], ...] = ()
    """Ways on from there beside adding one: what a button says, and the page that it opens."""

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        return None

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        return None

    def saved_words(self, obj: Any) -> str:
        """Return what is said once a form is saved."""
        return f"Saved: {obj}."

    def response_add(
        self, request: HttpRequest, obj: models.Model, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say so, and go on as the button said; by itself, to the list."""
        messages.success(request, self.saved_words(obj))
        url = post_url_continue or reverse(self.url_name("change"), args=[obj.pk])
        return self._next_page(request, url) or self.response_post_save_add(request, obj)

    def response_change(self, request: HttpRequest, obj: models.Model) -> HttpResponse:
        messages.success(request, self.saved_words(obj))
        next_page = self._next_page(request, request.path)
        return next_page or self.response_post_save_change(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(request, f"Deleted: {obj_display}.")
        return HttpResponseRedirect(reverse(self.url_name("changelist")))

    def _next_page(self, request: HttpRequest, own_url: str) -> HttpResponse | None:
        if "_continue" in request.POST:
            return HttpResponseRedirect(own_url)
        if "_addanother" in request.POST:
            return HttpResponseRedirect(reverse(self.url_name("add")))
        return None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        raise Http404


class PanelInline(DealerScoped, PermissionChecked, NamedCells, TabularInline):
    """Rows inside the page of another, of the same dealer."""

    extra = 0
    hide_title = True
