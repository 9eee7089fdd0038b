"""How the dealer panel looks: title, colours and the callables that fill its menu."""

from typing import Any

from marketplace.staff_look import LOGO, TEAL, icon, lazy_static


def panel_settings() -> dict[str, Any]:
    """Return the `DEALER_PANEL` setting, in the shape of Unfold's own."""
    return {
        "SITE_TITLE": "Dealer panel",
        "SITE_HEADER": "dealers.panel.menu.header",
        "SITE_SUBHEADER": "dealers.panel.menu.subheader",
        "SITE_URL": None,
        "SITE_ICON": LOGO,
        "SITE_FAVICONS": [icon()],
        "STYLES": [lazy_static("marketplace/panel.bundle.css")],
        "SCRIPTS": [],
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "BORDER_RADIUS": "8px",
        "COLORS": {"primary": TEAL},
        "ACCOUNT": {"navigation": "dealers.panel.menu.account_links"},
        "SIDEBAR": {
            "show_search": False,
            "show_all_applications": False,
            "navigation": "dealers.panel.menu.navigation",
        },
    }
