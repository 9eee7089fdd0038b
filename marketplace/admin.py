"""The staff admin of what the whole project keeps: queued tasks and suppressed addresses."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from listings.admin.base import ReadOnlyAdmin, StaffAdmin
from listings.admin.forms import VerbForm
from marketplace.mail import suppressed_rows
from marketplace.models import OutboxTask, SuppressedAddress
from marketplace.outbox import run_again


@admin.register(OutboxTask)
class OutboxTaskAdmin(ReadOnlyAdmin):
    """Tasks that have not run yet, and those that were given up."""

    list_display = ("work", "about", "created_at", "state", "attempts", "failure", "due_at")
    list_filter = (("given_up_at", admin.EmptyFieldListFilter),)
    search_fields = ("task",)
    ordering = ("-id",)
    actions = ("run_again",)
    fields: Any = (
        ("work", "about"),
        ("created_at", "request_id"),
        ("due_at", "publications"),
        ("started_at", "attempts"),
        ("given_up_at", "failure"),
    )

    readonly_fields = ("work", "about")

    @display(description="Task", ordering="task")
    def work(self, row: OutboxTask) -> str:
        return OutboxTask.title_of(row.task)

    @display(description="For number")
    def about(self, row: OutboxTask) -> str:
        return ", ".join(str(each) for each in row.arguments if each is not None) or "-"

    @display(description="State", label={"Waits": "info", "Given up": "danger"})
    def state(self, row: OutboxTask) -> str:
        if row.given_up_at is not None:
            return "Given up"
        return "Started" if row.started_at is not None else "Waits"

    def has_run_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("marketplace.change_outboxtask"))

    @admin.action(description="Run again", permissions=["run_again"])
    def run_again(self, request: HttpRequest, queryset: QuerySet[OutboxTask]) -> None:
        count = run_again(queryset)
        self.message_user(request, f"{count} to run within a minute.", messages.SUCCESS)


class SuppressedAddressForm(VerbForm):
    def clean_email(self) -> str:
        """Return the address as it is stored and compared."""
        return str(self.cleaned_data["email"]).lower()


@admin.register(SuppressedAddress)
class SuppressedAddressAdmin(StaffAdmin):
    """To delete a row is to send mail there again."""

    form = SuppressedAddressForm
    list_display = ("__str__", "reason", "created_at")
    list_filter = (("reason", ChoicesDropdownFilter),)
    search_fields = ("email",)
    ordering = ("-id",)
    fields = ("email", "reason")
    actions = ("delete_selected",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Find a whole address also where its digest alone is kept."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        whole = suppressed_rows(search_term) if "@" in search_term else queryset.none()
        return found | queryset.filter(pk__in=whole.values("pk")), may_repeat

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
