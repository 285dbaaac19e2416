"""Which comments, in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime

    from comments.models import Ban, Comment


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible(self) -> Self:
        """Return what readers see: approved comments, and tombstones over replies."""
        return self.filter(is_shown=True)

    def repliable(self, *, levels: int) -> Self:
        """Return those that an answer may be written to, in threads ``levels`` deep."""
        return self.filter(state="approved", depth__lte=levels - 2)  # depths begin at 0

    def roots(self) -> Self:
        """Return those that answer the story itself, in the order they came."""
        return self.filter(depth=0).order_by("number")

    def pending(self) -> Self:
        """Return those that wait for a moderator, oldest first."""
        return self.filter(state="pending").order_by("pk")


class BanQuerySet(models.QuerySet["Ban"]):
    def in_force(self, at: datetime | None = None) -> Self:
        """Return the bans that hold at ``at`` (aware; now if omitted)."""
        return self.filter(Q(until=None) | Q(until__gt=at or timezone.now()))

    def on(self, comment: Comment) -> Self:
        """Return the bans on whoever wrote ``comment`` (it may be unsaved)."""
        found = Q(kind="reader", value=comment.reader_hash)
        networks = [*comment.network_keys, comment.network_key]
        found |= Q(kind="network", value__in=filter(None, networks))
        if comment.email:
            domain = comment.email.rpartition("@")[2]
            found |= Q(kind="email", value=comment.email)
            found |= Q(kind="domain", value=domain)
        return self.filter(found)
