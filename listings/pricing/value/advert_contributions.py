"""Why an advert's car is worth what it is, by the trees that valued it."""

from listings.models import ListingValue
from listings.pricing.value.advert_cars import among, read_adverts
from listings.pricing.value.contributions import Contributions, contributions
from listings.pricing.value.kept_market import kept_market


def advert_contributions(row: ListingValue) -> Contributions | None:
    """Return what makes up the value in a row that holds; None where no market can tell any more.

    That is so while another market is current than the one the row was valued by.
    """
    market = kept_market()
    if market is None or row.value is None or row.fit_id != market.fit.pk:
        return None
    adverts = read_adverts(among([row.pk]), market.as_of)
    return contributions(market.model, adverts.cars, row.value) if len(adverts) else None
