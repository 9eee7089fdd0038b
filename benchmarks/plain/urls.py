"""The plain list beside the marketplace's addresses, which its cards link to."""

from django.urls import path

from benchmarks.plain.views import AdvertListView
from marketplace.urls import urlpatterns as marketplace_urls

urlpatterns = [path("plain/", AdvertListView.as_view()), *marketplace_urls]
