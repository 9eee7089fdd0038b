"""The web application; its code, the replica that it searches and the words load from the start."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils.module_loading import import_string

from marketplace.bodies import BoundedBodies
from marketplace.bounded_reads import BoundedReads
from marketplace.celery import app as celery_app

__all__ = ["application", "celery_app"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

application = BoundedReads(BoundedBodies(get_wsgi_application()))

from listings.catalogue.vocabulary import warm_up  # noqa: E402 - models need Django set up
from listings.search.engines import replica_status  # noqa: E402 - models need Django set up

replica_status()
warm_up()
import_string(settings.MESSAGE_STORAGE)  # Django does so at the first request
reverse("home")  # loads every view: else the first request of a worker waits for that
