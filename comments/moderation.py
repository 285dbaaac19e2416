"""Deciding on comments: each decision is counted, logged and shown at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from articles import page_versions
from articles.models import Article
from comments.models import Comment
from comments.posting import count, locked_thread
from newsroom.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsroom.models import User

ACTS = {
    Comment.State.APPROVED: "approve",
    Comment.State.SPAM: "mark as spam",
    Comment.State.REMOVED: "remove",
    Comment.State.PENDING: "hold",
}


def decide(
    comments: Iterable[Comment],
    state: Comment.State,
    *,
    moderator: User | None,
    reason: str = "",
) -> int:
    """Give each of ``comments`` the ``state``; return how many were in another one.

    Story by story: one transaction each, so that a long list holds up no reader.
    """
    by_article: dict[int, list[int]] = {}
    for comment in comments:
        by_article.setdefault(comment.thread_id, []).append(comment.pk)
    changed = 0
    for article_id, ids in by_article.items():
        article = Article.objects.get(pk=article_id)
        changed += _decide_in_thread(article, ids, state, moderator, reason)
    return changed


@transaction.atomic
def _decide_in_thread(
    article: Article,
    ids: list[int],
    state: Comment.State,
    moderator: User | None,
    reason: str,
) -> int:
    thread = locked_thread(article)
    # Read again under the lock: another moderator may have been quicker.
    others = thread.comments.filter(pk__in=ids).exclude(state=state)
    comments = list(others.order_by("number"))
    for comment in comments:
        comment.thread = thread
        before = comment.state
        count(comment, -1)
        comment.state = state
        count(comment, 1)
        comment.save(update_fields=["state"])
        Event.objects.record(
            moderator,
            ACTS[state],
            comment,
            reason=reason,
            before={"state": before},
            after={"state": state},
        )
    if comments:
        thread.save()
        page_versions.move(article)
    return len(comments)


@transaction.atomic
def close(article: Article, *, moderator: User | None) -> None:
    """Let readers write no more under ``article``; what stands there stays."""
    _set_closed(article, moderator, closed=True)


@transaction.atomic
def reopen(article: Article, *, moderator: User | None) -> None:
    """Let readers write under ``article`` again, if the desk does too."""
    _set_closed(article, moderator, closed=False)


def _set_closed(article: Article, moderator: User | None, *, closed: bool) -> None:
    thread = locked_thread(article)
    if thread.closed != closed:
        thread.closed = closed
        thread.save()
        Event.objects.record(moderator, "close" if closed else "reopen", thread)
        page_versions.move(article)
