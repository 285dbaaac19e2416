from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = "Newsroom"


class NewsroomAdminConfig(AdminConfig):
    """Django's admin, with the desk as its site."""

    default_site = "newsroom.desk.Desk"
