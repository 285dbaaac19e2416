from functools import wraps
from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.widgets import AutocompleteMixin


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = "Newsroom"


class NewsroomAdminConfig(AdminConfig):
    """Django's admin, with the desk as its site."""

    default_site = "newsroom.desk.Desk"

    def ready(self) -> None:
        super().ready()
        # A form with an error is drawn again with what was sent. Django's searchable
        # lists then ask the database for it, and fail with a 500 if it is no key.
        mended = _of_possible_keys(AutocompleteMixin.optgroups)
        AutocompleteMixin.optgroups = mended  # type: ignore[method-assign]


def _of_possible_keys(optgroups: Any) -> Any:
    @wraps(optgroups)
    def patient(self: Any, name: str, value: Any, attr: Any = None) -> Any:
        keys = [one for one in value if _is_possible_key(str(one))]
        return optgroups(self, name, keys, attr)

    return patient


def _is_possible_key(key: str) -> bool:
    return not key or (key.isascii() and key.isdecimal() and len(key) <= 18)
