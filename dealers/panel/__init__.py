"""The dealer panel at `/dealer/`: each module below registers its pages when it is imported."""

from dealers.panel import (
    enquiries,
    feeds,
    market,
    plans,
    reservations,
    stock,
    team,
    webhooks,
    weekly_mail,
)
from dealers.panel.site import panel

__all__ = [
    "enquiries",
    "feeds",
    "market",
    "panel",
    "plans",
    "reservations",
    "stock",
    "team",
    "webhooks",
    "weekly_mail",
]
