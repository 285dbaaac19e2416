"""Answering readers: what staff write from the queue is shown at once, and marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from articles import page_versions
from articles.models import Article
from comments import moderation, notification
from comments.models import Comment
from comments.posting import NotRepliable, locked_thread, store
from comments.rules import rules_of
from newsroom.models import Event

if TYPE_CHECKING:
    from newsroom.models import User


@transaction.atomic
def answer(parent: Comment, *, source: str, by: User) -> list[Event]:
    """Publish ``by``'s reply to ``parent``, unscreened; return the record of it.

    Raise ``NotRepliable`` if readers do not see ``parent``, or it is too deep.
    """
    article = Article.objects.get(pk=parent.thread_id)
    thread, rules = locked_thread(article), rules_of(article)
    found = thread.comments.repliable(levels=rules.levels).filter(pk=parent.pk).first()
    if found is None:
        raise NotRepliable
    reply = Comment(
        thread=thread,
        parent=found,
        state=Comment.State.APPROVED,
        staff=by,
        mark=_mark_of(by, article),
        name=by.name,
        email=by.email[:100],
        source=source,
        decided_at=timezone.now(),
    )
    store(reply)
    facts = {"fault": "", "word": "", "open_reports": 0, "decided_at": None}
    event = Event.objects.record(
        by,
        "reply",
        reply,
        # What an undo puts back: a reply that nobody sees.
        before=facts | {"state": Comment.State.REMOVED.value},
        after=facts | {"state": Comment.State.APPROVED.value},
    )
    notification.comment_posted(reply, rules)
    page_versions.move(article)
    return [event]


@transaction.atomic
def approve_and_answer(parent: Comment, *, source: str, by: User) -> list[Event]:
    """Approve ``parent`` and publish ``by``'s reply to it: both or neither."""
    events = moderation.decisions_on([parent], Comment.State.APPROVED, moderator=by)
    return events + answer(parent, source=source, by=by)


def _mark_of(user: User, article: Article) -> Comment.Mark:
    shown = article.shown()
    written_by = {line.get("author") for line in shown.byline} if shown else set()
    author = getattr(user, "author", None)
    if author is not None and author.pk in written_by:
        return Comment.Mark.AUTHOR
    return Comment.Mark.STAFF
