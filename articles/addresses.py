"""Which of our stories an address leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve

from articles.models import Article, OldAddress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

MOST = 200  # addresses looked up at once


def path_of(address: str) -> str:
    """Return the path of an ``address`` on this site; "" for one elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = f"{parts.scheme}://{parts.netloc}"
    if (parts.scheme or parts.netloc) and host != settings.SITE_URL.rstrip("/"):
        return ""
    path = unquote(parts.path)
    return path if path.startswith("/") and "\0" not in path else ""


def stories_at(addresses: Iterable[str]) -> dict[str, Article]:
    """Return the stories, live or not, that ``addresses`` lead to, in two queries.

    An address may be a path, or absolute on this site, old or new. What leads to no
    story is left out.
    """
    paths = {one: path for one in [*addresses][:MOST] if (path := path_of(one))}
    keys = {path: key for path in paths.values() if (key := _key(path))}
    same = Q.create([Q(day=day, slug=slug) for day, slug in keys.values()], Q.OR)
    at = (
        {(one.day, one.slug): one for one in Article.objects.filter(same)}
        if keys
        else {}
    )
    moved = OldAddress.objects.filter(path__in={*paths.values()})
    old = {one.path: one.article for one in moved.select_related("article")}
    found = {
        one: at.get(keys.get(path)) or old.get(path)  # type: ignore[arg-type]
        for one, path in paths.items()
    }
    return {one: article for one, article in found.items() if article}


def is_a_story(path: str) -> bool:
    """Tell whether ``path`` is made as a story's is, there or not."""
    return _key(path) is not None


def is_a_page(path: str) -> bool:
    """Tell whether something of this site may answer ``path``."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _key(path: str) -> tuple[date, str] | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.view_name != "articles:story":
        return None
    return match.kwargs["day"], match.kwargs["slug"]
