"""Which comments, in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from comments.models import Comment


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible(self) -> Self:
        """Return what readers see: approved comments, and tombstones over replies."""
        return self.filter(Q(state="approved") | Q(approved_replies__gt=0))

    def repliable(self) -> Self:
        """Return those that an answer may be written to: see ``takes_replies``."""
        deepest = settings.COMMENT_MAX_DEPTH - 2  # depths begin at 0, and one follows
        return self.filter(state="approved", depth__lte=deepest)

    def roots(self) -> Self:
        """Return those that answer the story itself, in the order they came."""
        return self.filter(depth=0).order_by("number")

    def pending(self) -> Self:
        """Return those that wait for a moderator, oldest first."""
        return self.filter(state="pending").order_by("pk")
