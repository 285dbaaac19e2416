"""Who hears of what happens to a comment. Mail goes out after the act, by a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comments.models import Comment
    from comments.rules import Rules


def comment_posted(comment: Comment, rules: Rules) -> None:
    """Tell whom a new comment concerns. Call it in the transaction that stores it."""


def comment_decided(comment: Comment, before: str) -> None:
    """Tell whom a decision concerns. Call it in the transaction that makes it."""
