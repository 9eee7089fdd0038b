"""The words that people agree to, one text for each purpose.

Whoever shows them sends them back word for word, so that what was shown is what is kept.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from listings.buyers.ledger import Consent
from listings.exceptions import InvalidConsent
from listings.models import ConsentWording

WORDS: Mapping[str, str] = {
    "enquiry": "The marketplace may pass what I send on to the dealer of this car, and the dealer "
    "may answer me by e-mail or telephone. It is kept for {days} days at most. I can take this "
    "back, and have it erased, at any time: by the link in my receipt, or by asking.",
    "report": "The marketplace may write to me about this report. The dealer is not told who sent "
    "it. It is kept for {days} days at most, and I can have it erased at any time, by asking.",
    "saved_search": "E-mail me cars that fit this, as often as I chose. I can stop these e-mails "
    "at any time, with one click in each of them.",
    "reservation": "The marketplace may pass my request on to the dealer of this car, and the "
    "dealer may answer me by e-mail or telephone. I am told by e-mail what becomes of it. It is "
    "kept for {days} days at most. I can take this back, and have it erased, at any time: by the "
    "link in each of these mails, or by asking.",
}
OUTDATED_AFTER = timedelta(hours=24)
"""So long a page that was opened before the words changed may still send the ones before."""


def words_now(purpose: str) -> str:
    """Return what is shown today to whoever leaves something for a purpose."""
    return WORDS[purpose].format(days=settings.BUYER_RECORDS_KEPT_DAYS[purpose])


def agreed(purpose: str, words: str) -> Consent:
    """Return the consent of somebody who was shown these words; forms may wrap them anew.

    Raises `InvalidConsent`.
    """
    consent = Consent(purpose, " ".join(words.split()))
    if not consent.words:
        raise InvalidConsent("Nothing is sent without this agreement.")
    if consent.words != words_now(purpose) and not _was_shown(consent):
        raise InvalidConsent("These words are out of date: show those of today, and ask again.")
    return consent


def _was_shown(consent: Consent) -> bool:
    """Whether these are earlier words, and the present ones are new since a little while ago."""
    rows = ConsentWording.objects.filter(purpose=consent.purpose)
    if not rows.filter(words=consent.words).exists():
        return False
    now = rows.filter(words=words_now(consent.purpose)).first()
    return now is None or now.first_shown_at > timezone.now() - OUTDATED_AFTER
