"""Addresses of dealers, below the API's root."""

from django.urls import path

from dealers.api.views import DealerListView, DealerView

urlpatterns = [
    path("dealers/", DealerListView.as_view(), name="dealer-list"),
    path("dealers/<slug:slug>/", DealerView.as_view(), name="dealer-detail"),
]
