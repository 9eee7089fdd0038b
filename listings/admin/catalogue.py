"""Makes and models: unknown names first, to be confirmed or merged."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models import Model as Row
from django.db.models.functions import Coalesce
from django.forms import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from listings import catalogue
from listings.admin.base import StaffAdmin, StaffInline
from listings.admin.forms import VerbForm
from listings.admin.widgets import PickOne
from listings.choices import Confirmation
from listings.models import Listing, Make, MakeAlias, Model, ModelAlias
from marketplace.errors import DomainError


class AliasInline(StaffInline):
    """Other names: added by the verb that refuses a name which is taken, or deleted."""

    extra = 1
    fields = ("name",)
    verbose_name_plural = "Also known as"

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class MakeAliasInline(AliasInline):
    model = MakeAlias


class ModelAliasInline(AliasInline):
    model = ModelAlias


class EntryForm(VerbForm):
    def _get_validation_exclusions(self) -> set[str]:
        """Exclude every field: the verb checks them, and words its refusals for people."""
        return {field.name for field in self._meta.model._meta.get_fields()}


class EntryChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, row: Any) -> str:
        return f"{row.make} {row}" if isinstance(row, Model) else str(row)


class CatalogueAdmin(StaffAdmin):
    """What makes and models share; `key` is the advert's column that names the entry."""

    key: str
    form = EntryForm
    merge: Callable[..., Any]
    actions = ("confirm_names",)
    list_filter: Any = (("confirmation", ChoicesDropdownFilter),)
    change_form_outer_before_template = "admin/listings/catalogue_actions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        adverts = Listing.objects.filter(**{self.key: OuterRef("pk")}).order_by()
        counted = adverts.values(self.key).annotate(count=Count("pk")).values("count")
        rows: QuerySet = super().get_queryset(request)
        counts: QuerySet = rows.annotate(
            advert_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        )
        return counts

    def get_readonly_fields(self, request: HttpRequest, obj: Row | None = None) -> tuple[str, ...]:
        return ("slug", "state", "adverts") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = self.url_name("{}").removeprefix("admin:").format
        own = [
            path("<int:pk>/confirm/", view(self.confirm_view), name=name("confirm")),
            path("<int:pk>/merge/", view(self.merge_view), name=name("merge")),
        ]
        return own + super().get_urls()

    @action(description="Confirm", permissions=["change"])
    def confirm_names(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._confirm(request, queryset.order_by("pk")[:1_000])

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row_to_change(request, pk)
        if request.method == "POST":
            self._confirm(request, [row])
        return HttpResponseRedirect(reverse(self.url_name("change"), args=[pk]))

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what the entry is merged into, say what moves, and do it on a POST."""
        row = self._row_to_change(request, pk)
        form = self._merge_form(request)
        if request.method == "POST" and form.is_valid():
            into = form.cleaned_data["into"]
            try:
                self.merge(source_id=pk, into_id=into.pk)
            except DomainError as refusal:
                form.add_error("into", refusal.message)
            else:
                text = f"{row} is now part of {into}: {row.advert_count:,} adverts moved."
                self.log_change(request, into, f"Merged {row} into this.")
                self.message_user(request, text, messages.SUCCESS)
                return HttpResponseRedirect(reverse(self.url_name("change"), args=[into.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Merge {row} into another",
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
            "row": row,
            "row_url": reverse(self.url_name("change"), args=[pk]),
        }
        return TemplateResponse(request, "admin/listings/merge.html", context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        urls = {}
        if row and self.has_change_permission(request, row):
            urls["merge_url"] = reverse(self.url_name("merge"), args=[row.pk])
            if row.confirmation == Confirmation.PENDING:
                urls["confirm_url"] = reverse(self.url_name("confirm"), args=[row.pk])
        return super().changeform_view(
            request, object_id, form_url, {**urls, **(extra_context or {})}
        )

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        if "name" in form.changed_data:
            name = form.cleaned_data["name"]
            catalogue.rename_entry(kind=self.model, entry_id=obj.pk, name=name)
            obj.refresh_from_db()

    def save_formset(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formset: BaseInlineFormSet,
        change: bool,
    ) -> None:
        new = formset.save(commit=False)
        for alias in formset.deleted_objects:
            alias.delete()
        for alias in new:
            catalogue.add_alias(kind=self.model, entry_id=form.instance.pk, name=alias.name)

    @display(
        description="Confirmation",
        ordering="confirmation",
        label={"Confirmed": "success", "To be confirmed": "warning"},
    )
    def state(self, row: Any) -> str:
        return str(row.get_confirmation_display())

    @display(description="Adverts", ordering="advert_count")
    def adverts(self, row: Any) -> str:
        return f"{row.advert_count:,}"

    def _row_to_change(self, request: HttpRequest, pk: int) -> Any:
        row = self.get_queryset(request).filter(pk=pk).first()
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        return row

    def _confirm(self, request: HttpRequest, rows: Iterable[Any]) -> None:
        confirmed = 0
        for row in rows:
            try:
                catalogue.confirm_entry(kind=self.model, entry_id=row.pk)
            except DomainError as refusal:
                self.message_refusal(request, refusal)
            else:
                confirmed += 1
        self.message_user(request, f"{confirmed} confirmed.", messages.SUCCESS)

    def _merge_form(self, request: HttpRequest) -> forms.Form:
        field = Listing._meta.get_field(self.key)
        into = EntryChoiceField(
            label="Merge into",
            queryset=self.model.objects.all(),
            widget=PickOne(field, self.admin_site, attrs={"class": "unfold-admin-autocomplete"}),
        )
        form = forms.Form(request.POST or None)
        form.fields["into"] = into
        return form


@admin.register(Make)
class MakeAdmin(CatalogueAdmin):
    key = "make"
    merge = staticmethod(catalogue.merge_make)
    inlines = (MakeAliasInline,)
    list_display = ("name", "state", "adverts", "slug")
    search_fields = ("name", "aliases__name")
    ordering = ("-confirmation", "name")
    fieldsets = ((None, {"fields": (("name", "slug"), ("state", "adverts"))}),)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A make comes with its first model."""
        return False


class NewModelForm(VerbForm):
    """A model by name; a make that is not there yet comes with it."""

    make_name = forms.CharField(label="Make", max_length=60, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = Model
        fields = ("name",)


@admin.register(Model)
class ModelAdmin(CatalogueAdmin):
    key = "model"
    merge = staticmethod(catalogue.merge_model)
    inlines = (ModelAliasInline,)
    list_display = ("name", "make", "state", "adverts", "slug")
    list_select_related = ("make",)
    list_filter = (
        ("confirmation", ChoicesDropdownFilter),
        ("make", AutocompleteSelectFilter),
    )
    search_fields = ("name", "make__name", "aliases__name")
    ordering = ("-confirmation", "make__name", "name")
    fieldsets = ((None, {"fields": (("name", "make"), ("slug", "state"), "adverts")}),)
    add_fieldsets = ((None, {"fields": (("make_name", "name"),)}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("make")

    def get_readonly_fields(self, request: HttpRequest, obj: Row | None = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), "make") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Row | None) -> tuple[type, ...]:
        return self.inlines if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Row | None = None, change: bool = False, **kwargs: Any
    ) -> type:
        if obj is None:
            kwargs["form"] = NewModelForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        make_name, name = form.cleaned_data["make_name"], form.cleaned_data["name"]
        found = catalogue.resolve(make_name=make_name, model_name=name)
        catalogue.confirm_entry(kind=Make, entry_id=found.make.pk)
        obj.pk = catalogue.confirm_entry(kind=Model, entry_id=found.model.pk).pk
        obj.refresh_from_db()
