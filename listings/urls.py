"""Addresses of adverts and the catalogue, below the API's root."""

from django.urls import path

from listings.api.views import ListingListView, ListingView

urlpatterns = [
    path("listings/", ListingListView.as_view(), name="listing-list"),
    path("listings/<int:pk>/", ListingView.as_view(), name="listing-detail"),
]
