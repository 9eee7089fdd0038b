"""A code that somebody enters: refused while sign-in is locked, wrong ones counted towards it."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from dealers.accounts.failure_counts import FailureCause, count_failure
from dealers.accounts.second_factor import pass_second_step
from dealers.exceptions import CodeRefused, SignInLocked
from dealers.models import User
from marketplace.client_address import client_address


def enter_code(request: HttpRequest, user: User, code: str) -> None:
    """Take a code of the authenticator, or a recovery code.

    Raises `SignInLocked` and what `pass_second_step` raises.
    """
    credentials = {"username": user.email}
    if not AxesProxyHandler.is_allowed(request, credentials):
        address = client_address(request)
        count_failure(user_id=user.pk, address=address, cause=FailureCause.LOCKED)
        raise SignInLocked("Too many attempts. Wait a while, then try again.")
    try:
        pass_second_step(user_id=user.pk, code=code)
    except CodeRefused:
        user_login_failed.send(__name__, credentials=credentials, request=request)
        raise
