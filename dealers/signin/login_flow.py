"""Opening a session: at once, or after the second step, which is a stage of allauth's login.

Until the step is passed nobody is signed in: the session holds whose turn it is for
`ACCOUNT_LOGIN_TIMEOUT` seconds, no more. So no page needs to know of the step, and none can
forget it.
"""

from typing import Any, NamedTuple

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.models import Login
from allauth.account.stages import LoginStage, LoginStageController
from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from dealers.account_notices import NoticeKind, SignInPlace, notify
from dealers.accounts.known_places import note_place
from dealers.accounts.second_factor import has_second_factor
from dealers.audit import network_of, record_sign_in
from dealers.models import AuditEvent, User
from dealers.permissions import Actor
from dealers.session_store import DEVICE, NETWORK
from dealers.signin.account.agents import describe
from dealers.signin.client import USER_AGENT_LENGTH_MAX, forget_failures
from marketplace.client_address import client_address

BACKEND = "django.contrib.auth.backends.ModelBackend"
_PASSWORD, _LOGIN_URL, _BY_PASSKEY = "password_hash", "login_url", "by_passkey"
_EXPIRY = "_session_expiry"  # Django's name for what `set_expiry` keeps


class SecondStep(LoginStage):
    """The stage of whoever has a second factor, or is staff and needs one."""

    key = "second_step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user: User = self.login.user
        page = None
        if self.login.state[_BY_PASSKEY]:
            pass  # the passkey is one factor, and what it asked its person for is the other
        elif has_second_factor(user.pk):
            page = "second-step"
        elif user.is_staff and settings.STAFF_SECOND_FACTOR_REQUIRED:
            page = "second-step-setup"
        return (HttpResponseRedirect(reverse(page)) if page else None), True


class SignInAdapter(DefaultAccountAdapter):
    """What allauth asks about a login: which stages it has, and how a session is opened."""

    def get_login_stages(self) -> list[str]:
        return ["dealers.signin.login_flow.SecondStep"]

    def pre_login(self, request: HttpRequest, user: User, **_kwargs: Any) -> None:
        return None

    def login(self, request: HttpRequest, user: User) -> None:
        open_session(request, user)

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str, **_kwargs: Any
    ) -> HttpResponse:
        return HttpResponseRedirect(redirect_url)


class PendingStep(NamedTuple):
    """A second step that is owed; without a `stage` it is nobody's to take any more."""

    stage: SecondStep | None
    login_url: str

    @classmethod
    def read(cls, request: HttpRequest) -> "PendingStep":
        """Return whose turn it is; time, a new password and a closed account end it."""
        held = request.session.get(LOGIN_SESSION_KEY) or {}
        login_url = held.get("state", {}).get(_LOGIN_URL) or resolve_url(settings.LOGIN_URL)
        stage = LoginStageController.enter(request, SecondStep.key)
        user = stage.login.user if stage else None
        if user is None or not user.is_active:
            return cls(None, login_url)
        known = stage.login.state[_PASSWORD]
        is_same = constant_time_compare(user.get_session_auth_hash(), known)
        return cls(stage if is_same else None, login_url)


def begin_login(
    request: HttpRequest, user: User, *, target: str, login_url: str, by_passkey: bool = False
) -> HttpResponse:
    """Let in who gave the right password or passkey, or send them to the second step.

    `login_url` is the sign-in page they came through, `target` the page they want.
    """
    request.session.flush()
    state = {
        _PASSWORD: user.get_session_auth_hash(),
        _LOGIN_URL: login_url,
        _BY_PASSKEY: by_passkey,
    }
    answer: HttpResponse = perform_login(
        request, Login(user=user, redirect_url=target, state=state)
    )
    return answer


@transaction.atomic
def open_session(request: HttpRequest, user: User) -> None:
    """Sign somebody in, in a session with a new key, and write it to the audit log."""
    address, is_first = client_address(request), user.last_login is None
    login(request, user, backend=BACKEND)
    forget_failures(request, user)
    request.session.pop(_EXPIRY, None)
    agent = request.headers.get("User-Agent", "")
    request.session[DEVICE] = agent.replace("\0", "")[:USER_AGENT_LENGTH_MAX]
    request.session[NETWORK] = network_of(address)
    place = SignInPlace(network_of(address), describe(agent))
    if note_place(user.pk, place) and not is_first:
        notify(user, NoticeKind.NEW_PLACE, actor=Actor.person(user.pk), place=place)
    record_sign_in(AuditEvent.AuditKind.SIGNED_IN, user_id=user.pk, address=address)
