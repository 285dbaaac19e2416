"""Who hears of what happens to a comment: a task, written down in the act's transaction.

The worker works out who that is: see ``letters``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from comments import tasks

if TYPE_CHECKING:
    from comments.models import Appeal, Comment, Correspondent, IllegalNotice
    from comments.rules import Rules


def comment_posted(comment: Comment, rules: Rules) -> None:
    """Tell whom a new comment concerns, or one that is held again."""
    if rules.mail_author or rules.mail_held or comment.wants_mail or comment.parent_id:
        tasks.tell_of_post.enqueue(comment.pk)


def comment_decided(comment: Comment, before: str) -> None:
    """Tell whom a decision on a comment concerns."""
    tasks.tell_of_decision.enqueue(comment.pk)


def address_confirmed(correspondent: Correspondent) -> None:
    """Tell who has confirmed an address what happened meanwhile."""
    tasks.catch_up.enqueue(correspondent.pk)


def appeal_made(appeal: Appeal) -> None:
    """Tell moderators of an appeal."""
    tasks.tell_moderators.enqueue(appeal.comment_id, "appeal")


def notice_given(notice: IllegalNotice) -> None:
    """Tell moderators of a notice of illegal content."""
    tasks.tell_moderators.enqueue(notice.comment_id, "notice")


def notice_decided(notice: IllegalNotice) -> None:
    """Tell who gave a notice what was decided, if they left an address."""
    if notice.email:
        tasks.tell_of_notice.enqueue(notice.pk)
