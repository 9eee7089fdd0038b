"""Who acts in the staff admin."""

from django.http import HttpRequest

from dealers.permissions import Actor


def staff_actor(request: HttpRequest) -> Actor:
    """Return who is signed in as the staff that services know."""
    return Actor.staff(request.user.pk or 0)
