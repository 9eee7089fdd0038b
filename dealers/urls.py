"""Addresses of dealers, their stock and their feeds, below the API's root."""

from django.urls import path

from dealers.api.feeds.views import (
    ApproveRunView,
    DropRunView,
    FeedItemView,
    FeedListView,
    FeedMappingView,
    FeedRunCsvView,
    FeedRunRowsView,
    FeedRunsView,
    FeedRunView,
)
from dealers.api.stock.actions import ACTION_VIEWS
from dealers.api.stock.batch import StockBatchView
from dealers.api.stock.photos import StockPhotoOrderView, StockPhotosView, StockPhotoView
from dealers.api.stock.views import (
    StockByRefView,
    StockItemView,
    StockListView,
    StockLookupView,
)
from dealers.api.views import DealerListView, DealerView

_RUN = "feeds/<int:pk>/runs/<int:run_id>/"

urlpatterns = [
    path("dealers/", DealerListView.as_view(), name="dealer-list"),
    path("dealers/<slug:slug>/", DealerView.as_view(), name="dealer-detail"),
    path("stock/", StockListView.as_view(), name="stock-list"),
    path("stock/batch/", StockBatchView.as_view(), name="stock-batch"),
    path("stock/lookup/", StockLookupView.as_view(), name="stock-lookup"),
    path("stock/by-ref/<str:stock_ref>/", StockByRefView.as_view(), name="stock-by-ref"),
    path("stock/<int:pk>/", StockItemView.as_view(), name="stock-detail"),
    *(
        path(f"stock/<int:pk>/{verb}/", view.as_view(), name=f"stock-{verb}")
        for verb, view in ACTION_VIEWS.items()
    ),
    path("stock/<int:pk>/photos/", StockPhotosView.as_view(), name="stock-photos"),
    path("stock/<int:pk>/photos/order/", StockPhotoOrderView.as_view(), name="stock-photo-order"),
    path("stock/<int:pk>/photos/<int:photo_id>/", StockPhotoView.as_view(), name="stock-photo"),
    path("feeds/", FeedListView.as_view(), name="feed-list"),
    path("feeds/<int:pk>/", FeedItemView.as_view(), name="feed-detail"),
    path("feeds/<int:pk>/mapping/", FeedMappingView.as_view(), name="feed-mapping"),
    path("feeds/<int:pk>/runs/", FeedRunsView.as_view(), name="feed-runs"),
    path(_RUN, FeedRunView.as_view(), name="feed-run"),
    path(f"{_RUN}rows/", FeedRunRowsView.as_view(), name="feed-run-rows"),
    path(f"{_RUN}report.csv", FeedRunCsvView.as_view(), name="feed-run-csv"),
    path(f"{_RUN}approve/", ApproveRunView.as_view(), name="feed-run-approve"),
    path(f"{_RUN}drop/", DropRunView.as_view(), name="feed-run-drop"),
]
