"""Addresses of dealers, their stock and their feeds, below the API's root."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from dealers.api.feeds.files import CsvRenderer
from dealers.api.feeds.views import FeedFileViewSet, FeedRunViewSet, FeedViewSet
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
from marketplace.api.renderers import OrjsonRenderer

_RUNS = "feeds/<int:pk>/runs"

router = SimpleRouter(use_regex_path=False)
router.register("feeds", FeedViewSet, basename="feed")
router.register(_RUNS, FeedFileViewSet, basename="feed-file")
router.register(_RUNS, FeedRunViewSet, basename="feed-run")

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
    path(
        f"{_RUNS}/<int:run_id>/report.csv",
        FeedRunViewSet.as_view(
            {"get": "report_csv"}, renderer_classes=(OrjsonRenderer, CsvRenderer)
        ),
        name="feed-run-csv",
    ),
    *router.urls,
]
