"""What dealers do most costs few clicks, counted from Home on."""

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone
from playwright.sync_api import Page, expect

from dealers.bulk import Act
from dealers.models import Branch, BulkRun, FeedRun, SavedView, StockFeed
from listings.models import Enquiry, EnquiryMessage, Listing, PriceSchedule
from tests import make
from tests.browser.conftest import serious
from tests.browser.journeys import Journey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket, pytest.mark.slow]
STOCK = "/dealer/listings/listing/"
