"""Changing one's own comment, or taking it back, while it is young."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from articles import page_versions
from articles.models import Article
from comments import learning, notification, screening, text
from comments.models import Ban, Comment, Wording
from comments.posting import count, locked_thread
from comments.screening import Circumstances, Verdict
from newsroom.models import Event

if TYPE_CHECKING:
    from datetime import datetime

    from comments.rules import Rules

State = Comment.State


class TooLate(Exception):
    """The time is over, or the comment was refused or taken back."""


def editable_until(
    comment: Comment, rules: Rules, at: datetime | None = None
) -> datetime | None:
    """Return until when its writer may change ``comment``; None: no longer.

    ``at`` is aware; now if omitted.
    """
    until = comment.created_at + timedelta(minutes=rules.edit_minutes)
    is_there = comment.state in {State.PENDING, State.APPROVED}
    return until if is_there and (at or timezone.now()) < until else None


@transaction.atomic
def edit(
    comment: Comment,
    *,
    source: str,
    rules: Rules,
    around: Circumstances | None = None,
    late: bool = False,
) -> Comment:
    """Give ``comment`` the new ``source``, screened like a new one; return it.

    What it said before is kept. ``late`` is for someone who has proved by mail that
    the address is theirs: there is no limit of time, and a moderator reads it. Raise
    ``TooLate``, also if a moderator has refused the comment meanwhile.
    """
    comment, article = _locked(comment)
    # Not by a rule but by readers or a moderator: no new wording changes that.
    held = [one for one in comment.verdicts if one["check"] == "reports"]
    is_held = comment.state == State.PENDING and bool(held or comment.decided_at)
    if not (late or editable_until(comment, rules)) or comment.state not in {
        State.PENDING,
        State.APPROVED,
    }:
        raise TooLate
    if source == comment.source:
        return comment
    Wording.objects.create(comment=comment, source=comment.source)
    learning.forget(comment)
    count(comment, -1)
    comment.source, comment.html = source, text.render(source)
    comment.edited_at = timezone.now()
    if not is_held:
        comment.decided_at, comment.fault, comment.word = None, "", ""
    screening.screen(comment, _known_of(comment, around or Circumstances()), rules)
    if is_held and comment.is_approved:
        comment.state = State.PENDING
        comment.verdicts += held
    if late and comment.is_approved:
        reason = gettext_noop("Its writer changed it after the time for that.")
        comment.state = State.PENDING
        comment.verdicts.append(Verdict("late", State.PENDING, reason).as_stored())
    count(comment, 1)
    comment.save()
    comment.thread.save()
    notification.comment_posted(comment, rules)
    page_versions.move(article)
    return comment


@transaction.atomic
def withdraw(comment: Comment, *, rules: Rules, late: bool = False) -> Comment:
    """Take ``comment`` back for its writer; replies keep a line in its place.

    ``late`` as in ``edit``. Raise ``TooLate``.
    """
    comment, article = _locked(comment)
    is_there = comment.state in {State.PENDING, State.APPROVED}
    if not ((is_there and late) or editable_until(comment, rules)):
        raise TooLate
    before = comment.state
    learning.forget(comment)
    count(comment, -1)
    comment.state = State.WITHDRAWN
    comment.save()
    comment.thread.save()
    Event.objects.record(
        None,
        "withdraw",
        comment,
        before={"state": before},
        after={"state": comment.state},
    )
    page_versions.move(article)
    return comment


def _locked(comment: Comment) -> tuple[Comment, Article]:
    """Return ``comment`` read again under its thread's lock, and the article."""
    article = Article.objects.get(pk=comment.thread_id)
    thread = locked_thread(article)
    comment = Comment.objects.get(pk=comment.pk)
    comment.thread = thread
    return comment, article


def _known_of(comment: Comment, around: Circumstances) -> Circumstances:
    theirs = Comment.objects.filter(email=comment.email, name=comment.name)
    approved = theirs.filter(state=State.APPROVED).exclude(pk=comment.pk)
    ban = Ban.objects.in_force().on(comment).values_list("reason", flat=True).first()
    is_known = bool(comment.email) and approved.exists()
    return replace(around, is_known=is_known, ban=ban or "")
