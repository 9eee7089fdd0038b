"""The pages before somebody is signed in: both doors, new password and address, invitation."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render, resolve_url
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View

from dealers.accounts.email_addresses import confirm_email_change, find_email_change
from dealers.accounts.exceptions import PasskeyRefused
from dealers.accounts.invitations import find_invitation, is_known, join_team
from dealers.accounts.passwords import ask_password_reset
from dealers.models import User
from dealers.signin.forms import AskResetForm, JoinForm, NewPasswordForm
from dealers.signin.login_flow import begin_login, open_session
from dealers.signin.passkeys import begin_sign_in, check_answer
from marketplace.errors import DomainError
from marketplace.rate_limits import is_asked_too_often

_secret_page = [never_cache, sensitive_post_parameters()]


class SignInView(LoginView):
    """Django's sign-in, which opens the session only after the second step, or by a passkey."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "credential" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            user = check_answer(request.POST["credential"])
            self.get_form_class()(request).confirm_login_allowed(user)
        except PasskeyRefused as refusal:
            messages.error(request, refusal.message)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            return self.begin(user, by_passkey=True)
        return HttpResponseRedirect(request.get_full_path())

    def form_valid(self, form: Any) -> HttpResponse:
        return self.begin(form.get_user())

    def begin(self, user: User, *, by_passkey: bool = False) -> HttpResponse:
        target, login_url = self.get_success_url(), self.request.path
        return begin_login(
            self.request, user, target=target, login_url=login_url, by_passkey=by_passkey
        )


@method_decorator(never_cache, name="dispatch")
class PasskeyOptionsView(View):
    """Answer with what a browser asks for anybody's passkey with, as JSON."""

    def post(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(begin_sign_in(request))


@method_decorator(never_cache, name="dispatch")
class AskResetView(FormView):
    """Ask for a link by mail; the answer is the same for every address."""

    template_name = "dealers/accounts/ask_reset.html"
    form_class = AskResetForm
    success_url = reverse_lazy("password-reset-sent")

    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data["email"]
        if not is_asked_too_often("reset-account", email):
            ask_password_reset(email=email)
        return super().form_valid(form)


class ResetSentView(TemplateView):
    template_name = "dealers/accounts/reset_sent.html"


@method_decorator(_secret_page, name="dispatch")
class NewPasswordView(PasswordResetConfirmView):
    """Django's page behind the mailed link, which moves the token out of the address."""

    template_name = "dealers/accounts/new_password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("password-reset-done")


class ResetDoneView(TemplateView):
    template_name = "dealers/accounts/reset_done.html"


@method_decorator(_secret_page, name="dispatch")
class NewEmailView(View):
    """What the link to a new e-mail address opens: ask on GET, change on POST."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.page(lambda: {"email": find_email_change(token=token).email})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.page(lambda: {"changed": confirm_email_change(token=token)})

    def page(self, act: Callable[[], dict[str, Any]]) -> HttpResponse:
        try:
            context, status = act(), 200
        except DomainError as refusal:
            context, status = {"refusal": refusal}, refusal.status
        return render(self.request, "dealers/accounts/confirm_email.html", context, status=status)


@method_decorator(_secret_page, name="dispatch")
class JoinView(FormView):
    """What an invitation's link opens: ask on GET, join on POST."""

    template_name = "dealers/accounts/join.html"
    form_class = JoinForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            self.invitation = find_invitation(token=kwargs["token"])
            self.is_known = is_known(self.invitation)
            response = super().dispatch(request, *args, **kwargs)
        except DomainError as refusal:
            page = "dealers/accounts/not_joined.html"
            response = render(request, page, {"refusal": refusal}, status=refusal.status)
        response["X-Robots-Tag"] = "noindex"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {"invitation": self.invitation, "is_known": self.is_known}
        return super().get_context_data(**shown, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_known:
            return super().post(request, *args, **kwargs)
        join_team(token=kwargs["token"])
        return self.joined()

    def form_valid(self, form: Any) -> HttpResponse:
        values = form.cleaned_data
        try:
            member = join_team(token=self.kwargs["token"], **values)
        except DomainError as refusal:
            if refusal.code != "invalid_password":
                raise
            for message in refusal.fields["password"]:
                form.add_error("password", message)
            return self.form_invalid(form)
        if member.user.check_password(values["password"]):
            open_session(self.request, member.user)
        return self.joined()

    def joined(self) -> HttpResponse:
        context = {"invitation": self.invitation, "target": resolve_url(settings.PANEL_URL)}
        return render(self.request, "dealers/accounts/joined.html", context)
