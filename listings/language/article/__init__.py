"""Which cars an article is about, as a careful editor would say.

Names come from the catalogue and are found in one pass. What speaks for each is a short list of
features: where it stands, what stands around it, what the page is of, what it is as a word. Weights
that were fitted to labelled pages make one likelihood of them; what is less likely than the site
asks for is not answered. Pure, but for the catalogue and the counts of adverts, which are kept.
"""

from django.conf import settings

from listings.catalogue.cache import CatalogueCache
from listings.language.article.criteria import criteria_for
from listings.language.article.gazetteer import Gazetteer
from listings.language.article.passages import Article, PagePart
from listings.language.article.scoring import Evidence, Match, subjects
from listings.search.suggest import public_counts

__all__ = ["GAZETTEER", "Article", "Evidence", "Match", "PagePart", "criteria_for", "match"]

GAZETTEER = CatalogueCache(Gazetteer)


def match(article: Article, strictness: float | None = None) -> list[Match]:
    """Return what an article is about, best first.

    `strictness` is how likely the first must be; without it, what the site has chosen.
    """
    least = settings.EDITORIAL_STRICTNESS if strictness is None else strictness
    return subjects(article, GAZETTEER.current(), public_counts(), least)
