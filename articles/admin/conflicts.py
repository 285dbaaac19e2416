"""Whether a story is still as its form was filled: else the second of two who save is asked.

A form carries its ``base``: the number of the newest revision, and a digest of each of
what a colleague can change meanwhile. A part that differs names what was changed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.forms import model_to_dict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles.models import StoryContent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from articles.models import Article

# True of the story at any version, and so in force as soon as the form is saved.
FACTS = (
    *("section", "tags", "slug", "language"),
    *("comments_open", "ratings_open", "noindex"),
)
WORK = ("stage", "assignee", "due_at")  # the desk's own
CONTENT = tuple(field.name for field in StoryContent._meta.fields)
COMPARED = (*CONTENT, *FACTS, *WORK)
# Not what is next and when: a change whose time comes is nobody's act.
_PUBLISHING = (
    "published_at",
    "expires_at",
    "embargoed",
    "withdrawn_at",
    "withdrawal_reason",
)
_VERSION = ("number", "revision_id", "shown_from", "withheld_at")
_NOTE = ("pk", "kind", "text", "published_at", "withdrawal_reason")
_NAMED = ("pk", "position", "role", "author_id", "guest")
_LINKED = ("pk", "position", "target_id", "url", "title")


def base_of(article: Article) -> str:
    """Return what tells the story as it is now from one that somebody changed since."""
    if not article.pk:
        return ""
    newest = article.newest_revision
    parts = (
        values_of(article),
        [getattr(article, name) for name in _PUBLISHING]
        + [article.versions.order_by("-number").values_list(*_VERSION).first()],
        _rows(article.corrections.all(), _NOTE),
        _rows(article.bylines.all(), _NAMED),
        _rows(article.related_links.all(), _LINKED),
    )
    return "-".join([str(newest.number if newest else 0), *map(_digest, parts)])


def changed_parts(base: str, article: Article) -> list[str]:
    """Return what beside the fields is not as it was when ``base`` was taken, in words."""
    names = (
        _("what readers get, and when"),
        _("notes to readers"),
        _("byline"),
        _("related links"),
    )
    old, new = (text.split("-")[2:] for text in (base, base_of(article)))
    if len(old) != len(new):
        return []
    return [
        name for name, then, now in zip(names, old, new, strict=True) if then != now
    ]


def values_of(article: Article) -> dict[str, Any]:
    """Return what the form would be filled with from ``article``, comparably."""
    return {
        name: comparable(value)
        for name, value in model_to_dict(article, fields=[*COMPARED]).items()
    }


def comparable(value: Any) -> Any:
    """Return a form's value so that it equals the row's."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, (list, QuerySet)):
        return sorted(one.pk for one in value)
    return value if value is not None else ""


def said_of(article: Article, differing: Iterable[str]) -> str:
    """Return the sentences for whom a colleague was quicker than."""
    newest = article.newest_revision
    return format_html(
        _(
            "{name} saved this story at {time}, while you were writing. Nothing of yours "
            "is lost: it is below, unsaved. Theirs differs in: {fields}. "
            '<a href="{url}" target="_blank">Read theirs</a>, take over what you want, '
            "and save again to put yours in its place; theirs stays as revision "
            "{number}."
        ),
        name=newest.editor.name if newest and newest.editor else _("A colleague"),
        time=date_format(timezone.localtime(article.saved_at), "TIME_FORMAT"),
        fields=", ".join(differing),
        url=reverse(
            "admin:articles_revision_change", args=[newest.pk if newest else 0]
        ),
        number=newest.number if newest else 0,
    )


def _rows(rows: QuerySet[Any], names: tuple[str, ...]) -> list[Any]:
    return list(rows.order_by("pk").values_list(*names))


def _digest(part: object) -> str:
    return hashlib.sha256(repr(part).encode()).hexdigest()[:12]
