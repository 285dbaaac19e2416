"""Notes to readers: which ones the public has, and what changing one of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from articles import page_versions
from articles.models import Article, Correction
from newsroom.models import Event, move_site_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from articles.querysets import CorrectionQuerySet
    from newsroom.models import User

SAID = ("kind", "text", "published_at", "withdrawal_reason")


def public(at: datetime) -> CorrectionQuerySet:
    """Return the notes on stories that are live at ``at``, newest first, for a list."""
    stories = ("article__live", "article__next")
    return (
        Correction.objects.standing(at)
        .with_comparison(at)
        .filter(article__in=Article.objects.live(at))
        .select_related(*stories)
        .defer(
            "article__body",
            *(f"{story}__{name}" for story in stories for name in ("body", "text")),
        )
        .order_by("-published_at", "-pk")
    )


@transaction.atomic
def add(note: Correction, *, editor: User) -> None:
    """Sign a note that was saved beside the story, and date the story by it."""
    note.editor = editor
    note.save(update_fields=["editor"])
    Event.objects.record(editor, note.kind, note.article, reason=note.text)
    _finish(note)


@transaction.atomic
def change(note: Correction, *, editor: User, before: Mapping[str, Any]) -> None:
    """Write down what a saved note said ``before``, and date the story anew.

    ``before`` holds the old values of ``SAID`` that have changed. A reason for its
    withdrawal takes the note from the story; without one it stands again.
    """
    act = "edit note"
    if "withdrawal_reason" in before:
        act = "withdraw note" if note.withdrawn_at else "reinstate note"
    Event.objects.record(
        editor,
        act,
        note.article,
        reason=note.withdrawal_reason,
        before={name: str(value) for name, value in before.items()},
        after={name: str(getattr(note, name)) for name in before},
    )
    _finish(note)


def _finish(note: Correction) -> None:
    standing = note.article.corrections.standing(timezone.now())
    newest = standing.aggregate(newest=Max("published_at"))["newest"]
    Article.objects.filter(pk=note.article_id).update(updated_at=newest)
    page_versions.move(note.article)
    move_site_version()
