"""How the staff admin looks: title, colours and the order of its menu."""

from base64 import b64encode
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import lazy

lazy_static = lazy(static, str)

_LOGO = Path(__file__).parent / "static" / "marketplace" / "logo.svg"
LOGO = f"data:image/svg+xml;base64,{b64encode(_LOGO.read_bytes()).decode()}"
"""In the page itself: it is smaller than a request."""


def unfold_settings(*, environment: str) -> dict[str, Any]:
    """Return the `UNFOLD` setting; `environment` is shown beside the title."""
    return {
        "SITE_TITLE": "Used-car marketplace",
        "SITE_HEADER": "Marketplace",
        "SITE_SUBHEADER": "Staff admin",
        "SITE_URL": "/",
        "SITE_ICON": LOGO,
        "SITE_FAVICONS": [
            icon(),
        ],
        "ENVIRONMENT": "marketplace.staff_look.environment_label",
        "ENVIRONMENT_NAME": environment,
        "DASHBOARD_CALLBACK": "dealers.admin.dashboard.add_figures",
        "ACCOUNT": {
            "navigation": [{"title": "Your account", "link": reverse_lazy("admin:account")}]
        },
        "STYLES": [lazy_static("marketplace/staff.bundle.css")],
        "SHOW_HISTORY": True,
        "SHOW_VIEW_ON_SITE": False,
        "BORDER_RADIUS": "6px",
        "COLORS": {"primary": TEAL},
        "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": _MENU},
    }


def icon() -> dict[str, Any]:
    """Return the icon of a browser's tab."""
    return {"rel": "icon", "type": "image/svg+xml", "href": LOGO}


def environment_label(request: HttpRequest) -> list[str]:
    name = settings.UNFOLD["ENVIRONMENT_NAME"]
    return [name, "danger" if name == "Production" else "info"]


TEAL = {
    "50": "oklch(98.4% .014 180.7)",
    "100": "oklch(95.3% .051 180.8)",
    "200": "oklch(91% .096 180.4)",
    "300": "oklch(85.5% .138 181.1)",
    "400": "oklch(77.7% .152 181.9)",
    "500": "oklch(62% .12 183)",
    "600": "oklch(52% .1 185)",
    "700": "oklch(45% .085 187)",
    "800": "oklch(39% .07 188)",
    "900": "oklch(34% .06 189)",
    "950": "oklch(25% .05 192)",
}


def _item(title: str, icon: str, model: str) -> dict[str, Any]:
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{name}"),
    }


_MENU = [
    {
        "items": [
            {"title": "Home", "icon": "home", "link": reverse_lazy("admin:index")},
            _item("Adverts", "directions_car", "listings.listing"),
            _item("What people left", "contact_mail", "listings.buyerrecord"),
            _item("Names in texts of others", "person_search", "listings.namedtext"),
            _item("Reports", "flag", "listings.advertreport"),
            _item("Signals", "warning", "listings.advertsignal"),
            _item("Cars in several adverts", "content_copy", "listings.carlink"),
        ]
    },
    {
        "title": "Sellers",
        "separator": True,
        "items": [
            _item("Dealers", "storefront", "dealers.dealer"),
            _item("Feed runs", "playlist_add_check", "dealers.feedrun"),
            _item("Webhooks", "webhook", "dealers.webhookendpoint"),
        ],
    },
    {
        "title": "Catalogue",
        "separator": True,
        "items": [
            _item("Makes", "factory", "listings.make"),
            _item("Models", "category", "listings.model"),
        ],
    },
    {
        "title": "History",
        "separator": True,
        "items": [
            _item("Events", "history", "listings.listingevent"),
            _item("Price changes", "sell", "listings.pricechange"),
            _item("Market values", "query_stats", "listings.marketfit"),
            _item("Placements", "ads_click", "listings.placementday"),
            _item("Audit log", "shield_person", "dealers.auditevent"),
            _item("Retention", "auto_delete", "marketplace.retentionday"),
            _item("Queued tasks", "pending_actions", "marketplace.outboxtask"),
            _item("Suppressed addresses", "unsubscribe", "marketplace.suppressedaddress"),
        ],
    },
    {
        "title": "People",
        "separator": True,
        "items": [
            _item("Users", "person", "dealers.user"),
            _item("Groups", "group", "auth.group"),
        ],
    },
]
