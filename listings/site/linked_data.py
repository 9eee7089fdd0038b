"""Adverts as schema.org describes them, for search engines.

Source: schema.org/Car and /Offer; UN/CEFACT Recommendation 20 for the units.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from listings.choices import BodyType, Colour, Fuel, Transmission
from listings.models import Listing

Node = dict[str, Any]
CONTEXT = "https://schema.org"
MILES, CUBIC_CENTIMETRES, HORSEPOWER = "SMI", "CMQ", "BHP"
_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def script(node: Mapping[str, Any]) -> SafeString:
    """Return a `<script>` of linked data that no text inside can end or escape from."""
    text = json.dumps(node, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped


def of_card(card: Mapping[str, Any], address: str) -> Node:
    """Return a `Car` with its `Offer`, from what a card knows of it."""
    photo = card["photo"]
    return _known(
        {
            "@type": "Car",
            "name": card["title"],
            "url": address,
            "brand": {"@type": "Brand", "name": card["make"]["name"]},
            "model": card["model"]["name"],
            "vehicleModelDate": str(card["year"]),
            "itemCondition": f"{CONTEXT}/UsedCondition",
            "mileageFromOdometer": _quantity(card["mileage"], MILES),
            "fuelType": card["fuel"] and Fuel(card["fuel"]).label,
            "vehicleTransmission": card["transmission"]
            and Transmission(card["transmission"]).label,
            "numberOfDoors": card["doors"],
            "bodyType": card["body_type"] and BodyType(card["body_type"]).label,
            "color": card["colour"] and Colour(card["colour"]).label,
            "image": photo and photo["url"],
            "offers": _offer(card, address),
        }
    )


def of_cards(cards: Iterable[tuple[Mapping[str, Any], str]]) -> Node:
    """Return a list of cars, of pairs of a card and its address, in their order."""
    items = [
        {"@type": "ListItem", "position": place, "item": of_card(card, address)}
        for place, (card, address) in enumerate(cards, start=1)
    ]
    return {"@context": CONTEXT, "@type": "ItemList", "itemListElement": items}


def of_crumbs(crumbs: Iterable[tuple[str, str]]) -> Node:
    """Return the way down to a page, of pairs of a name and an address."""
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": address}
        for place, (name, address) in enumerate(crumbs, start=1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def of_advert(card: Mapping[str, Any], row: Listing, *, address: str, images: list[str]) -> Node:
    """Return all that an advert's own page says of its car."""
    node = of_card(card, address)
    node["offers"]["seller"] = _seller(row.dealer, row.branch)
    more = {
        "description": row.description,
        "image": images,
        "seatingCapacity": row.seats,
        "numberOfPreviousOwners": row.owners,
        "vehicleEngine": _engine(row),
    }
    return {"@context": CONTEXT, **node, **_known(more)}


def _offer(card: Mapping[str, Any], address: str) -> Node:
    return _known(
        {
            "@type": "Offer",
            "url": address,
            "price": card["price"],
            "priceCurrency": "GBP" if card["price"] is not None else None,
            "availability": f"{CONTEXT}/InStock",
            "seller": {"@type": "AutoDealer", "name": card["dealer"]["name"]},
        }
    )


def of_dealer(dealer: Any, branches: Iterable[Any], address: str) -> Node:
    """Return a dealer with its places of sale."""
    node = {
        "@context": CONTEXT,
        "@type": "AutoDealer",
        "name": dealer.name,
        "url": address,
        "telephone": dealer.phone,
        "department": [_seller(dealer, branch) for branch in branches],
    }
    return _known(node)


def _seller(dealer: Any, branch: Any) -> Node:
    address = {
        "@type": "PostalAddress",
        "streetAddress": branch.address,
        "addressLocality": branch.town,
        "postalCode": branch.postcode,
        "addressCountry": "GB",
    }
    return _known(
        {
            "@type": "AutoDealer",
            "name": dealer.name,
            "telephone": branch.phone or dealer.phone,
            "address": _known(address),
            "openingHoursSpecification": [_opening(span) for span in branch.opening_hours or ()],
        }
    )


def _opening(span: Mapping[str, str]) -> Node:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": f"{CONTEXT}/{span['day'].capitalize()}",
        "opens": span["opens"],
        "closes": span["closes"],
    }


def _engine(row: Listing) -> Node | None:
    size = row.engine_cc and _quantity(row.engine_cc, CUBIC_CENTIMETRES)
    power = row.power_bhp and _quantity(row.power_bhp, HORSEPOWER)
    if not (size or power):
        return None
    return _known(
        {"@type": "EngineSpecification", "engineDisplacement": size, "enginePower": power}
    )


def _quantity(value: int, unit: str) -> Node:
    return {"@type": "QuantitativeValue", "value": value, "unitCode": unit}


def _known(node: Mapping[str, Any]) -> Node:
    return {name: value for name, value in node.items() if value not in (None, "", [])}
