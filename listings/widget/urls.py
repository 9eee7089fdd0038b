"""Addresses of the block outside the API: its script and its forms without one."""

from django.urls import path

from listings.widget.frames import advert_frame, fragment, frame
from listings.widget.oembed import oembed
from listings.widget.scripts import component, frame_script, style

urlpatterns = [
    path("widget/v1.js", component, name="widget-component"),
    path("widget/v1.css", style, name="widget-style"),
    path("widget/frame.js", frame_script, name="widget-frame-script"),
    path("widget/frame/", frame, name="widget-frame"),
    path("widget/frame/<int:pk>/", advert_frame, name="widget-advert-frame"),
    path("widget/fragment/", fragment, name="widget-fragment"),
    path("oembed", oembed, name="oembed"),
]
