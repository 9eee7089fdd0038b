"""What keeps an advert off sale, in words for a report, by the code of the refusal."""

REFUSALS = {
    "dealer_suspended": "The dealer is suspended: nothing goes on sale.",
    "not_publishable": "A car written off in category A or B may not be advertised.",
    "already_live": "Another live advert of this dealer has the same registration mark.",
    "action_not_allowed": "The advert cannot go on sale as it stands.",
}
