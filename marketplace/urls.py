"""Every address the project answers at."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from dealers.panel import panel
from dealers.views import renew, stop_weekly_mail
from marketplace.api.docs import docs
from marketplace.api.index import IndexView, SchemaView
from marketplace.mail_events import mail_events
from marketplace.security_txt import PATH as SECURITY_TXT
from marketplace.security_txt import security_txt

handler500 = "marketplace.error_answers.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="docs"), name="home"),
    path(SECURITY_TXT, security_txt, name="security-txt"),
    path("admin/", admin.site.urls),
    path("dealer/", panel.urls),
    path("api/docs/", docs, name="docs"),
    path("api/v1/", IndexView.as_view(), name="index"),
    path("api/v1/schema/", SchemaView.as_view(), name="schema"),
    path("api/v1/", include("listings.urls")),
    path("api/v1/", include("dealers.urls")),
    path("", include("listings.widget.urls")),
    path("", include("listings.syndication.urls")),
    path("", include("listings.pages.urls")),
    path("", include("listings.mcp.urls")),
    path("", include("dealers.signin.urls")),
    path("mail/events/", mail_events, name="mail-events"),
    path("renew/<str:token>/", renew, name="renew-listing"),
    path("weekly-mail/<str:token>/", stop_weekly_mail, name="end-weekly-mail"),
]
