"""Stock for others to read: whole files of the public adverts, in their formats.

A link names a dealer's stock, or all of it, and one of `FORMATS`. Whoever has the link may read;
it can be made anew or ended.
"""

from listings.syndication.formats import FORMATS, StockFormat
from listings.syndication.links import end_link, link_address, renew_link, stock_link
from listings.syndication.stock import left_out, stock_of

__all__ = [
    "FORMATS",
    "StockFormat",
    "end_link",
    "left_out",
    "link_address",
    "renew_link",
    "stock_link",
    "stock_of",
]
