"""Makes the staff admin one that is signed in to safely."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    default_site = "dealers.signin.site.StaffSite"
