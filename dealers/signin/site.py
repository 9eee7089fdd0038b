"""Admin sites one signs in to safely: failures counted, a second step, one's own account."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from dealers.accounts.second_factor import has_second_factor
from dealers.signin.account.views import PROVED_ACTS, AccountView
from dealers.signin.reauthentication import demand_proof
from dealers.signin.views import SignInView

View = Callable[..., HttpResponseBase]


class SafeSite(UnfoldAdminSite):
    """A site whose sign-in is ours, with pages for one's name, password, sessions and factor."""

    def needs_proof(self, page: str, **kwargs: Any) -> bool:
        """Tell whether a post to a page, by its URL's name, asks again who somebody is."""
        return page == "account-act" and kwargs.get("act") in PROVED_ACTS

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            page = str(getattr(request.resolver_match, "url_name", None))
            if self.needs_proof(page, **kwargs) and (ask := demand_proof(request, self)):
                return ask
            return view(request, *args, **kwargs)

        wrapped: View = super().admin_view(update_wrapper(inner, view), cacheable)
        return wrapped

    def get_urls(self) -> list[URLPattern]:
        account = self.admin_view(AccountView.as_view(site=self))
        own = [
            path("account/", account, name="account"),
            path("account/<slug:act>/", account, name="account-act"),
        ]
        return own + list(super().get_urls())

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        index = reverse("admin:index", current_app=self.name)
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(index)
        context = {
            **self.each_context(request),
            "title": "Sign in",
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        request.current_app = self.name
        view = SignInView.as_view(
            authentication_form=self.login_form or AuthenticationForm,
            template_name=self.login_template or "admin/login.html",
            extra_context=context,
            next_page=index,
        )
        return view(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect(reverse("admin:account", current_app=self.name))


class StaffSite(SafeSite):
    """The staff admin; a setting keeps out whoever has no second factor."""

    # Whatever changes there: people, their powers, and the teams that are edited with dealers.
    proved_models = ("dealers_user_", "auth_user_", "auth_group_", "dealers_dealer_")

    def needs_proof(self, page: str, **kwargs: Any) -> bool:
        return page.startswith(self.proved_models) or super().needs_proof(page, **kwargs)

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        return not settings.STAFF_SECOND_FACTOR_REQUIRED or _has_factor(request)


def _has_factor(request: HttpRequest) -> bool:
    """Ask once for each request and person: a page asks for the permission many times."""
    known, user_id = vars(request).setdefault("has_factor", {}), request.user.pk or 0
    if user_id not in known:
        known[user_id] = has_second_factor(user_id)
    return bool(known[user_id])
