"""Addresses for programs that ask on behalf of people."""

from django.urls import path

from listings.mcp.endpoint import mcp
from listings.mcp.llms_text import llms_text
from listings.mcp.prepared_forms import prepared_form

urlpatterns = [
    path("mcp", mcp, name="mcp"),
    path("chat/<str:token>/", prepared_form, name="prepared-form"),
    path("llms.txt", llms_text, name="llms-text"),
]
