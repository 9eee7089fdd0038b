"""Leaving a team by oneself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dealers import team
from dealers.panel.context import Power, seated
from dealers.panel.site import panel
from dealers.panel.team.confirmation import Question, ask
from marketplace.errors import DomainError


def leave(request: HttpRequest) -> HttpResponse:
    """Ask on GET, leave on POST."""
    desk = seated(request)
    if request.method == "POST":
        try:
            team.leave(dealer_id=desk.dealer.pk, user_id=desk.user.pk)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect("dealer:leave")
        return redirect("dealer:index")
    question = Question(
        "Leave the team",
        (
            f"You lose the panel of {desk.dealer} at once, on every device.",
            "Your account stays; an owner can invite you again.",
        ),
        "Leave",
        reverse("dealer:account"),
    )
    return ask(request, question)


panel.add_page("leave/", leave, name="leave", power=Power.ACCOUNT)
panel.account_links.append(("Leave the team", "leave"))
