"""The team: who is in it, who is invited, and what each may do."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget

from dealers import team
from dealers.exceptions import MemberNotFound
from dealers.models import ApiKey, Invitation, Membership
from dealers.models.keys import ApiKeyQuerySet
from dealers.panel.context import find_context, require_context
from dealers.panel.scope import scoped
from dealers.panel.site import MenuEntry, panel
from dealers.panel.team.confirmation import ConfirmPrompt, confirmation_page
from dealers.permissions import Permission, invitations_in_force
from dealers.tasks import send_invitation
from marketplace.errors import DomainError
from marketplace.mail import suppressed
from marketplace.outbox import is_queued

ROLES_SAID = (
    ("Owner", "everything, the team and API keys too"),
    ("Manager", "everything but the team and API keys"),
    ("Sales", "edits adverts; no export"),
)


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=UnfoldAdminEmailInputWidget({"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        choices=Membership.Role.choices,
        initial=Membership.Role.SALES,
        widget=UnfoldAdminSelectWidget,
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Membership.Role.choices)


def people(request: HttpRequest) -> HttpResponse:
    return _page(request, InviteForm())


def invite(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("dealer:team")
    current, form = require_context(request), InviteForm(request.POST)
    if form.is_valid():
        try:
            team.invite(dealer_id=current.dealer.pk, actor=current.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error("email", refusal.message)
        else:
            messages.success(request, f"{form.cleaned_data['email']} is invited by mail.")
            return redirect("dealer:team")
    return _page(request, form)


def change_role(request: HttpRequest, membership_id: int) -> HttpResponse:
    form = RoleForm(request.POST)

    def act(ids: dict[str, Any]) -> str:
        member = _member(request, membership_id)
        role = form.cleaned_data["role"] if form.is_valid() else ""
        changed = team.change_role(**ids, user_id=member.user_id, role=role)
        return f"{member.user} is {changed.get_role_display().lower()} now."

    return _do(request, act)


def remove(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Ask on GET, remove on POST."""
    if request.method == "GET":
        try:
            member = _member(request, membership_id)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect("dealer:team")
        prompt = ConfirmPrompt(
            "Remove from the team",
            (
                f"{member.user} ({member.user.email}) loses this panel at once, on every device.",
                "Their work stays: adverts, price plans and API keys are the dealer's.",
            ),
            "Remove",
            reverse("dealer:team"),
            tuple(_keys_of(member)),
        )
        return confirmation_page(request, prompt)

    def act(ids: dict[str, Any]) -> str:
        member = _member(request, membership_id)
        ticked = set(request.POST.getlist("revoke"))
        chosen = [key.pk for key in _keys_of(member) if str(key.pk) in ticked]
        revoked = team.remove_member(**ids, user_id=member.user_id, revoke_keys=chosen)
        keys = f" Revoked with them: {revoked} API key{'s'[: revoked > 1]}." if revoked else ""
        return f"{member.user} is out of the team.{keys}"

    return _do(request, act)


def resend(request: HttpRequest, invitation_id: int) -> HttpResponse:
    def act(ids: dict[str, Any]) -> str:
        sent = team.resend_invitation(**ids, invitation_id=invitation_id)
        return f"The invitation of {sent.email} is sent again; the earlier link is dead."

    return _do(request, act)


def withdraw(request: HttpRequest, invitation_id: int) -> HttpResponse:
    def act(ids: dict[str, Any]) -> str:
        gone = team.withdraw_invitation(**ids, invitation_id=invitation_id)
        return f"The invitation of {gone.email} is withdrawn."

    return _do(request, act)


def _do(request: HttpRequest, act: Callable[[dict[str, Any]], str]) -> HttpResponse:
    """Do one thing to the team on POST, and say what came of it on the team's page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    current = require_context(request)
    try:
        done = act({"dealer_id": current.dealer.pk, "actor": current.actor})
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("dealer:team")


def _member(request: HttpRequest, membership_id: int) -> Membership:
    members = scoped(Membership.objects.select_related("user"), find_context(request))
    member = members.filter(pk=membership_id).first()
    if member is None:
        raise MemberNotFound("They are not in the team.")
    return member


def _keys_of(member: Membership) -> ApiKeyQuerySet:
    """Return the keys in use that a member made for the dealer."""
    keys = ApiKey.objects.usable().for_dealer(member.dealer_id).made_by(member.user_id)
    return keys.order_by("pk")


def _page(request: HttpRequest, form: InviteForm) -> HttpResponse:
    current = find_context(request)
    members = scoped(Membership.objects.select_related("user"), current)
    asked = Invitation.objects.select_related("invited_by")
    invitations = scoped(asked.annotate(is_queued=is_queued(send_invitation)), current)
    context: dict[str, Any] = {
        **panel.each_context(request),
        "title": "Team",
        "form": form,
        "members": members.order_by("user__full_name", "user__email"),
        "invitations": invitations,
        "ended": set(
            invitations.exclude(pk__in=invitations_in_force(invitations.open())).values_list(
                "pk", flat=True
            )
        ),
        "suppressed": suppressed(invitation.email for invitation in invitations),
        "roles": Membership.Role.choices,
        "roles_said": ROLES_SAID,
        "you": request.user.pk,
        "may_change": current is not None and current.may(Permission.MANAGE_TEAM),
    }
    return TemplateResponse(request, "dealers/panel/team/people.html", context)


_CHANGES = (
    ("team/invite/", invite, "team-invite"),
    ("team/members/<int:membership_id>/role/", change_role, "team-role"),
    ("team/members/<int:membership_id>/remove/", remove, "team-remove"),
    ("team/invitations/<int:invitation_id>/resend/", resend, "team-resend"),
    ("team/invitations/<int:invitation_id>/withdraw/", withdraw, "team-withdraw"),
)
panel.add_page("team/", people, name="team", permission=Permission.VIEW_TEAM)
for _route, _view, _name in _CHANGES:
    panel.add_page(_route, _view, name=_name, permission=Permission.MANAGE_TEAM)
panel.add_entry(
    MenuEntry("Team", "group", "team", order=70, permission=Permission.VIEW_TEAM, section="Dealer")
)
