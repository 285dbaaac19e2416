"""Editors' picks: comments that stand pinned above the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from articles import page_versions
from articles.models import Article
from comments.models import Comment
from comments.posting import locked_thread
from newsroom.models import Event

if TYPE_CHECKING:
    from newsroom.models import User


@transaction.atomic
def pick(comment: Comment, *, moderator: User | None) -> bool:
    """Pin ``comment`` above the thread; tell whether it was not, and readers see it."""
    return _set(comment, moderator, is_picked=True)


@transaction.atomic
def unpick(comment: Comment, *, moderator: User | None) -> bool:
    """Pin it no more; tell whether it was."""
    return _set(comment, moderator, is_picked=False)


def _set(comment: Comment, moderator: User | None, *, is_picked: bool) -> bool:
    article = Article.objects.get(pk=comment.thread_id)
    locked_thread(article)
    comment = Comment.objects.get(pk=comment.pk)
    if bool(comment.picked_at) == is_picked or is_picked > comment.is_approved:
        return False
    comment.picked_at = timezone.now() if is_picked else None
    comment.save(update_fields=["picked_at"])
    Event.objects.record(moderator, "pick" if is_picked else "unpick", comment)
    page_versions.move(article)
    return True
