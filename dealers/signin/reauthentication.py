"""Asking again who somebody is, before what would help a thief of their session to stay.

A session that began within `REAUTHENTICATION_MINUTES` began with a password and a factor. A later
one is asked for one of them, and begins anew with a new key. What was being sent is in the page
that asks, and is sent again with the proof: it is kept nowhere. allauth would keep it, with the
cookies, in the session.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from dealers.accounts.second_factor import FactorType, factors_of
from dealers.models import Session, User
from dealers.session_store import key_hash
from dealers.signin.client import enter_code
from dealers.signin.passkeys import check_answer, request_options
from marketplace.errors import DomainError

PREFIX = "proof"
_MARK = f"{PREFIX}-asked"
_SAFE = ("GET", "HEAD", "OPTIONS")
WRONG = "That is not your password."


class ProofForm(forms.Form):
    """A password, a code or a passkey: one of them is enough."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=128,
        required=False,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "current-password", "autofocus": True}),
    )
    code = forms.CharField(
        label="Or a code of your authenticator",
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "one-time-code"}),
    )
    credential = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, posted: QueryDict | None, *, request: HttpRequest, user: User) -> None:
        super().__init__(posted, prefix=PREFIX)
        self.request, self.user = request, user
        self.kinds = set(factors_of(user.pk).values_list("type", flat=True))
        if not self.kinds:
            del self.fields["code"]
        elif FactorType.TOTP not in self.kinds:
            self.fields["code"].label = "Or a recovery code"

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("credential"):
            self._try("credential", lambda: check_answer(given["credential"], self.user))
        elif given.get("code"):
            self._try("code", lambda: enter_code(self.request, self.user, given["code"]))
        elif not is_password_of(self.request, given.get("password", "")):
            self.add_error("password", WRONG)
        return given

    def _try(self, field: str, check: Any) -> None:
        try:
            check()
        except DomainError as refusal:
            self.add_error(None if field == "credential" else field, refusal.message)


def is_password_of(request: HttpRequest, password: str) -> bool:
    """Whether this is the password of who is signed in; a wrong one counts as a failed sign-in."""
    name = request.user.get_username()
    found = authenticate(request, username=name, password=password) if password else None
    return found is not None and found == request.user


def is_proved(request: HttpRequest) -> bool:
    """Whether this session began so lately that nobody has to be asked again."""
    since = timezone.now() - timedelta(minutes=settings.REAUTHENTICATION_MINUTES)
    row = Session.objects.filter(pk=key_hash(request.session.session_key or ""))
    return row.filter(created_at__gt=since).exists()


def demand_proof(request: HttpRequest, site: Any) -> HttpResponse | None:
    """Return the page that asks for a proof, until there is one; what is only read needs none."""
    if request.method in _SAFE or is_proved(request):
        return None
    user, posted = request.user, request.POST
    if not isinstance(user, User):
        raise ValidationError("Nobody is signed in.")
    form = ProofForm(posted if _MARK in posted else None, request=request, user=user)
    if form.is_valid():
        request.session.cycle_key()
        request.POST = _own_fields(posted)  # type: ignore[assignment]  # as Django's own are not
        return None
    request.current_app = site.name
    context = {
        **site.each_context(request),
        "title": "Is it still you?",
        "subtitle": None,
        "form": form,
        "mark": _MARK,
        "action": request.get_full_path(),
        "kept": [(name, value) for name, values in _own_fields(posted).lists() for value in values],
        "options": request_options(user) if FactorType.WEBAUTHN in form.kinds else None,
    }
    page = TemplateResponse(request, "admin/account/proof.html", context)
    add_never_cache_headers(page)
    return page


def _own_fields(posted: QueryDict) -> QueryDict:
    """Return what a form had before a proof was asked for; passwords are entered anew."""
    own = posted.copy()
    for name in posted:
        if name.startswith(f"{PREFIX}-") or name == "csrfmiddlewaretoken" or "password" in name:
            del own[name]
    return own
