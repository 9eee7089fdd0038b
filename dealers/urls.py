"""Addresses of dealers, their stock and their feeds, below the API's root."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from dealers.api.enquiries.views import EnquiryViewSet
from dealers.api.feeds.files import CsvRenderer
from dealers.api.feeds.views import FeedFileViewSet, FeedRunViewSet, FeedViewSet
from dealers.api.feeds.words import FeedWordsViewSet
from dealers.api.stock.actions import ACTION_VIEWS
from dealers.api.stock.batch import StockBatchView
from dealers.api.stock.photos import StockPhotosViewSet, StockPhotoViewSet
from dealers.api.stock.views import StockViewSet
from dealers.api.valuations import ValuationView
from dealers.api.vehicle_records import VehicleRecordView
from dealers.api.views import DealerListView, DealerView
from dealers.api.webhooks.views import WebhookViewSet
from marketplace.api.renderers import OrjsonRenderer

_PHOTOS = "stock/<int:pk>/photos"
_RUNS = "feeds/<int:pk>/runs"

router = SimpleRouter(use_regex_path=False)
router.register("stock", StockViewSet, basename="stock")
router.register(_PHOTOS, StockPhotosViewSet, basename="stock-photos")
router.register(_PHOTOS, StockPhotoViewSet, basename="stock-photo")
router.register("enquiries", EnquiryViewSet, basename="enquiry")
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register("feeds", FeedViewSet, basename="feed")
router.register(_RUNS, FeedFileViewSet, basename="feed-file")
router.register(_RUNS, FeedRunViewSet, basename="feed-run")

urlpatterns = [
    path("dealers/", DealerListView.as_view(), name="dealer-list"),
    path("dealers/<slug:slug>/", DealerView.as_view(), name="dealer-detail"),
    path("valuations/", ValuationView.as_view(), name="valuations"),
    path("vehicle-records/", VehicleRecordView.as_view(), name="vehicle-records"),
    path("stock/batch/", StockBatchView.as_view(), name="stock-batch"),
    *(
        path(f"stock/<int:pk>/{verb}/", view.as_view(), name=f"stock-{verb}")
        for verb, view in ACTION_VIEWS.items()
    ),
    path(
        "feeds/<int:pk>/words/",
        FeedWordsViewSet.as_view({"get": "list", "put": "explain"}),
        name="feed-words",
    ),
    path(
        f"{_RUNS}/<int:run_id>/report.csv",
        FeedRunViewSet.as_view(
            {"get": "report_csv"}, renderer_classes=(OrjsonRenderer, CsvRenderer)
        ),
        name="feed-run-csv",
    ),
    *router.urls,
]
