"""The dealer panel: an admin site whose every page knows the dealer it is for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

from django.apps import apps
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import URLPattern, path, reverse

from dealers.panel.base import PanelModelAdmin
from dealers.panel.context import DealerContext, find_context, memberships
from dealers.panel.home import add_home
from dealers.panel.login import SignInForm, choose_dealer
from dealers.panel.scope import scoped
from dealers.permissions import Permission
from dealers.signin.site import SafeSite, View
from dealers.signin.staff_visit import leave_panel, note_post

_CLOSED = {"search", "view_on_site"}  # they ask the models without a dealer
_BEFORE_A_DEALER = {"choose", "logout"}
_OWN_PAGES = {"account", "account-act", "choose", "leave", "password_change"}
PROVED = frozenset({Permission.MANAGE_TEAM, Permission.CREATE_KEYS, Permission.REVOKE_KEYS})
_READING = (
    "_search",
    "_fill",
    "_complete",
    "leave-panel",
    "logout",
)  # posts that change nothing of a dealer's


@dataclass(frozen=True)
class MenuEntry:
    """A line of the menu: `url_name` is a page of the panel, `order` its place from the top.

    `query` returns what a person has the page open with.
    """

    title: str
    icon: str
    url_name: str
    order: int
    permission: Permission = Permission.VIEW
    section: str = ""
    query: Callable[[DealerContext], str] = lambda _: ""


class DealerPanelSite(SafeSite):
    """Signed-in members of a dealer, one dealer at a time.

    What belongs to nobody's dealer cannot be registered, and no page is reached without a dealer.
    """

    settings_name = "DEALER_PANEL"
    login_template = "dealers/panel/sign_in.html"
    index_template = "dealers/panel/home.html"
    index_title = "Home"
    enable_nav_sidebar = True

    def __init__(self, name: str = "dealer") -> None:
        super().__init__(name)
        self.login_form = SignInForm
        self.entries: list[MenuEntry] = []
        self.account_links: list[tuple[str, str]] = []  # title, page: under one's own name
        self._pages: list[tuple[str, View, str, Permission]] = []

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models: list[Any] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else [*model_or_iterable]
        )
        if admin_class is None or not issubclass(admin_class, PanelModelAdmin):
            raise ImproperlyConfigured("The panel takes subclasses of PanelModelAdmin only.")
        for model in models:
            scoped(model._meta.default_manager.all(), None)  # raises for rows of nobody
        super().register(models, admin_class, **options)

    def add_page(self, route: str, view: View, *, name: str, permission: Permission) -> None:
        """Add a page that is no model's: behind the sign-in, for those who have this permission."""
        self._pages.append((route, view, name, permission))

    def needs_proof(self, page: str, **kwargs: Any) -> bool:
        """Add the pages that need a permission of owners alone: whoever may post there may stay."""
        proved = {name for _, _, name, permission in self._pages if permission in PROVED}
        return page in proved or super().needs_proof(page, **kwargs)

    def add_entry(self, entry: MenuEntry) -> None:
        """Add a line to the menu, which shows it to those who have its permission."""
        self.entries.append(entry)

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        """Add what every page has: its own title at its head, and whether staff are visiting."""
        current = find_context(request)
        is_visit = current is not None and current.is_staff_visit
        return {
            **context,
            "plain_title": True,
            "visited": current if is_visit else None,
            "is_sandbox": current is not None and current.dealer.is_sandbox,
        }

    def has_permission(self, request: HttpRequest) -> bool:
        return find_context(request) is not None or bool(memberships(request))

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            vars(request)["current_app"] = self.name
            page = str(getattr(request.resolver_match, "url_name", None))
            current = find_context(request)
            if current is None and page not in _BEFORE_A_DEALER:
                return HttpResponseRedirect(reverse("dealer:choose"))
            if current is not None and current.is_staff_visit:
                _watch(request, page, current)
            return view(request, *args, **kwargs)

        wrapped: View = super().admin_view(update_wrapper(inner, view), cacheable)
        return wrapped

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(route, self.admin_view(_needing(permission, view)), name=name)
            for route, view, name, permission in self._pages
        ]
        own = [
            path("choose/", self.admin_view(self.choose), name="choose"),
            path("leave-panel/", self.admin_view(self.leave_panel), name="leave-panel"),
        ]
        every = [*own, *pages, *super().get_urls()]
        return [pattern for pattern in every if getattr(pattern, "name", None) not in _CLOSED]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        page: HttpResponse = super().index(request, add_home(request, extra_context or {}))
        return page

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Go home: a page of an app's models says nothing to a dealer."""
        return HttpResponseRedirect(reverse("dealer:index"))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return _Completing.as_view(admin_site=self)(request)

    def choose(self, request: HttpRequest) -> HttpResponse:
        return choose_dealer(request, self.each_context(request))

    def leave_panel(self, request: HttpRequest) -> HttpResponse:
        """End a visit of staff, and go back to the dealer's page in their own admin."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        dealer = leave_panel(request)
        if dealer is None:
            return HttpResponseRedirect(reverse("dealer:index"))
        return HttpResponseRedirect(reverse("admin:dealers_dealer_change", args=[dealer.pk]))

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        return []


class _Completing(AutocompleteJsonView):
    """Completes forward keys; asked for a reverse one, Django's own would fail."""

    def process_request(self, request: HttpRequest) -> Any:
        label = f"{request.GET.get('app_label', '')}.{request.GET.get('model_name', '')}"
        try:
            field = apps.get_model(label)._meta.get_field(request.GET.get("field_name", ""))
        except (LookupError, ValueError, FieldDoesNotExist):
            raise PermissionDenied from None
        if not field.concrete:
            raise PermissionDenied
        return super().process_request(request)


def _watch(request: HttpRequest, page: str, current: DealerContext) -> None:
    """Keep staff out of what is a person's own, and note what they post before it is done."""
    if page in _OWN_PAGES:
        raise PermissionDenied
    if request.method == "POST" and not page.endswith(_READING):
        note_post(request, current.dealer)


def _needing(permission: Permission, view: View) -> View:
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        current = find_context(request)
        if current is None or not current.may(permission):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return update_wrapper(inner, view)


panel = DealerPanelSite()
