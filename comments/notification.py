"""Who hears of what happens to a comment. Mail goes out after the act, by a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comments.models import Appeal, Comment, IllegalNotice
    from comments.rules import Rules


def comment_posted(comment: Comment, rules: Rules) -> None:
    """Tell whom a new comment concerns. Call it in the transaction that stores it."""


def comment_decided(comment: Comment, before: str) -> None:
    """Tell whom a decision concerns. Call it in the transaction that makes it."""


def appeal_made(appeal: Appeal) -> None:
    """Tell moderators of an appeal. Call it in the transaction that stores it."""


def notice_given(notice: IllegalNotice) -> None:
    """Tell moderators of a notice. Call it in the transaction that stores it."""


def notice_decided(notice: IllegalNotice) -> None:
    """Tell who gave a notice what was decided, in the decision's transaction."""
