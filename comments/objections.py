"""Readers' reports: several of them hold a comment until a moderator has looked."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from articles import page_versions
from articles.models import Article
from comments import notification, slow_mode
from comments.models import Comment, Report
from comments.posting import count, locked_thread
from comments.rules import rules_of
from comments.screening import Verdict

State = Comment.State


class NotReportable(Exception):
    """Readers no longer see the comment."""


@transaction.atomic
def report(
    comment: Comment,
    *,
    reader_hash: str,
    network_key: str,
    reason: str,
    words: str = "",
) -> Report:
    """Record one reader's report of ``comment``; a second one changes the first.

    ``reason`` is a ``Report.Reason``. As many as the rules say, of different networks,
    hold the comment. A report that a moderator has looked at counts no more. Raise
    ``NotReportable`` if the comment is not published.
    """
    article = Article.objects.get(pk=comment.thread_id)
    thread = locked_thread(article)
    comment = thread.comments.get(pk=comment.pk)
    comment.thread = thread
    if not comment.is_approved:
        raise NotReportable
    made, is_new = Report.objects.update_or_create(
        comment=comment,
        reader_hash=reader_hash,
        defaults={"network_key": network_key, "reason": reason, "words": words},
    )
    comment.open_reports = open_reports_of(comment)
    rules = rules_of(article)
    is_held = rules.reports_held and comment.open_reports >= rules.reports_held
    if is_held:
        _hold(comment)
    comment.save()
    if is_new:
        slow_mode.note_trouble(thread, rules)
    if is_held:
        thread.save()
        notification.comment_posted(comment, rules)
    page_versions.move(article)
    return made


def open_reports_of(comment: Comment) -> int:
    """Return how many networks reported ``comment`` since a moderator looked at it."""
    unsettled = comment.reports.filter(settled_at=None)
    return unsettled.values("network_key").distinct().count()


def _hold(comment: Comment) -> None:
    reason = gettext_noop("Readers of %(number)s networks reported it.")
    params = {"number": str(comment.open_reports)}
    verdict = Verdict("reports", State.PENDING, reason, params)
    kept = [one for one in comment.verdicts if one["check"] != "reports"]
    comment.verdicts = [*kept, verdict.as_stored()]
    count(comment, -1)
    comment.state = State.PENDING
    count(comment, 1)
