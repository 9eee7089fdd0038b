"""Signing in to the panel, and choosing for whom to work."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.forms import AuthenticationForm

from dealers.models import Membership
from dealers.panel.context import memberships, select_dealer

NO_DEALER = "This account belongs to no dealer. Ask the owner of yours for an invitation."


class SignInForm(AuthenticationForm):
    """Somebody who works for a dealer; running the marketplace does not count."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "This e-mail address and password do not belong together.",
    }

    def confirm_login_allowed(self, user: Any) -> None:
        if not user.is_active or not Membership.objects.filter(user=user.pk).exists():
            raise ValidationError(NO_DEALER, code="no_dealer")


def choose_dealer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Ask which dealer, of those this person works for, and go there."""
    home = HttpResponseRedirect(reverse("dealer:index"))
    works = memberships(request)
    if request.method == "POST":
        typed = request.POST.get("dealer", "")
        if typed.isdecimal() and len(typed) < 19 and select_dealer(request, int(typed)):
            return home
    elif len(works) == 1:
        return home
    page = {**context, "title": "Choose a dealer", "works": works}
    return TemplateResponse(request, "dealers/panel/choose.html", page)
