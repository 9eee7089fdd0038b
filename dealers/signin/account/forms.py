"""The forms of one's own account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField
from django.http import HttpRequest
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextInputWidget,
)

from dealers.accounts.second_factor import PASSKEY_NAME_LENGTH_MAX
from dealers.signin.reauthentication import WRONG, is_password_of


class NameForm(forms.Form):
    full_name = forms.CharField(
        label="Your name",
        max_length=150,
        required=False,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "name"}),
    )


class PasswordForm(forms.Form):
    """The old password, whose failures count, and the new one, which the verb judges."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=128,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        strip=False,
        max_length=128,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
        help_text="At least 12 characters; a few words do. Other devices are signed out.",
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        given = str(self.cleaned_data["password"])
        if not is_password_of(self.request, given):
            raise ValidationError(WRONG)
        return given


class FirstCodeForm(forms.Form):
    code = forms.CharField(
        label="The code it shows now",
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label="What you call it",
        max_length=PASSKEY_NAME_LENGTH_MAX,
        help_text="Such as where it is kept.",
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
    )
    credential = forms.CharField(widget=forms.HiddenInput, required=False)


class FactorForm(forms.Form):
    factor = forms.IntegerField(widget=forms.HiddenInput, max_value=BigIntegerField.MAX_BIGINT)


class EmailForm(forms.Form):
    email = forms.EmailField(
        label="New e-mail address",
        max_length=254,
        help_text="A link goes there; until it is opened nothing changes.",
        widget=UnfoldAdminEmailInputWidget({"autocomplete": "email"}),
    )


class SessionForm(forms.Form):
    session = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
