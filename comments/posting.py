"""Posting a comment: the one door by which readers' words come in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from articles import page_versions
from comments import screening, text
from comments.models import Comment, Thread, step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from articles.models import Article


class CommentRefused(Exception):
    """The comment was not taken; nothing is stored."""


class ThreadClosed(CommentRefused):
    """The story takes no comments, or no longer."""


class NotRepliable(CommentRefused):
    """What it answers is not there, is on another story, or is too deep."""


class Duplicate(CommentRefused):
    """The same words by the same person stand there already."""


class TooSoon(CommentRefused):
    """The same person posted a moment ago."""


@transaction.atomic
def post_comment(
    article: Article,
    comment: Comment,
    *,
    reply_to: int | None = None,
    around: screening.Circumstances | None = None,
) -> Comment:
    """Screen ``comment`` (unsaved: who and what) and store it under ``article``.

    ``reply_to`` is the id of the comment it answers. Return it saved, in the state
    that screening gave it. Raise a ``CommentRefused`` that says what is wrong.
    """
    thread = locked_thread(article)
    if not thread.is_open:
        raise ThreadClosed
    comment.thread = thread
    comment.parent = _parent(thread, reply_to) if reply_to else None
    _refuse_repetition(comment)
    screening.screen(comment, around or screening.Circumstances())
    store(comment)
    page_versions.move(article)
    return comment


@transaction.atomic
def import_comments(article: Article, comments: Iterable[Comment]) -> None:
    """Store ``comments`` (unsaved, oldest first, their states decided) unscreened.

    A ``parent`` stands before its replies. For imports and the demo alone.
    """
    thread = locked_thread(article)
    for comment in comments:
        comment.thread = thread
        store(comment)
    page_versions.move(article)


def locked_thread(article: Article) -> Thread:
    """Return the article's thread, new if need be, locked until the transaction ends."""
    thread, _created = Thread.objects.select_for_update().get_or_create(article=article)
    thread.article = article
    return thread


def store(comment: Comment) -> None:
    """Save a new comment in its place, and count it. Its thread must be locked."""
    thread, parent = comment.thread, comment.parent
    thread.last_number += 1
    comment.number = thread.last_number
    comment.depth = parent.depth + 1 if parent else 0
    comment.root_id = (parent.root_id or parent.pk) if parent else None
    comment.path = (parent.path if parent else "") + step(comment.number)
    comment.html = text.render(comment.source)
    comment.save()
    count(comment, 1)
    thread.save()


def count(comment: Comment, by: int) -> None:
    """Add ``by`` to the counts that ``comment`` is part of in its present state.

    Its thread must be locked, and be saved by the caller.
    """
    if comment.state == Comment.State.PENDING:
        comment.thread.pending += by
    if comment.state == Comment.State.APPROVED:
        comment.thread.approved += by
        if comment.depth:
            Comment.objects.filter(
                thread=comment.thread, path__in=comment.ancestor_paths
            ).update(approved_replies=F("approved_replies") + by)


def _parent(thread: Thread, pk: int) -> Comment:
    parent = thread.comments.repliable().filter(pk=pk).first()
    if parent is None:
        raise NotRepliable
    return parent


def _refuse_repetition(comment: Comment) -> None:
    by_person = Comment.objects.filter(email=comment.email)
    if by_person.filter(
        thread=comment.thread,
        parent=comment.parent,
        name=comment.name,
        source=comment.source,
    ).exists():
        raise Duplicate
    since = timezone.now() - timedelta(seconds=settings.COMMENT_FLOOD_SECONDS)
    by_reader = Comment.objects.filter(reader_hash=comment.reader_hash)
    for earlier in (by_person, by_reader):
        if earlier.filter(created_at__gt=since).exists():
            raise TooSoon
