"""Whether one gets the weekly mail about the dealer's stock."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from dealers.models import WeeklyMail
from dealers.panel.context import require_context
from dealers.panel.site import panel
from dealers.permissions import Permission
from dealers.weekly_mail import choose_weekly_mail


def weekly(request: HttpRequest) -> HttpResponse:
    """Say how it is on GET; change it on POST to what is `wanted`."""
    current = require_context(request)
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "yes"
        choose_weekly_mail(dealer_id=current.dealer.pk, is_wanted=wanted, actor=current.actor)
        text = "comes on Monday mornings" if wanted else "does not come to you any more"
        messages.success(request, f"The weekly mail {text}.")
        return redirect("dealer:weekly")
    mine = WeeklyMail.objects.for_dealer(current.dealer.pk)
    context = {
        **panel.each_context(request),
        "title": "Weekly mail",
        "dealer": current.dealer,
        "is_wanted": mine.filter(membership__user=current.user.pk).exists(),
    }
    return TemplateResponse(request, "dealers/panel/weekly.html", context)


panel.add_page("weekly/", weekly, name="weekly", permission=Permission.OWN_ACCOUNT)
panel.account_links.append(("Weekly mail", "weekly"))
