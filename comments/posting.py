"""Posting a comment: the one door by which readers' words come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, F, Q, Subquery
from django.utils import timezone

from articles import page_versions
from comments import notification, screening, slow_mode, text
from comments.models import Ban, Comment, Thread, step
from comments.rules import Rules, is_open, is_slow, rules_of
from comments.screening import Circumstances
from newsroom import rows
from newsroom.compiled import Compiled, examples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from articles.models import Article


class CommentRefused(Exception):
    """The comment was not taken; nothing is stored."""


class ThreadClosed(CommentRefused):
    """The story takes no comments, or no longer."""


class StaffOnly(CommentRefused):
    """Only people with an account may comment here."""


class NotRepliable(CommentRefused):
    """What it answers is not there, is on another story, or is too deep."""


class Duplicate(CommentRefused):
    """The same words by the same person stand there already."""


class TooSoon(CommentRefused):
    """The same person posted a moment ago; ``seconds`` is what lies between two.

    ``is_slow`` tells whether that is so by slow mode.
    """

    def __init__(self, seconds: int, *, is_slow: bool) -> None:
        super().__init__(seconds)
        self.seconds, self.is_slow = seconds, is_slow


@transaction.atomic
def post_comment(
    article: Article,
    comment: Comment,
    *,
    reply_to: int | None = None,
    rules: Rules | None = None,
    around: Circumstances | None = None,
) -> Comment:
    """Screen ``comment`` (unsaved: who and what) and store it under ``article``.

    ``reply_to`` is the id of the comment it answers; ``rules`` are the article's,
    looked up if omitted; ``around`` is what was learned of the comment before. Return
    it saved, in the state that screening gave it. Raise a ``CommentRefused`` that
    says what is wrong. What a member of staff writes is not screened.
    """
    rules = rules or rules_of(article)
    thread = locked_thread(article)
    if not is_open(thread, rules):
        raise ThreadClosed
    if rules.staff_only and not comment.staff_id:
        raise StaffOnly
    comment.thread = thread
    known = _place(comment, reply_to, rules)
    if known["is_repeated"]:
        raise Duplicate
    if known["is_too_soon"] and not comment.staff_id:
        raise TooSoon(_seconds_between(thread, rules), is_slow=is_slow(thread))
    around = replace(
        around or Circumstances(), is_known=known["is_known"], ban=known["ban"] or ""
    )
    screening.screen(comment, around, rules)
    store(comment)
    if comment.state in slow_mode.REFUSED:
        slow_mode.note_trouble(thread, rules)
    notification.comment_posted(comment, rules)
    page_versions.move(article)
    return comment


@transaction.atomic
def import_comments(article: Article, comments: Iterable[Comment]) -> None:
    """Store ``comments`` (unsaved, oldest first, their states decided) unscreened.

    A ``parent`` stands before its replies. For imports and the demo alone.
    """
    thread = locked_thread(article)
    for comment in comments:
        comment.thread = thread
        store(comment)
    page_versions.move(article)


def locked_thread(article: Article) -> Thread:
    """Return the article's thread, new if need be, locked until the transaction ends."""
    thread = _THREAD.first(article.pk)
    if thread is None:
        locked = Thread.objects.select_for_update()
        thread, _created = locked.get_or_create(article=article)
    thread.article = article
    return thread


_THREAD = Compiled(
    lambda pk: Thread.objects.select_for_update().filter(article=pk), -1605
)


def store(comment: Comment) -> None:
    """Save a new comment in its place, and count it. Its thread must be locked."""
    thread, parent = comment.thread, comment.parent
    thread.last_number += 1
    comment.number = thread.last_number
    comment.depth = parent.depth + 1 if parent else 0
    comment.root_id = (parent.root_id or parent.pk) if parent else None
    comment.path = (parent.path if parent else "") + step(comment.number)
    comment.html = text.render(comment.source)
    comment.screened_as = comment.screened_as or comment.state
    rows.save(comment)
    count(comment, 1)
    rows.save(thread)


def count(comment: Comment, by: int) -> None:
    """Add ``by`` to the counts that ``comment`` is part of in its present state.

    Its thread must be locked, and be saved by the caller.
    """
    if comment.state == Comment.State.PENDING:
        comment.thread.pending += by
    if comment.state == Comment.State.APPROVED:
        comment.thread.approved += by
        if comment.depth:
            Comment.objects.filter(
                thread=comment.thread, path__in=comment.ancestor_paths
            ).update(approved_replies=F("approved_replies") + by)


def _place(comment: Comment, reply_to: int | None, rules: Rules) -> dict[str, Any]:
    """Set the parent, and return what is known of the writer: in one query.

    It asks under the thread's lock, so that two tabs cannot post the same words.
    """
    thread, now = comment.thread, timezone.now()
    times = [now, now - timedelta(seconds=rules.flood_seconds)]
    if is_slow(thread, now):
        times.append(now - timedelta(seconds=_seconds_between(thread, rules)))
    networks = [one for one in (*comment.network_keys, comment.network_key) if one]
    address = [comment.email, comment.email.rpartition("@")[2]] if comment.email else []
    answered = [reply_to] if reply_to else []
    said = comment.reader_hash, comment.name, comment.source
    kind = len(times), len(answered), rules.levels, len(address), len(networks)
    found = _known(*kind).first(
        *times, thread.pk, *answered, *said, *address, *networks
    )
    if answered:
        comment.parent = found
    if found is None:
        raise NotRepliable
    return vars(found)


@lru_cache(maxsize=64)
def _known(
    times: int, answered: int, levels: int, address: int, networks: int
) -> Compiled:
    """Return the query of ``_place`` for so many arguments of each kind."""

    def write(*arguments: Any) -> QuerySet[Any]:
        rest = iter(arguments)
        now, *since = islice(rest, times)
        thread: int = next(rest)
        reply_to: Any = next(islice(rest, answered), None)
        reader, name, source = islice(rest, 3)
        email, _domain = islice(rest, address) if address else ("", "")
        comment = Comment(
            reader_hash=reader, name=name, source=source, email=email, thread_id=thread
        )
        comment.network_keys = tuple(rest)
        known = _known_of(comment, reply_to, now, *since)
        if not answered:
            return Thread.objects.filter(pk=thread).annotate(**known)
        repliable = Comment.objects.filter(thread=thread).repliable(levels=levels)
        return repliable.filter(pk=reply_to).annotate(**known)

    ages = (datetime(1605 + age, 1, 2, tzinfo=UTC) for age in range(times))
    words = ("a reader", "a name", "some words")
    addresses = ("reader@a.domain", "a.domain")[:address]
    networks_ = (f"network {number}" for number in range(networks))
    return Compiled(
        write, *ages, *examples(1 + answered), *words, *addresses, *networks_
    )


def _known_of(
    comment: Comment,
    reply_to: int | None,
    now: datetime,
    flood_since: datetime,
    slow_since: datetime | None = None,
) -> dict[str, Any]:
    theirs = Comment.objects.filter(reader_hash=comment.reader_hash)
    by_address = Comment.objects.filter(email=comment.email)
    person = by_address if comment.email else theirs
    repeated = person.filter(
        thread=comment.thread_id,
        parent=reply_to,
        name=comment.name,
        source=comment.source,
    )
    approved = by_address.exclude(email="").exclude(name="")
    approved = approved.filter(name=comment.name, state=Comment.State.APPROVED)
    just_now = Q(created_at__gt=flood_since)
    if slow_since:
        just_now |= Q(created_at__gt=slow_since, thread=comment.thread_id)
    bans = Ban.objects.in_force(now).on(comment)
    return {
        "is_repeated": Exists(repeated),
        "is_known": Exists(approved),
        "is_too_soon": Exists(theirs.filter(just_now))
        | Exists(person.filter(just_now)),
        "ban": Subquery(bans.values("reason")[:1]),
    }


def _seconds_between(thread: Thread, rules: Rules) -> int:
    if is_slow(thread):
        return max(rules.flood_seconds, rules.slow_minutes * 60)
    return rules.flood_seconds
