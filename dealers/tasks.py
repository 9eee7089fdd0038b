"""Work that verbs put off: ids in, safe twice."""

from functools import partial

from celery import shared_task

from dealers import letters
from dealers.digest import send_digest
from dealers.mail import MailServerAway

# A mail server that is away is asked again, for some eight minutes.
_mailing = partial(
    shared_task,
    autoretry_for=(MailServerAway,),
    max_retries=5,
    retry_backoff=30,
    retry_backoff_max=480,
)


@_mailing()
def send_expiry_digest(dealer_id: int) -> None:
    send_digest(dealer_id=dealer_id)


@_mailing()
def send_invitation(invitation_id: int) -> None:
    letters.send_invitation(invitation_id=invitation_id)


@_mailing()
def send_password_reset(user_id: int) -> None:
    letters.send_password_reset(user_id=user_id)
