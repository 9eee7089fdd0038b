"""Addresses of adverts and the catalogue, below the API's root."""

from django.urls import path

from listings.api.audience import PhoneView, ReportView
from listings.api.catalogue import MakeListView, ModelListView
from listings.api.changes import ChangeListView
from listings.api.comparables import ComparablesView
from listings.api.compare import CompareView
from listings.api.enquiries import ConsentView, EnquiryView
from listings.api.market import MarketView
from listings.api.reservations import ReservationView
from listings.api.saved_searches import SavedSearchView
from listings.api.similar import SimilarListingsView
from listings.api.suggest import SuggestView
from listings.api.views import ListingListView, ListingView
from listings.widget.api import BlockView, ChosenCardsView, EventsView
from listings.widget.matches import MatchView

urlpatterns = [
    path("changes/", ChangeListView.as_view(), name="change-list"),
    path("consents/<slug:purpose>/", ConsentView.as_view(), name="consent"),
    path("editorial/match/", MatchView.as_view(), name="editorial-match"),
    path("listings/", ListingListView.as_view(), name="listing-list"),
    path("listings/compare/", CompareView.as_view(), name="listing-compare"),
    path("listings/<int:pk>/", ListingView.as_view(), name="listing-detail"),
    path("listings/<int:pk>/comparables/", ComparablesView.as_view(), name="comparables"),
    path("listings/<int:pk>/enquiries/", EnquiryView.as_view(), name="listing-enquiries"),
    path("listings/<int:pk>/similar/", SimilarListingsView.as_view(), name="listing-similar"),
    path("listings/<int:pk>/reservations/", ReservationView.as_view(), name="reservations"),
    path("listings/<int:pk>/phone/", PhoneView.as_view(), name="listing-phone"),
    path("listings/<int:pk>/reports/", ReportView.as_view(), name="listing-reports"),
    path("market/", MarketView.as_view(), name="market"),
    path("saved-searches/", SavedSearchView.as_view(), name="saved-searches"),
    path("suggest/", SuggestView.as_view(), name="suggest"),
    path("widget/", BlockView.as_view(), name="widget"),
    path("widget/cards/", ChosenCardsView.as_view(), name="widget-cards"),
    path("widget/events/", EventsView.as_view(), name="widget-events"),
    path("makes/", MakeListView.as_view(), name="make-list"),
    path("makes/<slug:slug>/models/", ModelListView.as_view(), name="model-list"),
]
