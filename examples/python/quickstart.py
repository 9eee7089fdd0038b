"""Finds cars as buyers do; then puts a car up for sale as a dealer's own system does.

Needs Python 3.11, httpx, MARKETPLACE_URL, and in MARKETPLACE_KEY the key of a sandbox dealer.
"""

import os
from pathlib import Path
from typing import Any

import httpx

API = os.environ["MARKETPLACE_URL"] + "/api/v1/"
PHOTO = Path(__file__).parent.parent / "car.jpg"
CAR = {
    "make": "Ford",
    "model": "Fiesta",
    "derivative": "1.0 EcoBoost Zetec 5dr",
    "year": 2018,
    "mileage": 41_000,
    "price": 8_995,
    "fuel": "petrol",
    "transmission": "manual",
    "doors": 5,
}


def main() -> None:
    with httpx.Client(base_url=API) as buyer:
        page = told(buyer.get("listings/", params={"q": "diesel land rover", "count": "exact"}))
        print(f"{page['count']} cars for “diesel land rover”; the first ones:")
        for car in page["results"][:3]:
            print(f"  {car['title']}, {car['mileage']:,} miles, {pounds(car['price'])}")

    headers = {"Authorization": "Bearer " + os.environ["MARKETPLACE_KEY"]}
    with httpx.Client(base_url=API + "stock/", headers=headers) as system:
        advert = told(system.put("by-ref/QUICKSTART-PYTHON/", json=CAR))
        here = f"{advert['id']}/"
        told(system.post(f"{here}photos/", files={"image": PHOTO.read_bytes()}))
        say("Published", told(system.post(f"{here}publish/")))
        say("Repriced", told(system.patch(here, json={"price": 8_495})))
        say("Withdrawn", told(system.post(f"{here}withdraw/", json={"reason": "Quick start"})))


def told(answer: httpx.Response) -> Any:
    """Return what an answer says; one that refuses says in `code` and `detail` why."""
    if answer.is_error:
        raise SystemExit(f"{answer.request.method} {answer.url}: {answer.text}")
    return answer.json()


def say(what: str, advert: dict[str, Any]) -> None:
    whose = "a sandbox: no buyer sees it" if advert["sandbox"] else "a dealer: buyers see it"
    print(f"{what}: {advert['title']}, {pounds(advert['price'])}, {advert['status']}, of {whose}")


def pounds(price: int | None) -> str:
    return "price on application" if price is None else f"£{price:,}"


if __name__ == "__main__":
    main()
