"""The pages before somebody is signed in: second step, new password, invitation."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from dealers.accounts import second_factor
from dealers.accounts.invitations import find_invitation, is_known, join_team
from dealers.accounts.passwords import ask_password_reset
from dealers.models import User
from dealers.signin.client import try_code
from dealers.signin.forms import AskResetForm, CodeForm, JoinForm, NewPasswordForm
from dealers.signin.pending_login import PendingLogin, begin_login, open_session
from dealers.signin.qr_code import qr_svg, readable_key
from marketplace.errors import DomainError
from marketplace.rate_limits import is_asked_too_often

_secret_page = [never_cache, sensitive_post_parameters()]


class SignInView(LoginView):
    """Django's sign-in, which opens the session only after the second step."""

    def form_valid(self, form: Any) -> HttpResponse:
        target = self.get_success_url()
        return begin_login(
            self.request, form.get_user(), target=target, login_url=self.request.path
        )


class _PendingView(FormView):
    """A page for somebody who gave the right password; others go to a sign-in page."""

    form_class = CodeForm
    pending: PendingLogin
    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pending = PendingLogin.read(request)
        user = pending.user if pending else None
        if pending is None or user is None:
            return HttpResponseRedirect(
                pending.login_url if pending else resolve_url(settings.LOGIN_URL)
            )
        self.pending, self.user = pending, user
        return super().dispatch(request, *args, **kwargs)

    def refuse(self, form: Any, refusal: DomainError) -> HttpResponse:
        form.add_error("code", refusal.message)
        return self.form_invalid(form)


@method_decorator(_secret_page, name="dispatch")
class SecondStepView(_PendingView):
    """Ask for a code; wrong ones count as wrong passwords do."""

    template_name = "dealers/accounts/second_step.html"

    def form_valid(self, form: Any) -> HttpResponse:
        check = partial(
            second_factor.pass_second_step,
            user_id=self.user.pk,
            code=form.cleaned_data["code"],
        )
        try:
            try_code(self.request, self.user, check)
        except DomainError as refusal:
            return self.refuse(form, refusal)
        open_session(self.request, self.user)
        return redirect(self.pending.target)


@method_decorator(_secret_page, name="dispatch")
class SecondStepSetupView(_PendingView):
    """Staff who must have a second factor, and have none, set it up before they get in."""

    template_name = "dealers/accounts/setup.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pending = PendingLogin.read(request)
        if pending and second_factor.has_second_factor(pending.user_id):
            return HttpResponseRedirect(reverse("second-step"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        device = second_factor.started_second_factor(self.user.pk)
        if device is None or self.request.method == "GET":
            device = second_factor.start_second_factor(user_id=self.user.pk)
        pictures = {"qr": qr_svg(device.config_url), "key": readable_key(device)}
        return super().get_context_data(**pictures, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        code = form.cleaned_data["code"]
        try:
            codes = second_factor.confirm_second_factor(user_id=self.user.pk, code=code)
        except DomainError as refusal:
            return self.refuse(form, refusal)
        open_session(self.request, self.user)
        context = {"codes": codes, "target": self.pending.target}
        return render(self.request, "dealers/accounts/codes.html", context)


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
