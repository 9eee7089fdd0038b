"""Leaving a team by oneself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from dealers import team
from dealers.panel.desk import Power, seated
from dealers.panel.site import panel
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
    context = {**panel.each_context(request), "title": "Leave the team", "dealer": desk.dealer}
    return TemplateResponse(request, "dealers/panel/team/leave.html", context)


panel.add_page("leave/", leave, name="leave", power=Power.ACCOUNT)
panel.account_links.append(("Leave the team", "leave"))
