"""Keep what is typed into a story's form until it is saved, and say who else types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from articles.models import Article, OpenForm, UnsavedCopy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from newsroom.models import User

type Fields = list[tuple[str, list[str]]]

KEPT_FOR = timedelta(days=30)
# A browser says every twenty seconds that a form is open; twice it may fail to.
OPEN_FOR = timedelta(seconds=65)


@dataclass(frozen=True)
class Colleague:
    """Someone else who has the story's form open."""

    name: str
    seen_at: datetime


@transaction.atomic
def keep(key: str, *, editor: User, article: Article | None, fields: Fields) -> bool:
    """Keep ``fields``, what ``editor`` typed into the form named ``key``; tell whether.

    ``article`` is none for a story that was never saved. What was kept of the same
    form is replaced; a key that is another's is not touched. A form that was saved
    meanwhile keeps nothing: its last words came late.
    """
    now = timezone.now()
    mine = UnsavedCopy.objects.filter(editor=editor)
    mine.filter(typed_at__lt=now - KEPT_FOR).delete()
    if mine.filter(key=key, settled_at=None).update(fields=fields, typed_at=now):
        return True
    _create(key, editor=editor, article=article, fields=fields, typed_at=now)
    return mine.filter(key=key, settled_at=None).exists()


def settle(key: str, *, editor: User, article: Article | None = None) -> None:
    """Offer the copy named ``key`` no more, and forget what it held.

    ``article`` is what was saved from it, if it was saved.
    """
    now = timezone.now()
    mine = UnsavedCopy.objects.filter(key=key, editor=editor)
    saved = {"article": article} if article else {}
    if not mine.update(fields=[], settled_at=now, **saved):
        _create(key, editor=editor, article=article, typed_at=now, settled_at=now)


def settled(key: str, *, editor: User) -> int | None:
    """Return the story that was saved from the copy named ``key``: 0 if none is known.

    None if the form was not saved yet. In a transaction another one that saves it now
    is waited for.
    """
    mine = UnsavedCopy.objects.filter(key=key, editor=editor)
    if connection.in_atomic_block:
        mine = mine.select_for_update()
    copy = mine.only("settled_at", "article_id").first()
    return (copy.article_id or 0) if copy and copy.settled_at else None


def _create(key: str, **fields: Any) -> None:
    # Two requests may name one form at once; a key that is there stays whose it is.
    UnsavedCopy.objects.bulk_create(
        [UnsavedCopy(key=key, **fields)], ignore_conflicts=True
    )


def settled_among(keys: Iterable[str], *, editor: User) -> list[str]:
    """Return which of ``keys`` were saved or thrown away, and by ``editor``."""
    mine = UnsavedCopy.objects.filter(editor=editor, settled_at__isnull=False)
    return list(mine.filter(key__in=list(keys)).values_list("key", flat=True))


def copies_of(
    article: Article | None, *, editor: User, except_for: str = ""
) -> list[UnsavedCopy]:
    """Return what ``editor`` typed into other forms of the story, newest first."""
    mine = UnsavedCopy.objects.filter(editor=editor, article=article, settled_at=None)
    return list(mine.exclude(key=except_for).order_by("-typed_at")[:5])


def open_form(article: Article, *, editor: User) -> list[Colleague]:
    """Note that ``editor`` has the form open; return who else has, first come first."""
    now = timezone.now()
    OpenForm.objects.update_or_create(
        article=article, editor=editor, defaults={"seen_at": now}
    )
    others = OpenForm.objects.filter(article=article, seen_at__gt=now - OPEN_FOR)
    return [
        Colleague(one.editor.name, one.seen_at)
        for one in others.exclude(editor=editor).select_related("editor").order_by("pk")
    ]


def close_form(article: Article, *, editor: User) -> None:
    """Note that ``editor`` has left the form."""
    OpenForm.objects.filter(article=article, editor=editor).delete()
