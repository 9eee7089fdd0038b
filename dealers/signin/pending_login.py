"""Opening a session: at once, or after the second step.

Until the second step is passed nobody is signed in: the session holds who may try, no more. So
no page needs to know of the step, and none can forget it.
"""

import time
from dataclasses import asdict, dataclass
from typing import Self

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
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

PENDING = "_pending_login"
PENDING_SECONDS = 600
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class PendingLogin:
    """Somebody who gave the right password and owes the second step.

    `login_url` is the sign-in page they came through, `target` the page they want. Time and a new
    password make it void.
    """

    user_id: int
    password_hash: str
    target: str
    login_url: str
    since: float

    @classmethod
    def read(cls, request: HttpRequest) -> Self | None:
        held = request.session.get(PENDING)
        return cls(**held) if held else None

    @property
    def user(self) -> User | None:
        """Whom the step is for, while it may still be taken."""
        if self.since < time.time() - PENDING_SECONDS:
            return None
        user = User.objects.filter(pk=self.user_id, is_active=True).first()
        if user and constant_time_compare(user.get_session_auth_hash(), self.password_hash):
            return user
        return None


def begin_login(
    request: HttpRequest, user: User, *, target: str, login_url: str
) -> HttpResponseRedirect:
    """Let in who gave the right password, or send them to the second step."""
    step = None
    if has_second_factor(user.pk):
        step = reverse("second-step")
    elif user.is_staff and settings.STAFF_SECOND_FACTOR_REQUIRED:
        step = reverse("second-step-setup")
    if step is None:
        open_session(request, user)
        return HttpResponseRedirect(target)
    request.session.flush()
    pending = PendingLogin(user.pk, user.get_session_auth_hash(), target, login_url, time.time())
    request.session[PENDING] = asdict(pending)
    return HttpResponseRedirect(step)


@transaction.atomic
def open_session(request: HttpRequest, user: User) -> None:
    """Sign somebody in, in a session with a new key, and write it to the audit log."""
    address, is_first = client_address(request), user.last_login is None
    login(request, user, backend=BACKEND)
    forget_failures(request, user)
    request.session.pop(PENDING, None)
    agent = request.headers.get("User-Agent", "")
    request.session[DEVICE] = agent.replace("\0", "")[:USER_AGENT_LENGTH_MAX]
    request.session[NETWORK] = network_of(address)
    place = SignInPlace(network_of(address), describe(agent))
    if note_place(user.pk, place) and not is_first:
        notify(user, NoticeKind.NEW_PLACE, actor=Actor.person(user.pk), place=place)
    record_sign_in(AuditEvent.AuditKind.SIGNED_IN, user_id=user.pk, address=address)
