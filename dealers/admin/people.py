"""The people who sign in. Only a superuser hands out the keys to this admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from dealers.models import Membership, User
from listings.admin.base import StaffAdmin

_POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("email", "full_name")
        field_classes: dict[str, type] = {}


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"  # the admin's fieldsets name them
        field_classes: dict[str, type] = {}


class WorkplaceInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("dealer",)
    verbose_name_plural = "Works for"


@admin.register(User)
class UserAdmin(StaffAdmin, DjangoUserAdmin):  # type: ignore[misc]  # Unfold's bases are Any
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    inlines = (WorkplaceInline,)
    list_display = ("email", "full_name", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    readonly_fields = ("last_login", "joined_at")
    fieldsets = (
        (None, {"fields": ("email", "full_name", "password")}),
        ("Powers", {"fields": ("is_active", *_POWERS)}),
        ("Dates", {"fields": (("last_login", "joined_at"),)}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "full_name", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        own = tuple(super().get_readonly_fields(request, obj))
        return own if _is_superuser(request) else (*own, *_POWERS)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> tuple[type, ...]:
        return self.inlines if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep those with powers out of reach of those without: a password is a power too."""
        if obj is not None and not _is_superuser(request):
            powerful = obj.is_staff or obj.is_superuser
            if powerful and obj.pk != request.user.pk:
                return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = self.has_change_permission(request, obj)
        return allowed and bool(super().has_delete_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion in bulk: it would not ask for each person."""
        return {}


admin.site.unregister([Group, TOTPDevice])  # an authenticator's secret is nobody's to see


@admin.register(Group)
class GroupAdmin(StaffAdmin, DjangoGroupAdmin):  # type: ignore[misc]  # as above
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        groups: QuerySet = super().get_queryset(request)
        return groups

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_superuser(request)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
