"""Counting failed sign-ins in the database, with one limit for an account and one for an address.

A whole dealership may share one address, so its limit is the higher one.
"""

from collections.abc import Mapping
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from dealers.accounts.failure_counts import FailureCause, count_failure
from dealers.audit import record_sign_in
from dealers.models import AuditEvent, User
from dealers.signin.client import counted_name
from marketplace.client_address import client_address


class SignInFailures(AxesDatabaseHandler):
    """django-axes' database handler, which has but one limit for all its counts."""

    def get_failures(
        self, request: HttpRequest, credentials: Mapping[str, str] | None = None
    ) -> int:
        """Return the count nearest to its limit, in proportion to the account's limit.

        The counts come in the order of `AXES_LOCKOUT_PARAMETERS`.
        """
        of_account, of_address = (
            rows.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
            for rows in self.get_user_attempts(request, credentials)
        )
        share: int = (
            of_address * settings.AXES_FAILURE_LIMIT // settings.SIGN_IN_FAILURES_PER_ADDRESS
        )
        return max(of_account, share)

    def user_login_failed(
        self,
        sender: Any,
        credentials: Mapping[str, str],
        request: Any = None,
        **kwargs: Any,
    ) -> None:
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is None:
            return
        address, name = client_address(request), counted_name(request, credentials)
        user = User.objects.filter(email__iexact=name).first() if name else None
        is_new = request.axes_failures_since_start is not None
        cause = FailureCause.PASSWORD if "password" in credentials else FailureCause.CODE
        count_failure(
            user_id=user.pk if user else None,
            address=address,
            cause=cause if is_new else FailureCause.LOCKED,
        )
        if user is not None and is_new and request.axes_locked_out:
            locked = AuditEvent.AuditKind.LOCKED_OUT
            record_sign_in(locked, user_id=user.pk, address=address)

    def reset_user_attempts(
        self, request: HttpRequest, credentials: Mapping[str, str] | None = None
    ) -> int:
        """Forget what failed for this account here; others' failures at the address stay."""
        deleted, _ = self.filter_user_attempts(request, credentials)[0].delete()
        return int(deleted)
