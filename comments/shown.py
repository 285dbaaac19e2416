"""What pages show of a comment: a row of the database, and not an object of the ORM.

A page has hundreds. An object takes ten times as long to make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from comments.models import Comment

if TYPE_CHECKING:
    from datetime import datetime


class Parent(NamedTuple):
    """What a reply shows of the comment that it answers."""

    pk: int
    state: str
    name: str

    @classmethod
    def of(cls, comment: Comment | Shown) -> Self:
        """Return what a reply to ``comment`` shows of it."""
        return cls(comment.pk, comment.state, comment.name)


class Shown(NamedTuple):
    """All that a page shows of a comment; times are aware.

    ``takes_replies`` tells whether an answer to it has room and may be written now.
    """

    pk: int
    number: int
    root_id: int | None
    parent_id: int | None
    depth: int
    state: str
    name: str
    email: str
    website: str
    html: str
    mark: str
    picked_at: datetime | None
    created_at: datetime
    edited_at: datetime | None
    recommended: int
    approved_replies: int
    takes_replies: bool = False
    parent: Parent | None = None

    @classmethod
    def of(cls, comment: Comment) -> Self:
        """Return what is shown of ``comment``, whose parent is at hand."""
        row = [getattr(comment, column) for column in COLUMNS]
        parent = Parent.of(comment.parent) if comment.parent else None
        return cls._make([*row, comment.takes_replies, parent])

    @property
    def is_approved(self) -> bool:
        """Whether readers see its words; a visible one without is a tombstone."""
        return self.state == Comment.State.APPROVED

    @property
    def rendered(self) -> SafeString:
        """The comment as readers get it."""
        return mark_safe(self.html)  # noqa: S308  # cleaned by ``text.render``

    @property
    def address(self) -> str:
        """The permanent address, which leads to the page that holds it."""
        return reverse("comments:comment", args=[self.pk])

    def completed(self, *, levels: int, parent: Parent | None = None) -> Self:
        """Return it with what it answers, and whether it takes answers at ``levels``.

        ``levels`` is how deep the thread may be; 0: nothing can be written now.
        """
        takes_replies = self.is_approved and self.depth + 1 < levels
        return self._replace(takes_replies=takes_replies, parent=parent)


COLUMNS = Shown._fields[:-2]
