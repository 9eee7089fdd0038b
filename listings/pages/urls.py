"""Addresses of the pages for buyers and for search engines."""

from django.urls import path

from listings.pages.advert import advert
from listings.pages.article import article
from listings.pages.comparable_cars import comparable_cars
from listings.pages.compare import compare
from listings.pages.dealer import dealer
from listings.pages.enquiry import ask, sent
from listings.pages.favourites import favourites
from listings.pages.framed_enquiry import framed_enquiry
from listings.pages.landing_page import all_cars, landing
from listings.pages.landing_sitemap import make_sitemap, makes_sitemap
from listings.pages.left import left
from listings.pages.new_alert import alert_asked, new_alert
from listings.pages.person import ask_for_all, everything
from listings.pages.phone import phone
from listings.pages.price_ratings import price_ratings
from listings.pages.report import report
from listings.pages.reservation import reserve
from listings.pages.results import results
from listings.pages.saved_search import confirm, manage, stop
from listings.pages.sitemap import dealer_sitemap, robots, sitemap, sitemap_index
from listings.pages.valuation import valuation

urlpatterns = [
    path("cars/", results, name="results"),
    path("cars/compare/", compare, name="compare"),
    path("cars/favourites/", favourites, name="favourites"),
    path("cars/<int:pk>/comparables/", comparable_cars, name="comparable-cars"),
    path("cars/<int:pk>/enquire/", ask, name="enquire"),
    path("cars/<int:pk>/enquire/sent/", sent, name="enquiry-sent"),
    path("widget/frame/<int:pk>/enquire/", framed_enquiry, name="framed-enquiry"),
    path("cars/<int:pk>/reserve/", reserve, name="reserve"),
    path("cars/<int:pk>/phone/", phone, name="phone"),
    path("cars/<int:pk>/report/", report, name="report-advert"),
    path("cars/<int:pk>/<slug:slug>/", advert, name="advert"),
    path("cars/<int:pk>/", advert, {"slug": ""}, name="advert-by-id"),
    path("dealers/<slug:slug>/", dealer, name="dealer"),
    path("alerts/new/", new_alert, name="new-alert"),
    path("alerts/sent/", alert_asked, name="alert-asked"),
    path("alerts/confirm/<str:token>/", confirm, name="confirm-saved-search"),
    path("alerts/stop/<str:token>/", stop, name="stop-alerts"),
    path("alerts/<str:token>/", manage, name="saved-search"),
    path("left/", ask_for_all, name="privacy"),
    path("left/all/<str:token>/", everything, name="buyer-person"),
    path("left/<str:token>/", left, name="buyer-record"),
    path("value/", valuation, name="valuation"),
    path("price-ratings/", price_ratings, name="price-ratings"),
    path("used-cars/", all_cars, name="landing-all"),
    path("used-cars/<path:names>/", landing, name="landing"),
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path("sitemap-<int:chunk>.xml", sitemap, name="sitemap-chunk"),
    path("sitemap-dealers.xml", dealer_sitemap, name="sitemap-dealers"),
    path("sitemap-used-cars.xml", makes_sitemap, name="sitemap-makes"),
    path("sitemap-used-cars-<slug:make>.xml", make_sitemap, name="sitemap-make"),
    path("robots.txt", robots, name="robots"),
    path("demo/article/", article, name="demo-article"),
]
