"""The addresses of files of stock."""

from django.urls import path

from listings.syndication.views import stock_file

urlpatterns = [path("feeds/out/<str:token>/<str:file_name>", stock_file, name="stock-file")]
