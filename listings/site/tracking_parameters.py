"""Parameters that others add to a link while it is shared: they tell of the way, not of the page.

Sources: the documentation of Google Analytics, Google Ads, Meta, Microsoft Advertising, Mailchimp,
HubSpot, Matomo and Adobe Analytics; the query stripping list of Firefox and the URL tracking filter
of AdGuard name the rest.
"""

from django.http import QueryDict

PREFIXES = (
    *("utm_", "_ga", "_gl", "ga_"),  # Google Analytics
    *("mtm_", "matomo_", "pk_", "piwik_"),  # Matomo
    *("_hs", "__hs", "hsa_"),  # HubSpot
    *("fb_", "mc_", "ml_", "mkt_", "vero_", "oly_", "oft_", "_ke", "_bta_", "dm_i"),  # mailings
    *("at_", "itm_", "int_", "cm_mmc", "trk_", "wt_", "wt.", "sc_", "spm", "guce_", "guccounter"),
)
NAMES = frozenset(
    [
        *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "gad", "gad_source"),  # Google
        *(
            "gad_campaignid",
            "adgroupid",
            "adposition",
            "creative",
            "matchtype",
            "network",
            "device",
        ),
        *("fbclid", "igsh", "igshid", "mibextid"),  # Meta
        *("msclkid", "yclid", "ysclid", "_openstat", "ocid", "ncid", "icid"),  # search engines
        *("twclid", "ttclid", "li_fat_id", "epik", "scclid", "sccid", "sclid", "rdt_cid", "xtor"),
        *("tblci", "dicbo", "obclid", "wickedid", "rb_clickid", "s_cid", "s_kwcid", "ef_id"),
        *("irclickid", "irgwc", "clickid", "click_id", "awclid", "awc", "cjevent", "cjdata"),
        *("affid", "aff_id", "subid", "sub_id", "ranmid", "raneaid", "ransiteid", "zanpid"),
        *("admitad_uid", "tduid", "vgo_ee", "nr_email_referer", "__s", "_kx", "hsctatracking"),
        *("ref", "ref_", "ref_src", "ref_url", "referer", "referrer", "referral", "source", "src"),
        *("campaign", "campaign_id", "campaignid", "ad_id", "adid", "adset_id"),
        *("cid", "cmp", "cmpid", "cmpgn", "si", "share", "shared", "trk", "trackid", "tracking"),
        *("tracking_id", "_branch_match_id", "_branch_referrer", "amp", "usqp", "outputtype"),
        *("sessionid", "jsessionid", "phpsessid"),
    ]
)


def is_tracking(name: str) -> bool:
    """Tell whether a parameter is one of those, in any letter case."""
    lower = name.lower()
    return lower in NAMES or lower.startswith(PREFIXES)


def without_tracking(query: QueryDict) -> QueryDict:
    """Return a query string without what others added to it; the same one where they did not."""
    added = [name for name in query if is_tracking(name)]
    if not added:
        return query
    kept = query.copy()
    for name in added:
        del kept[name]
    return kept
