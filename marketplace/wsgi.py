"""The web application."""

import os

from django.core.wsgi import get_wsgi_application

from marketplace.bodies import BoundedBodies
from marketplace.celery import app as celery_app

__all__ = ["application", "celery_app"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

application = BoundedBodies(get_wsgi_application())
