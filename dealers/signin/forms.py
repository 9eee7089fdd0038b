"""The forms before somebody is signed in: plain fields for plain pages."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm

from dealers.accounts.passwords import set_password
from dealers.models import User
from dealers.permissions import Actor


class CodeForm(forms.Form):
    """A code of the authenticator, or a recovery code."""

    code = forms.CharField(
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


class JoinForm(forms.Form):
    """The name and password of somebody new."""

    full_name = forms.CharField(
        label="Your name", max_length=150, widget=forms.TextInput({"autocomplete": "name"})
    )
    password = forms.CharField(
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least 12 characters; a few words do. Nothing that others would try.",
    )


class AskResetForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "autofocus": True}),
    )


class NewPasswordForm(SetPasswordForm):
    """Django's form, saved by our verb."""

    user: User

    def save(self, commit: bool = True) -> Any:
        password = self.cleaned_data["new_password1"]
        return set_password(
            user_id=self.user.pk, password=password, actor=Actor.person(self.user.pk)
        )
