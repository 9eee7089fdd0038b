"""The pages between the right password and being signed in."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from dealers.accounts import second_factor
from dealers.accounts.second_factor import FactorType
from dealers.models import User
from dealers.signin.account.agents import describe
from dealers.signin.client import enter_code
from dealers.signin.enrolment import begin_enrolment, end_enrolment, held_secret, pictures_of
from dealers.signin.forms import CodeForm
from dealers.signin.login_flow import PendingStep, SecondStep
from dealers.signin.passkeys import check_answer, check_creation, creation_options, request_options
from marketplace.errors import DomainError

_secret_page = [never_cache, sensitive_post_parameters()]


class _PendingView(FormView):
    """A page for somebody who gave the right password; others go to a sign-in page."""

    form_class = CodeForm
    stage: SecondStep
    login_url: str
    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pending = PendingStep.read(request)
        if pending.stage is None:
            return HttpResponseRedirect(pending.login_url)
        self.stage, self.login_url = pending.stage, pending.login_url
        self.user = pending.stage.login.user
        if (elsewhere := self.elsewhere()) is not None:
            return redirect(elsewhere)
        return super().dispatch(request, *args, **kwargs)

    def elsewhere(self) -> str | None:
        """Return the page that this person has to go to instead, by its name or address."""
        return None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "credential" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            return self.take_passkey(request.POST["credential"])
        except DomainError as refusal:
            form = self.get_form_class()()
            return self.render_to_response(
                self.get_context_data(form=form, passkey_refused=refusal.message)
            )

    def take_passkey(self, credential: str) -> HttpResponse:
        raise NotImplementedError

    def refuse(self, form: Any, refusal: DomainError) -> HttpResponse:
        form.add_error("code", refusal.message)
        return self.form_invalid(form)

    def let_in(self) -> HttpResponse:
        answer: HttpResponse = self.stage.exit()
        return answer


@method_decorator(_secret_page, name="dispatch")
class SecondStepView(_PendingView):
    """Ask for a code or a passkey; wrong codes count as wrong passwords do."""

    template_name = "dealers/accounts/second_step.html"

    def elsewhere(self) -> str | None:
        if second_factor.has_second_factor(self.user.pk):
            return None
        return "second-step-setup" if self.user.is_staff else self.login_url

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        if not second_factor.factors_of(self.user.pk).filter(type=FactorType.TOTP).exists():
            form.fields["code"].label = "Recovery code"
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = set(second_factor.factors_of(self.user.pk).values_list("type", flat=True))
        shown = {
            "has_app": FactorType.TOTP in kinds,
            "options": request_options(self.user) if FactorType.WEBAUTHN in kinds else None,
        }
        return super().get_context_data(**shown, **kwargs)

    def take_passkey(self, credential: str) -> HttpResponse:
        check_answer(credential, self.user)
        return self.let_in()

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            enter_code(self.request, self.user, form.cleaned_data["code"])
        except DomainError as refusal:
            return self.refuse(form, refusal)
        return self.let_in()


@method_decorator(_secret_page, name="dispatch")
class SecondStepSetupView(_PendingView):
    """Staff who must have a second factor, and have none, set it up before they get in."""

    template_name = "dealers/accounts/setup.html"

    def elsewhere(self) -> str | None:
        return "second-step" if second_factor.has_second_factor(self.user.pk) else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = held_secret(self.request)
        if secret is None or self.request.method == "GET":
            secret = begin_enrolment(self.request)
        shown = {**pictures_of(secret, self.user), "options": creation_options(self.user)}
        return super().get_context_data(**shown, **kwargs)

    def take_passkey(self, credential: str) -> HttpResponse:
        made = check_creation(credential)
        name = describe(self.request.headers.get("User-Agent", ""))
        codes = second_factor.add_passkey(user_id=self.user.pk, name=name, credential=made)
        return self.show(codes)

    def form_valid(self, form: Any) -> HttpResponse:
        secret, code = held_secret(self.request) or "", form.cleaned_data["code"]
        try:
            codes = second_factor.confirm_authenticator(
                user_id=self.user.pk, secret=secret, code=code
            )
        except DomainError as refusal:
            return self.refuse(form, refusal)
        return self.show(codes)

    def show(self, codes: list[str]) -> HttpResponse:
        """Let in, and show the recovery codes on the way."""
        end_enrolment(self.request)
        context = {"codes": codes, "target": self.let_in()["Location"]}
        return render(self.request, "dealers/accounts/codes.html", context)
