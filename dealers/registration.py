"""A dealer's first day: the dealer, a branch, and an invitation to whoever will own the account."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from dealers import audit
from dealers.branches import add_branch
from dealers.exceptions import DealerExists, InvalidDealer
from dealers.models import AuditEvent, Dealer, Invitation, Membership
from dealers.permissions import Actor, Permission, require
from dealers.team import invite


@transaction.atomic
def register_dealer(
    *, name: str, email: str, postcode: str, owner_email: str, slug: str, actor: Actor
) -> Invitation:
    """Add a dealer with one branch of its name, and return the invitation of its first owner.

    `email` gets the notices; an empty `slug` is made from the name. Raises `DealerExists`,
    `InvalidDealer`, `InvalidBranch` and `InvalidInvitation`; nothing is kept then.
    """
    require(Permission.MANAGE_DEALERS, dealer_id=0, actor=actor)  # there is none yet
    dealer = Dealer(name=name.strip(), slug=slug or slugify(name), email=email.strip())
    _refuse_unless_valid(dealer)
    dealer.save()
    audit.record(
        AuditEvent.AuditKind.DEALER_CHANGED,
        actor=actor,
        dealer_id=dealer.pk,
        subject=dealer.name,
        changes={"name": [None, dealer.name]},
    )
    values = {"name": dealer.name, "postcode": postcode}
    add_branch(dealer_id=dealer.pk, values=values, actor=actor)
    return invite(dealer_id=dealer.pk, email=owner_email, role=Membership.Role.OWNER, actor=actor)


def _refuse_unless_valid(dealer: Dealer) -> None:
    if other := Dealer.objects.filter(slug=dealer.slug).first():
        raise DealerExists(
            f"There is a dealer {other.slug} already: {other.name}.", extra={"id": other.pk}
        )
    refused: dict[str, list[str]] = {}
    try:
        dealer.full_clean()
    except ValidationError as error:
        refused = error.message_dict
    if "\0" in dealer.name:
        refused["name"] = ["Null characters are not allowed."]
    if refused:
        raise InvalidDealer("This dealer cannot be added.", fields=refused)
