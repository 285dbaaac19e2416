"""Read one variable of the environment, or say in one line what is wrong with it."""

import re
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

import environ

_environment = environ.FileAwareEnv()
REQUIRED: Any = object()
_YES_AND_NO = {"on", "true", "yes", "1", "off", "false", "no", "0", ""}


def read_file(path: str) -> None:
    """Take the lines of a ``.env`` file as variables, where they are not set yet."""
    _environment.read_env(path)


def read(
    name: str,
    kind: str = "str",
    default: Any = REQUIRED,
    *,
    example: str,
    valid: Callable[[Any], bool] = bool,
) -> Any:
    """Return the variable ``name``, or the file's text that ``NAME_FILE`` names.

    ``kind`` is a cast of django-environ: str, bool, int, db_url, cache_url
    or email_url. A bool
    is "on" or "off", or another pair of words for it, and takes no ``valid``.
    ``default`` is in the same notation as the variable. Raise
    ``ImproperlyConfigured`` if the variable is absent without a default, if it does
    not parse, or if ``valid`` refuses what it means; the message is one line that
    names the variable and shows the valid ``example``. So it does for a value with a
    comment behind it, which would be part of the value.
    """
    given = {} if default is REQUIRED else {"default": default}
    _refuse_comment(name, example)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they would show a database's password
            value = getattr(_environment, kind)(name, **given)
        accepted = valid(value)
        if kind == "bool":  # django-environ takes any other word for "off"
            accepted = str(_environment.str(name, "")).lower() in _YES_AND_NO
    except (ImproperlyConfigured, ValueError, KeyError, OSError) as error:
        # django-environ says "Set the X environment variable" for an absent one.
        state = "is not set" if "Set the" in str(error) else "cannot be read"
        raise ImproperlyConfigured(_line(name, state, example)) from error
    if not accepted:
        raise ImproperlyConfigured(_line(name, "is not valid", example))
    return value


def _refuse_comment(name: str, example: str) -> None:
    try:
        text = str(_environment.str(name, ""))
    except (ImproperlyConfigured, OSError):
        return  # a file that is not there: it is met again
    if re.search(r"(^|\s)#", text):
        state = "holds a comment, which belongs on a line of its own"
        raise ImproperlyConfigured(_line(name, state, example))


def is_site_address(value: str) -> bool:
    """Tell whether ``value`` is an http(s) origin: scheme, host, at most a port."""
    parts = urlsplit(value)
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and (parts.port is None or parts.port > 0)  # .port raises ValueError itself
        and parts.path in {"", "/"}
        and not (parts.query or parts.fragment or parts.username)
    )


def is_web_address(value: str) -> bool:
    """Tell whether ``value`` is an http(s) address, with a path or without."""
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def is_bucket_or_none(value: str) -> bool:
    """Tell whether ``value`` is empty, or a name that S3 lets a bucket have."""
    return not value or bool(re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value))


def site_address_of(host: str, port: int) -> str:
    """Return the origin at which a browser here finds a server on ``host``, ``port``.

    A server that listens on every address ("0.0.0.0" or "::") is found on loopback.
    """
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not listened on
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _line(name: str, state: str, example: str) -> str:
    return f"{name} {state}. A valid value: {name}={example}"
