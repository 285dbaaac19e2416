"""Notices of illegal content, as the Digital Services Act (Articles 16, 17) asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from comments import moderation, notification
from comments.models import Comment, IllegalNotice
from newsroom.models import Event

if TYPE_CHECKING:
    from newsroom.models import User

State = IllegalNotice.State


class NoticeDecided(Exception):
    """Another moderator was quicker."""


@transaction.atomic
def give_notice(
    comment: Comment,
    *,
    explanation: str,
    law: str = "",
    name: str = "",
    email: str = "",
) -> IllegalNotice:
    """Record that somebody holds ``comment`` illegal, and what it said; return it.

    Nothing is hidden by it: a moderator decides, and says why.
    """
    notice = IllegalNotice.objects.create(
        comment=comment,
        quoted=comment.source,
        explanation=explanation,
        law=law,
        name=name,
        email=email,
    )
    Event.objects.record(None, "notice of illegal content", comment)
    notification.notice_given(notice)
    return notice


@transaction.atomic
def decide_notice(
    notice: IllegalNotice, *, upheld: bool, moderator: User, statement: str
) -> IllegalNotice:
    """Decide on ``notice`` with a ``statement`` of reasons; return it.

    ``upheld`` removes the comment. Raise ``NoticeDecided``.
    """
    notice = IllegalNotice.objects.select_for_update().get(pk=notice.pk)
    if notice.state != State.OPEN:
        raise NoticeDecided
    notice.state = State.UPHELD if upheld else State.DISMISSED
    notice.statement = statement
    notice.decided_at, notice.decided_by = timezone.now(), moderator
    notice.save()
    comment = Comment.objects.get(pk=notice.comment_id)
    act = "uphold notice" if upheld else "dismiss notice"
    Event.objects.record(moderator, act, comment, reason=statement)
    if upheld and comment.state == Comment.State.REMOVED:
        comment.fault = Comment.Fault.ILLEGAL
        comment.save(update_fields=["fault"])
    elif upheld:
        moderation.decide(
            [comment],
            Comment.State.REMOVED,
            moderator=moderator,
            fault=Comment.Fault.ILLEGAL,
        )
    notification.notice_decided(notice)
    return notice
