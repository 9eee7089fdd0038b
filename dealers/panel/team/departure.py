"""Leaving a team by oneself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dealers import team
from dealers.panel.context import require_context
from dealers.panel.site import panel
from dealers.panel.team.confirmation import ConfirmPrompt, confirmation_page
from dealers.permissions import Permission
from marketplace.errors import DomainError


def leave(request: HttpRequest) -> HttpResponse:
    """Ask on GET, leave on POST."""
    current = require_context(request)
    if request.method == "POST":
        try:
            team.leave(dealer_id=current.dealer.pk, actor=current.actor)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect("dealer:leave")
        return redirect("dealer:index")
    prompt = ConfirmPrompt(
        "Leave the team",
        (
            f"You lose the panel of {current.dealer} at once, on every device.",
            "Your account stays; an owner can invite you again.",
        ),
        "Leave",
        reverse("dealer:account"),
    )
    return confirmation_page(request, prompt)


panel.add_page("leave/", leave, name="leave", permission=Permission.OWN_ACCOUNT)
panel.account_links.append(("Leave the team", "leave"))
