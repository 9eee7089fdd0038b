"""The form by which a buyer asks about a car: what it shows, and what of it was typed."""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import quote_etag

from listings.buyers import consents, guards
from listings.buyers.ledger import Contact, LeftAt
from listings.buyers.questions import PURPOSE, Faults, Question
from listings.models import Enquiry, Listing
from listings.site.addresses import advert_path
from marketplace.london_time import LONDON

LENGTHS = {
    "name": guards.NAME_MAX,
    "email": guards.EMAIL_MAX,
    "phone": guards.PHONE_MAX,
    "message": guards.MESSAGE_MAX,
    "preferred_contact": 10,
    "part_exchange_vrm": 20,
    "part_exchange_mileage": 12,
    "viewing_at": 30,
    "consent": 2_000,
    "page": guards.PAGE_MAX,
    "placement": guards.PLACE_MAX,
    "campaign": guards.PLACE_MAX,
}
CAMPAIGNS = ("campaign", "utm_campaign")
OPENED = "form-opened-at-this-moment"
_MILES = re.compile(r"[0-9]{1,7}")


def enquiry_form(
    request: HttpRequest,
    car: Listing,
    *,
    typed: Mapping[str, str] | None = None,
    faults: Faults | None = None,
    problem: str = "",
) -> dict[str, Any]:
    """Return what `pages/enquiry_form.html` shows: `faults` by field, a `problem` of the whole."""
    values = dict(typed) if typed is not None else _first(request, car)
    wrong = {name: " ".join(texts) for name, texts in (faults or {}).items()}
    return {
        "action": reverse("enquire", args=[car.pk]),
        "typed": values,
        "faults": wrong,
        "problem": problem,
        "words": consents.words_now(PURPOSE),
        "opened": OPENED,
        "means": Enquiry.PreferredContact.choices,
        "is_part_exchange": any(
            {**values, **wrong}.get(name)
            for name in ("part_exchange_vrm", "part_exchange_mileage", "viewing_at")
        ),
    }


def with_form(page: str, purpose: str = PURPOSE) -> HttpResponse:
    """Answer with a page that holds the form, which is told when it was opened.

    That moment changes with each answer and is no part of its ETag: a copy that a cache finds
    unchanged keeps the moment it has, and the form then asks again where that is too long ago.
    """
    answer = HttpResponse(page.replace(OPENED, guards.opened(purpose)))
    answer.headers["ETag"] = quote_etag(sha256(page.encode()).hexdigest()[:32])
    return answer


def typed_in(posted: QueryDict) -> dict[str, str]:
    """Return what was typed, cut where it is endless."""
    return {name: posted.get(name, "")[: longest + 1] for name, longest in LENGTHS.items()}


def contact_typed(typed: Mapping[str, str]) -> Contact:
    return Contact(typed["name"], typed["email"], typed["phone"])


def question_typed(typed: Mapping[str, str], faults: Faults) -> Question:
    """Return the question, and add to `faults` what cannot be read as a number or a time."""
    for name in ("name", "message"):
        if len(typed[name]) > LENGTHS[name]:
            faults[name] = [f"This is longer than {LENGTHS[name]:,} characters."]
    return Question(
        message=typed["message"],
        preferred_contact=typed["preferred_contact"] or Enquiry.PreferredContact.EITHER,
        part_exchange_vrm=typed["part_exchange_vrm"],
        part_exchange_mileage=_miles(typed["part_exchange_mileage"], faults),
        viewing_at=_moment(typed["viewing_at"], faults),
    )


def left_typed(typed: Mapping[str, str]) -> LeftAt:
    return guards.left_at_of(**{name: typed[name] for name in ("page", "placement", "campaign")})


def _first(request: HttpRequest, car: Listing) -> dict[str, str]:
    """Return what the form begins with: where it is, as the page's own address says."""
    campaign = next((request.GET[name] for name in CAMPAIGNS if request.GET.get(name)), "")
    left_at = guards.left_at_of(
        page=advert_path(car.pk, car.title),
        placement=request.GET.get("placement", ""),
        campaign=campaign,
    )
    return {**dict.fromkeys(LENGTHS, ""), **vars(left_at), "preferred_contact": "either"}


def _miles(text: str, faults: Faults) -> int | None:
    bare = "".join(text.replace(",", "").split()).lower().removesuffix("miles")
    if not bare:
        return None
    if _MILES.fullmatch(bare):
        return int(bare)
    faults["part_exchange_mileage"] = ["This is a number of miles, such as 41,000."]
    return None


def _moment(text: str, faults: Faults) -> datetime | None:
    """Return a time as a browser writes it, which is London's."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()[:16]).replace(tzinfo=LONDON)
    except ValueError:
        faults["viewing_at"] = ["This is a day and a time, such as 2027-03-01T10:30."]
        return None
