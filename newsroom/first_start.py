"""Bring a new checkout to life: tables, an administrator, and a newspaper to look at."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from newsroom.demo import loading
from newsroom.models import User

ADMINISTRATOR = "admin"


def prepare() -> list[str]:
    """Make the site ready to be served; return what to tell who starts it, in lines.

    The tables are brought up to date. An empty site gets an administrator with a
    random password, and the demo newspaper; any other one is left as it is.
    """
    call_command("migrate", interactive=False, verbosity=0)
    if not User.objects.filter(is_superuser=True).exists():
        _make_administrator()
    if loading.is_empty():
        loading.load()
    return [f"Site:  {settings.SITE_URL}/", *_login()]


def _make_administrator() -> None:
    password = secrets.token_urlsafe(12)
    path = _password_file()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.unlink(missing_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
    with os.fdopen(opened, "w") as file:
        file.write(f"{password}\n")
    User.objects.create_superuser(ADMINISTRATOR, password=password)


def _login() -> list[str]:
    lines = [f"Admin: {settings.SITE_URL}{settings.ADMIN_PATH}"]
    user = User.objects.filter(username=ADMINISTRATOR, is_active=True).first()
    password = _password_file().read_text().strip() if _password_file().exists() else ""
    if user and password and user.check_password(password):
        return [*lines, f"       user {ADMINISTRATOR}, password {password}"]
    return [*lines, "       sign in with an account of your own"]


def _password_file() -> Path:
    return settings.VAR / "admin_password"
