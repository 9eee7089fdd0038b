"""Which cars an article is about, as a careful editor would say.

Names come from the catalogue and are found in one pass. A mention counts by the part of the page it
stands in and by what stands around it; words that are also English need a car beside them. Where
an editor would not be sure there is no answer. Pure, but for the catalogue and the counts of
adverts, which are kept.
"""

from listings.catalogue.cache import CatalogueCache
from listings.language.article.criteria import criteria_for
from listings.language.article.gazetteer import Gazetteer
from listings.language.article.mentions import find_mentions
from listings.language.article.passages import Article, PagePart, passages
from listings.language.article.scoring import Evidence, Match, rank_subjects
from listings.search.suggest import public_counts

__all__ = ["GAZETTEER", "Article", "Evidence", "Match", "PagePart", "criteria_for", "match"]

GAZETTEER = CatalogueCache(Gazetteer)


def match(article: Article) -> list[Match]:
    """Return what an article is about, best first."""
    return rank_subjects(find_mentions(passages(article), GAZETTEER.current()), public_counts())
