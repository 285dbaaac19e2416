"""Deciding on comments: each decision is counted, logged and shown at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from articles import page_versions
from articles.models import Article
from comments import akismet, learning, notification, tasks
from comments.models import Comment
from comments.posting import count, locked_thread
from newsroom.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsroom.models import User

State = Comment.State
ACTS = {
    State.APPROVED: "approve",
    State.SPAM: "mark as spam",
    State.REMOVED: "remove",
    State.PENDING: "hold",
}


@dataclass(frozen=True)
class Decision:
    """What becomes of a comment, and why; see ``decide``."""

    state: Comment.State
    fault: str
    word: str
    note: str


def decide(
    comments: Iterable[Comment],
    state: Comment.State,
    *,
    moderator: User | None,
    fault: str = "",
    word: str = "",
    note: str = "",
) -> int:
    """Give each of ``comments`` the ``state``; return how many were in another one.

    ``fault`` (a ``Comment.Fault``) and ``word`` are for its writer; ``note`` stays
    with the moderators, in the record. Story by story: one transaction each, so that
    a long list holds up no reader. What its writer has withdrawn stays withdrawn.
    """
    decision = Decision(state, fault, word, note)
    by_article: dict[int, list[int]] = {}
    for comment in comments:
        by_article.setdefault(comment.thread_id, []).append(comment.pk)
    changed = 0
    for article_id, ids in by_article.items():
        article = Article.objects.get(pk=article_id)
        changed += _decide_in_thread(article, ids, decision, moderator)
    return changed


@transaction.atomic
def _decide_in_thread(
    article: Article, ids: list[int], decision: Decision, moderator: User | None
) -> int:
    thread = locked_thread(article)
    # Read again under the lock: another moderator may have been quicker.
    others = thread.comments.filter(pk__in=ids).exclude(
        state__in=[decision.state, State.WITHDRAWN]
    )
    comments = list(others.order_by("number"))
    for comment in comments:
        comment.thread = thread
        _decide(comment, decision, moderator)
    if comments:
        thread.save()
        page_versions.move(article)
    return len(comments)


def _decide(comment: Comment, decision: Decision, moderator: User | None) -> None:
    before = {"state": comment.state, "fault": comment.fault, "word": comment.word}
    count(comment, -1)
    comment.state = decision.state
    count(comment, 1)
    comment.fault, comment.word = decision.fault, decision.word
    comment.decided_at = timezone.now()
    learning.learn(comment)
    comment.save()
    if akismet.is_on() and akismet.is_wrong(comment):
        tasks.report_to_akismet.enqueue(comment.pk)
    after = {"state": comment.state, "fault": comment.fault, "word": comment.word}
    Event.objects.record(
        moderator,
        ACTS[decision.state],
        comment,
        reason=decision.note or decision.word,
        before=before,
        after=after,
    )
    notification.comment_decided(comment, before["state"])


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
