"""What this site's own decisions teach about spam."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comments.models import Comment


def learn(comment: Comment) -> None:
    """Learn from the state a moderator gave ``comment``; forget what it taught before.

    Sets ``learned_as``; the caller saves it, in the decision's transaction.
    """
