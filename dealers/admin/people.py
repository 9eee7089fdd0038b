"""The people who sign in. Only a superuser hands out the keys to this admin."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from dealers.accounts import second_factor, sign_in_attempts
from dealers.accounts.email_addresses import note_email_changed
from dealers.accounts.passwords import note_password_set
from dealers.accounts.sessions import end_sessions
from dealers.admin.actor import staff_actor
from dealers.admin.audited import Audited
from dealers.models import AuditEvent, Membership, User
from listings.admin.base import StaffAdmin, StaffInline
from marketplace.errors import DomainError

_PERMISSIONS = ("is_staff", "is_superuser", "groups", "user_permissions")


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


class WorkplaceInline(StaffInline):
    model = Membership
    autocomplete_fields = ("dealer",)
    verbose_name_plural = "Works for"


@admin.register(User)
class UserAdmin(Audited, StaffAdmin, DjangoUserAdmin):  # type: ignore[misc]  # Unfold's are Any
    audit_kind = AuditEvent.AuditKind.USER_CHANGED
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    inlines = (WorkplaceInline,)
    change_form_outer_before_template = "admin/dealers/user/factor.html"
    list_display = ("email", "full_name", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    readonly_fields = ("last_login", "joined_at")
    fieldsets = (
        (None, {"fields": ("email", "full_name", "password")}),
        ("Powers", {"fields": ("is_active", *_PERMISSIONS)}),
        ("Dates", {"fields": (("last_login", "joined_at"),)}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "full_name", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        own = tuple(super().get_readonly_fields(request, obj))
        return own if _is_superuser(request) else (*own, *_PERMISSIONS)

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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.factor_view)
        lift = self.admin_site.admin_view(self.lift_view)
        own = [
            path("<int:user_id>/second-factor/off/", view, name="dealers_user_factor_off"),
            path("<int:user_id>/failures/forget/", lift, name="dealers_user_lift_lock"),
        ]
        return [*own, *super().get_urls()]

    def lift_view(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Forget the failed sign-ins of somebody who cannot get in for them."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = User.objects.filter(pk=user_id).first()
        if user is None or not self.has_change_permission(request, user):
            raise PermissionDenied
        sign_in_attempts.lift_lock(user_id=user_id, actor=staff_actor(request))
        self.message_user(request, f"{user} can sign in at once.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:dealers_user_change", args=[user_id]))

    def factor_view(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Switch off the second factor of somebody who lost it, after asking who they are."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = User.objects.filter(pk=user_id).first()
        if user is None or user == request.user or not self.has_change_permission(request, user):
            raise PermissionDenied
        try:
            second_factor.stop_second_factor(user_id=user_id, actor=staff_actor(request))
        except DomainError as refusal:
            self.message_refusal(request, refusal)
        else:
            self.message_user(request, f"{user} signs in by password alone.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:dealers_user_change", args=[user_id]))

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        old_email = form.initial.get("email", "")
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            end_sessions(user_id=obj.pk, kept_session=None)  # or they open again with the account
        if change and old_email != obj.email:
            actor = staff_actor(request)
            note_email_changed(user_id=obj.pk, old_email=old_email, actor=actor)

    @transaction.atomic
    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002  # Django's name
        form_url: str = "",
    ) -> HttpResponse:
        page: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST" and page.status_code == 302:
            kept = request.session.session_key if id == str(request.user.pk) else None
            note_password_set(user_id=int(id), actor=staff_actor(request), kept_session=kept)
        return page

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        known = (object_id or "").isdecimal() and object_id != str(request.user.pk)
        has_factor = known and second_factor.has_second_factor(int(object_id or 0))
        person = int(object_id or 0) if (object_id or "").isdecimal() else 0
        failures = sign_in_attempts.failures_of(person)
        context = {**(extra_context or {}), "has_factor": has_factor, "failures": failures}
        return super().changeform_view(request, object_id, form_url, context)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion in bulk: it would not ask for each person."""
        return {}


# A factor is nobody's to see, and what else allauth registers is not used.
admin.site.unregister([Group, Authenticator, EmailAddress])


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
