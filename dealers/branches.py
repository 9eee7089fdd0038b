"""The places a dealer sells from: added, changed, closed."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from dealers import audit
from dealers.exceptions import BranchInUse, BranchNotFound, InvalidBranch
from dealers.geocoding import locate_branches
from dealers.models import AuditEvent, Branch, Dealer
from dealers.permissions import Actor, Permission, require
from listings.search.places.areas import AREAS
from marketplace import quotas

FIELDS = (
    "name",
    "address",
    "town",
    "postcode",
    "latitude",
    "longitude",
    "phone",
    "enquiry_email",
    "crm_email",
    "opening_hours",
)
_PLACE = ("latitude", "longitude")
_POSTCODE = re.compile(r"(?P<area>[A-Z]{1,2})[0-9][0-9A-Z]?[0-9][ABD-HJLNP-UW-Z]{2}")


@transaction.atomic
def add_branch(*, dealer_id: int, values: dict[str, Any], actor: Actor) -> Branch:
    """Add a branch, placed by its postcode unless it says where it is.

    Raises `InvalidBranch` and `QuotaReached`.
    """
    Dealer.objects.select_for_update(no_key=True).get(pk=dealer_id)
    require(Permission.EDIT_BRANCHES, dealer_id=dealer_id, actor=actor)
    mine = Branch.objects.for_dealer(dealer_id)
    quotas.require("branches", dealer_id=dealer_id, count=mine.count)
    branch = Branch(dealer_id=dealer_id, **_known(values))
    return _save(branch, dict.fromkeys(FIELDS), actor)


@transaction.atomic
def edit_branch(*, branch_id: int, values: dict[str, Any], actor: Actor) -> Branch:
    """Change some fields; a new postcode moves the branch unless its position is given too.

    Raises `BranchNotFound` and `InvalidBranch`.
    """
    branch = _lock(branch_id, actor)
    before = {name: getattr(branch, name) for name in FIELDS}
    for name, value in _known(values).items():
        setattr(branch, name, value)
    placed = any(getattr(branch, name) != before[name] for name in _PLACE)
    if branch.postcode != before["postcode"] and not placed:
        branch.latitude = branch.longitude = None
    return _save(branch, before, actor)


@transaction.atomic
def close_branch(*, branch_id: int, actor: Actor) -> None:
    """Delete a branch that no advert ever stood at; raises `BranchNotFound` and `BranchInUse`."""
    branch = _lock(branch_id, actor)
    try:
        branch.delete()
    except ProtectedError:
        raise BranchInUse("Adverts stand at this branch: move them first.") from None
    _record(branch, {"name": [branch.name, None]}, actor)


def _lock(branch_id: int, actor: Actor) -> Branch:
    branch = Branch.objects.select_for_update().filter(pk=branch_id).first()
    if branch is None:
        raise BranchNotFound("There is no such branch.")
    require(Permission.EDIT_BRANCHES, dealer_id=branch.dealer_id, actor=actor)
    return branch


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in FIELDS}


def _save(branch: Branch, before: dict[str, Any], actor: Actor) -> Branch:
    branch.postcode = _postcode(branch.postcode)
    _refuse_nonsense(branch, is_moved=branch.postcode != before["postcode"])
    branch.save()
    locate_branches(ids=[branch.pk])
    branch.refresh_from_db()
    after = {name: getattr(branch, name) for name in FIELDS}
    changes = {
        name: [before[name], after[name]]
        for name in FIELDS
        if before[name] != after[name] and (before[name] or after[name])
    }
    if changes:
        _record(branch, changes, actor)
    return branch


def _postcode(text: str) -> str:
    """Return `LS1 4AP` for `ls14ap`, and what has no such shape in capitals."""
    compact = "".join(text.upper().split())
    if _POSTCODE.fullmatch(compact):
        return f"{compact[:-3]} {compact[-3:]}"
    return " ".join(text.upper().split())


def _refuse_nonsense(branch: Branch, *, is_moved: bool) -> None:
    fields: dict[str, list[str]] = {}
    try:
        branch.full_clean()
    except ValidationError as error:
        fields = dict(error.message_dict)
        if fields.pop("__all__", None):
            fields["name"] = ["Another branch has this name."]
    if is_moved and "postcode" not in fields:
        found = _POSTCODE.fullmatch("".join(branch.postcode.split()))
        if found is None or found["area"] not in AREAS:
            fields["postcode"] = ["This is no UK postcode. It should look like LS1 4AP."]
    if fields:
        raise InvalidBranch("The branch cannot be saved like this.", fields=fields)


def _record(branch: Branch, changes: dict[str, list[object]], actor: Actor) -> None:
    audit.record(
        AuditEvent.AuditKind.BRANCH_CHANGED,
        actor=actor,
        dealer_id=branch.dealer_id,
        subject=branch.name,
        changes=changes,
    )
