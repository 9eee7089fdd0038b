"""Addresses of adverts and the catalogue, below the API's root."""

from django.urls import path

from listings.api.catalogue import MakeListView, ModelListView
from listings.api.changes import ChangeListView
from listings.api.similar import SimilarListingsView
from listings.api.suggest import SuggestView
from listings.api.views import ListingListView, ListingView
from listings.widget.api import BlockView, EventsView
from listings.widget.matches import MatchView

urlpatterns = [
    path("changes/", ChangeListView.as_view(), name="change-list"),
    path("editorial/match/", MatchView.as_view(), name="editorial-match"),
    path("listings/", ListingListView.as_view(), name="listing-list"),
    path("listings/<int:pk>/", ListingView.as_view(), name="listing-detail"),
    path("listings/<int:pk>/similar/", SimilarListingsView.as_view(), name="listing-similar"),
    path("suggest/", SuggestView.as_view(), name="suggest"),
    path("widget/", BlockView.as_view(), name="widget"),
    path("widget/events/", EventsView.as_view(), name="widget-events"),
    path("makes/", MakeListView.as_view(), name="make-list"),
    path("makes/<slug:slug>/models/", ModelListView.as_view(), name="model-list"),
]
