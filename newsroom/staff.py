"""Sessions, accounts and messages: for the admin's addresses alone.

A public page is the same for everyone, so nothing may read who asks for it. Under
any other address these three do nothing: no cookie is read, set or varied by.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from newsroom.models import User


class _InTheAdmin:
    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.ADMIN_PATH):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class SessionMiddleware(_InTheAdmin, sessions.SessionMiddleware):
    """Django's own, in the admin."""


class AuthenticationMiddleware(_InTheAdmin, auth.AuthenticationMiddleware):
    """Django's own, in the admin."""


class MessageMiddleware(_InTheAdmin, messages.MessageMiddleware):
    """Django's own, in the admin."""


def staff_of(request: HttpRequest) -> User:
    """Return who of the staff asks; raise ``PermissionDenied`` if nobody does."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
