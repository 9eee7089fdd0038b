"""Addresses of the pages for buyers and for search engines."""

from django.urls import path

from listings.pages.advert import advert
from listings.pages.article import article
from listings.pages.results import results
from listings.pages.sitemap import robots, sitemap, sitemap_index

urlpatterns = [
    path("cars/", results, name="results"),
    path("cars/<int:pk>/<slug:slug>/", advert, name="advert"),
    path("cars/<int:pk>/", advert, {"slug": ""}, name="advert-by-id"),
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path("sitemap-<int:chunk>.xml", sitemap, name="sitemap-chunk"),
    path("robots.txt", robots, name="robots"),
    path("demo/article/", article, name="demo-article"),
]
