"""The forms of one's own account."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

WRONG = "That is not your password."


class NameForm(forms.Form):
    full_name = forms.CharField(
        label="Your name",
        max_length=150,
        required=False,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "name"}),
    )


class PasswordCheckForm(forms.Form):
    """Asks for the password again; wrong ones count as failed sign-ins."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=128,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        given = str(self.cleaned_data["password"])
        user = self.request.user
        if authenticate(self.request, username=user.get_username(), password=given) != user:
            raise ValidationError(WRONG)
        return given


class PasswordForm(PasswordCheckForm):
    """The old password and the new one; the verb judges the new one."""

    new_password = forms.CharField(
        strip=False,
        max_length=128,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
        help_text="At least 12 characters; a few words do. Other devices are signed out.",
    )


class FirstCodeForm(forms.Form):
    code = forms.CharField(
        label="The code it shows now",
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class SessionForm(forms.Form):
    session = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
