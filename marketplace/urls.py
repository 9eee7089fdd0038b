"""Every address the project answers at."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("listings.urls")),
    path("api/v1/", include("dealers.urls")),
]
