"""What every page of the staff admin shares."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin, TabularInline, checkbox
from unfold.decorators import display
from unfold.mixins import BaseModelAdminMixin

from listings.admin.forms import VerbForm
from listings.admin.paginator import BoundedPaginator, PagedFormSet
from listings.admin.search import SearchedChangeList, query_string
from listings.admin.widgets import PickOne
from marketplace.errors import DomainError


class PicksRows(BaseModelAdminMixin):
    """Fields for one row of many, found by typing."""

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PickOne(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class NamedCells(BaseModelAdminMixin):
    """Fields in the cells of a table, whose heads label nothing, say themselves what they are."""

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs.setdefault("aria-label", capfirst(field.label))
        return field


class StaffInline(NamedCells, PicksRows, TabularInline):
    """Rows inside the page of another."""

    formset = PagedFormSet
    extra = 0


class StaffAdmin(PicksRows, ModelAdmin):
    """Lists that stay quick with millions of rows, and searches that leave no trace in logs.

    What a verb refuses while a form is saved undoes the whole save and comes back as that form's
    errors, with everything the person typed.
    """

    form = VerbForm
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    list_filter_submit = True
    list_fullwidth = True
    compressed_fields = True
    warn_unsaved_form = True
    actions: Any = ()

    @display(description=ModelAdmin.action_checkbox.short_description)
    def action_checkbox(self, obj: models.Model) -> str:
        """Return a box to tick that says which row it is of."""
        attrs = {"aria-label": f"Select {self.row_name(obj)}"}
        ticked: str = checkbox.render(ACTION_CHECKBOX_NAME, str(obj.pk), attrs)
        return ticked

    def row_name(self, row: Any) -> str:
        """Return what a row of the list is called."""
        return str(row)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        return SearchedChangeList

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.search_view)
        own = [path("search/", view, name=self.url_name("search").split(":")[1])]
        return own + list(super().get_urls())

    def search_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        query = query_string(request)
        target = reverse(self.url_name("changelist"))
        return HttpResponseRedirect(f"{target}?{query}" if query else target)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        page: HttpResponse
        try:
            page = super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            vars(request)["refusal"] = refusal
            page = super().changeform_view(request, object_id, form_url, extra_context)
        return page

    def get_form(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type:
        form: type = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"refusal": vars(request).get("refusal")})

    def url_name(self, page: str) -> str:
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def message_refusal(self, request: HttpRequest, refusal: DomainError) -> None:
        self.message_user(request, refusal.message, messages.ERROR)


class ReadOnlyAdmin(StaffAdmin):
    """Rows that only the database or the verbs write."""

    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
