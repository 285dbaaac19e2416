"""Deciding on comments: each decision is counted, logged and shown at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles import page_versions
from articles.models import Article
from comments import akismet, learning, notification, objections, slow_mode, tasks
from comments.models import Appeal, Comment, Discussion, Report
from comments.posting import count, locked_thread
from comments.rules import is_slow, rules_of
from newsroom.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsroom.models import User

State = Comment.State
ACTS = {
    State.APPROVED: "approve",
    State.SPAM: "mark as spam",
    State.REMOVED: "remove",
    State.PENDING: "hold",
}
UNDO = "undo"
# What an undo can take back: a reply that a moderator wrote is a decision too.
DECISIONS = [*ACTS.values(), "reply", UNDO]


class NothingToUndo(Exception):
    """There is no decision on the comment, or another one since."""


@dataclass(frozen=True)
class Decision:
    """What becomes of a comment, and why; see ``decide``."""

    state: Comment.State
    fault: str
    word: str
    note: str
    still: str  # if given: only those that are still in this state


def decide(
    comments: Iterable[Comment],
    state: Comment.State,
    *,
    moderator: User | None,
    fault: str = "",
    word: str = "",
    note: str = "",
) -> int:
    """Give each of ``comments`` the ``state``; return how many were in another one.

    ``fault`` (a ``Comment.Fault``) and ``word`` are for its writer; ``note`` stays
    with the moderators, in the record. Story by story: one transaction each, so that
    a long list holds up no reader. What its writer has withdrawn stays withdrawn.
    """
    return len(
        decisions_on(
            comments, state, moderator=moderator, fault=fault, word=word, note=note
        )
    )


def decisions_on(
    comments: Iterable[Comment],
    state: Comment.State,
    *,
    moderator: User | None,
    fault: str = "",
    word: str = "",
    note: str = "",
    still: str = "",
) -> list[Event]:
    """Decide as ``decide`` does; return the record of each decision.

    With ``still`` given, what is no longer in that state is left as it is: another
    moderator was quicker.
    """
    decision = Decision(state, fault, word, note, still)
    by_article: dict[int, list[int]] = {}
    for comment in comments:
        by_article.setdefault(comment.thread_id, []).append(comment.pk)
    events = []
    for article_id, ids in by_article.items():
        article = Article.objects.get(pk=article_id)
        events += _decide_in_thread(article, ids, decision, moderator)
    return events


@transaction.atomic
def undo(
    comment: Comment, *, moderator: User | None, decision: Event | None = None
) -> Event:
    """Put back what was before the last decision on ``comment``; return the record.

    Raise ``NothingToUndo`` where none was made, or where the last is not the
    ``decision`` given. An undo is a decision like another, and can be undone.
    """
    article = Article.objects.get(pk=comment.thread_id)
    thread = locked_thread(article)
    comment = thread.comments.get(pk=comment.pk)
    comment.thread = thread
    last = Event.objects.about(comment).filter(act__in=DECISIONS).first()
    if last is None or last.before is None or comment.state == State.WITHDRAWN:
        raise NothingToUndo
    if decision and decision.pk != last.pk:
        raise NothingToUndo
    event = _put_back(comment, last.before, moderator)
    thread.save()
    page_versions.move(article)
    return event


def _put_back(comment: Comment, facts: dict[str, Any], moderator: User | None) -> Event:
    before = _facts_of(comment)
    count(comment, -1)
    comment.state = facts["state"]
    count(comment, 1)
    comment.fault, comment.word = facts.get("fault", ""), facts.get("word", "")
    settled_at, comment.decided_at = comment.decided_at, None
    if facts.get("decided_at"):
        comment.decided_at = parse_datetime(facts["decided_at"])
    if settled_at:
        comment.reports.filter(settled_at=settled_at).update(settled_at=None)
    _settle_reports(comment)
    theirs = Appeal.objects.filter(comment=comment)
    if comment.is_approved:
        theirs.filter(decided_at=None).update(
            upheld=True, decided_at=timezone.now(), decided_by=moderator
        )
    else:  # what settled an appeal is undone: it waits again
        theirs.filter(decided_at=settled_at).update(
            upheld=None, decided_at=None, decided_by=None
        )
    learning.learn(comment)
    comment.save()
    after = _facts_of(comment)
    event = Event.objects.record(moderator, UNDO, comment, before=before, after=after)
    notification.comment_decided(comment, before["state"])
    return event


def _facts_of(comment: Comment) -> dict[str, Any]:
    """Return what a decision changes of ``comment``, as the record keeps it."""
    decided_at = comment.decided_at
    return {
        "state": str(comment.state),
        "fault": str(comment.fault),
        "word": comment.word,
        "open_reports": comment.open_reports,
        "decided_at": decided_at.isoformat() if decided_at else None,
    }


@transaction.atomic
def _decide_in_thread(
    article: Article, ids: list[int], decision: Decision, moderator: User | None
) -> list[Event]:
    thread = locked_thread(article)
    # Read again under the lock: another moderator may have been quicker. To leave a
    # comment that was reported as it is, is a decision.
    others = thread.comments.filter(pk__in=ids).exclude(state=State.WITHDRAWN)
    others = others.filter(~Q(state=decision.state) | Q(open_reports__gt=0))
    if decision.still:
        others = others.filter(state=decision.still)
    comments = list(others.order_by("number"))
    events = []
    for comment in comments:
        comment.thread = thread
        events.append(_decide(comment, decision, moderator))
    if comments:
        thread.save()
        if decision.state in slow_mode.REFUSED:
            slow_mode.note_trouble(thread, rules_of(article))
        page_versions.move(article)
    return events


def _decide(comment: Comment, decision: Decision, moderator: User | None) -> Event:
    before = _facts_of(comment)
    count(comment, -1)
    comment.state = decision.state
    count(comment, 1)
    comment.fault, comment.word = decision.fault, decision.word
    comment.decided_at = timezone.now()
    if comment.open_reports:
        _settle_reports(comment)
    if comment.is_approved:  # a change of mind settles an appeal for the writer
        Appeal.objects.filter(comment=comment, decided_at=None).update(
            upheld=True, decided_at=comment.decided_at, decided_by=moderator
        )
    learning.learn(comment)
    comment.save()
    if akismet.is_on() and akismet.is_wrong(comment):
        tasks.report_to_akismet.enqueue(comment.pk)
    event = Event.objects.record(
        moderator,
        ACTS[decision.state],
        comment,
        reason=decision.note or decision.word,
        before=before,
        after=_facts_of(comment),
    )
    if before["state"] != comment.state:
        notification.comment_decided(comment, before["state"])
    return event


def _settle_reports(comment: Comment) -> None:
    """Settle what was reported before the decision that holds; count what came after."""
    unsettled = Report.objects.filter(comment=comment, settled_at=None)
    if comment.decided_at:
        seen = unsettled.filter(created_at__lte=comment.decided_at)
        seen.update(settled_at=comment.decided_at)
    comment.open_reports = objections.open_reports_of(comment)


@transaction.atomic
def close(article: Article, *, moderator: User | None) -> None:
    """Let readers write no more under ``article``; what stands there stays."""
    _set_closed(article, moderator, closed=True)


@transaction.atomic
def reopen(article: Article, *, moderator: User | None) -> None:
    """Let readers write under ``article`` again, if the desk does too."""
    _set_closed(article, moderator, closed=False)


def _set_closed(article: Article, moderator: User | None, *, closed: bool) -> None:
    thread = locked_thread(article)
    if thread.closed != closed:
        thread.closed = closed
        thread.save()
        Event.objects.record(moderator, "close" if closed else "reopen", thread)
        page_versions.move(article)


@transaction.atomic
def slow_down(article: Article, *, moderator: User | None) -> None:
    """Set slow mode by hand, for as long as the story's rules say."""
    thread = locked_thread(article)
    thread.slow_until = slow_mode.lasting(thread, rules_of(article))
    thread.save()
    after = {"until": thread.slow_until.isoformat()}
    Event.objects.record(moderator, "slow down", thread, after=after)
    page_versions.move(article)


@transaction.atomic
def end_slow_mode(article: Article, *, moderator: User | None) -> None:
    """End slow mode now. What happens next may set it again."""
    thread = locked_thread(article)
    if is_slow(thread):
        thread.slow_until = None
        thread.save()
        Event.objects.record(moderator, "end slow mode", thread)
        page_versions.move(article)


@transaction.atomic
def hold_every_comment(
    article: Article, *, moderator: User | None, hold: bool = True
) -> None:
    """Let a moderator read each comment on ``article`` first, or again as is usual."""
    locked_thread(article)
    settings, _new = Discussion.objects.get_or_create(article=article)
    if bool(settings.hold_all) != hold:
        before, settings.hold_all = settings.hold_all, hold or None
        settings.save(update_fields=["hold_all"])
        Event.objects.record(
            moderator,
            "change settings",
            settings,
            before={"hold_all": before},
            after={"hold_all": settings.hold_all},
        )
        page_versions.move(article)
