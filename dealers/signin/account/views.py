"""The page of one's own account; each of its forms posts to an address of its own."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from dealers.accounts import second_factor
from dealers.accounts.email_addresses import ask_email_change
from dealers.accounts.names import change_name
from dealers.accounts.passwords import set_password
from dealers.accounts.sessions import end_other_sessions, end_session
from dealers.exceptions import TooSoon
from dealers.models import RecoveryCode, Session, User
from dealers.permissions import Actor
from dealers.session_store import key_hash
from dealers.signin.account.agents import describe
from dealers.signin.account.forms import (
    EmailForm,
    FactorForm,
    FirstCodeForm,
    NameForm,
    PasskeyForm,
    PasswordForm,
    SessionForm,
)
from dealers.signin.enrolment import begin_enrolment, end_enrolment, held_secret, pictures_of
from dealers.signin.passkeys import check_creation, creation_options
from marketplace.errors import DomainError
from marketplace.rate_limits import is_asked_too_often

Answer = HttpResponse | None


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class AccountView(View):
    """GET shows everything; POST to an act does one thing, or shows its form with the refusal."""

    site: Any = None

    def get(self, request: HttpRequest, act: str = "") -> HttpResponse:
        return self.page() if not act else redirect(self.url())

    def post(self, request: HttpRequest, act: str = "") -> HttpResponse:
        if not act:
            return HttpResponseNotAllowed(["GET"])
        if act not in _ACTS:
            raise Http404
        name, do = _ACTS[act]
        form = self.forms(request.POST)[name]
        if form.is_valid():
            try:
                if (answer := do(self, form.cleaned_data)) is not None:
                    return answer
                return redirect(self.url())
            except DomainError as refusal:
                if not form.visible_fields():
                    messages.error(request, refusal.message)
                    return redirect(self.url())
                _show(form, refusal)
        if act in _STEPS:
            return _STEPS[act](self, form)
        return self.page(**{name: form})

    def url(self) -> str:
        return reverse("admin:account", current_app=self.site.name)

    @property
    def user(self) -> User:
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101  # the site lets nobody else in
        return user

    @property
    def session_key(self) -> str:
        return self.request.session.session_key or ""

    def forms(self, posted: Any = None) -> dict[str, Form]:
        """Return the forms of the page; their fields are told apart by the address they post to."""
        return {
            "name_form": NameForm(posted, initial={"full_name": self.user.full_name}),
            "password_form": PasswordForm(posted, request=self.request, prefix="change"),
            "email_form": EmailForm(posted),
            "code_form": FirstCodeForm(posted),
            "passkey_form": PasskeyForm(posted),
            "factor_form": FactorForm(posted),
            "session_form": SessionForm(posted),
            "plain_form": Form(posted),
        }

    def page(self, **bound: Form) -> HttpResponse:
        sessions = [
            {
                "session": row,
                "device": describe(row.user_agent),
                "is_this": row.pk == key_hash(self.session_key),
            }
            for row in Session.objects.of(self.user.pk)
        ]
        context = {
            **self.forms(),
            **bound,
            "title": "Your account",
            "sessions": sessions,
            "factors": (factors := _described(self.user.pk)),
            "has_app": any(each["name"] == second_factor.AUTHENTICATOR for each in factors),
            "codes_left": RecoveryCode.objects.filter(user=self.user).count(),
        }
        return self.render("account", context)

    def enrolment(self, form: Form) -> HttpResponse:
        secret = held_secret(self.request)
        if secret is None:
            return redirect(self.url())
        pictures = pictures_of(secret, self.user)
        return self.render("setup", {"title": "Set up an authenticator", "form": form, **pictures})

    def passkey(self, form: Form) -> HttpResponse:
        options = creation_options(self.user)
        return self.render("passkey", {"title": "Add a passkey", "form": form, "options": options})

    def added(self, codes: list[str], message: str) -> HttpResponse | None:
        """Go on after a factor was added: with a new key, and the recovery codes of the first."""
        self.request.session.cycle_key()
        self.tell(message)
        return self.codes(codes) if codes else None

    def codes(self, codes: list[str]) -> HttpResponse:
        return self.render("codes", {"title": "Your recovery codes", "codes": codes})

    def render(self, template: str, context: dict[str, Any]) -> HttpResponse:
        self.request.current_app = self.site.name
        values = {**self.site.each_context(self.request), "subtitle": None, **context}
        return TemplateResponse(self.request, f"admin/account/{template}.html", values)

    def tell(self, message: str) -> None:
        messages.success(self.request, message)


def _change_name(view: AccountView, values: dict[str, Any]) -> Answer:
    change_name(user_id=view.user.pk, full_name=values["full_name"])
    view.tell("Your name is changed.")
    return None


def _change_password(view: AccountView, values: dict[str, Any]) -> Answer:
    user = set_password(
        user_id=view.user.pk,
        password=values["new_password"],
        actor=Actor.person(view.user.pk),
        kept_session=view.session_key,
    )
    update_session_auth_hash(view.request, user)
    view.tell("Your password is changed. Other devices are signed out.")
    return None


def _end_session(view: AccountView, values: dict[str, Any]) -> Answer:
    end_session(user_id=view.user.pk, session_hash=values["session"])
    view.tell("That device is signed out.")
    return None


def _end_others(view: AccountView, values: dict[str, Any]) -> Answer:
    ended = end_other_sessions(user_id=view.user.pk, kept_session=view.session_key)
    view.tell(f"Signed out elsewhere: {ended}.")
    return None


def _change_email(view: AccountView, values: dict[str, Any]) -> Answer:
    if is_asked_too_often("reset-account", f"new address of {view.user.pk}"):
        raise TooSoon("You asked for several already. Wait an hour.")
    ask_email_change(user_id=view.user.pk, email=values["email"])
    view.tell(f"A mail is on its way to {values['email']}. Open its link to change the address.")
    return None


def _start(view: AccountView, values: dict[str, Any]) -> Answer:
    begin_enrolment(view.request)
    return view.enrolment(FirstCodeForm())


def _confirm(view: AccountView, values: dict[str, Any]) -> Answer:
    codes = second_factor.confirm_authenticator(
        user_id=view.user.pk,
        secret=held_secret(view.request) or "",
        code=values["code"],
        kept_session=view.session_key,
    )
    end_enrolment(view.request)
    return view.added(codes, "The authenticator is set up.")


def _begin_passkey(view: AccountView, values: dict[str, Any]) -> Answer:
    return view.passkey(PasskeyForm())


def _add_passkey(view: AccountView, values: dict[str, Any]) -> Answer:
    codes = second_factor.add_passkey(
        user_id=view.user.pk,
        name=values["name"],
        credential=check_creation(values["credential"]),
        kept_session=view.session_key,
    )
    return view.added(codes, f"The passkey {values['name']} is added.")


def _remove_factor(view: AccountView, values: dict[str, Any]) -> Answer:
    second_factor.remove_factor(user_id=view.user.pk, factor_id=values["factor"])
    view.tell("It is removed.")
    return None


def _stop(view: AccountView, values: dict[str, Any]) -> Answer:
    second_factor.stop_second_factor(user_id=view.user.pk, actor=Actor.person(view.user.pk))
    view.tell("The second factor is off.")
    return None


def _renew_codes(view: AccountView, values: dict[str, Any]) -> Answer:
    return view.codes(second_factor.renew_recovery_codes(user_id=view.user.pk))


def _show(form: Form, refusal: DomainError) -> None:
    names = {"password": "new_password"}
    for field, found in refusal.fields.items():
        name = names.get(field, field)
        form.add_error(name if name in form.fields else None, found)
    if not refusal.fields:
        form.add_error("code" if "code" in form.fields else None, refusal.message)


def _described(user_id: int) -> list[dict[str, Any]]:
    return [
        {"factor": row, "name": second_factor.name_of(row)}
        for row in second_factor.factors_of(user_id)
    ]


_ACTS: dict[str, tuple[str, Callable[[AccountView, dict[str, Any]], Answer]]] = {
    "name": ("name_form", _change_name),
    "password": ("password_form", _change_password),
    "email": ("email_form", _change_email),
    "session": ("session_form", _end_session),
    "sessions": ("plain_form", _end_others),
    "start": ("plain_form", _start),
    "confirm": ("code_form", _confirm),
    "passkey": ("plain_form", _begin_passkey),
    "passkey-add": ("passkey_form", _add_passkey),
    "factor": ("factor_form", _remove_factor),
    "stop": ("plain_form", _stop),
    "codes": ("plain_form", _renew_codes),
}
# The rest asks who is there; the password asks for the old one by its own form.
PROVED_ACTS = frozenset(_ACTS) - {"name", "password"}
_STEPS = {"confirm": AccountView.enrolment, "passkey-add": AccountView.passkey}
