"""The part of a thread that one page shows: it costs the same in a thread of any size.

A page has at most 50 comments that answer the story, in one of three orders, and under
each the 20 replies that came first. Whoever answers comes later than what is answered,
so those 20 always hang together. The rest of a long branch has pages of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from comments.models import Comment, Discussion, Thread, step
from comments.rules import Rules, is_open, is_slow, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from articles.models import Article
    from comments.querysets import CommentQuerySet

Order = Discussion.Order
REPLIES_SHOWN = 20
REPLIES_A_PAGE = 100
MOST_RECOMMENDED = 200
PICKS_SHOWN = 5


@dataclass(frozen=True)
class Branch:
    """One comment that answers the story, the replies shown, and how many more."""

    root: Comment
    replies: Sequence[Comment]
    more: int


@dataclass(frozen=True)
class ThreadPage:
    """What a page shows of a thread, in which order, and where the next begins.

    ``start`` and ``next_from`` are numbers of comments, or places among the most
    recommended.
    """

    thread: Thread
    rules: Rules
    branches: Sequence[Branch]
    order: str
    start: int | None
    next_from: int | None
    picks: Sequence[Comment] = ()

    @property
    def is_open(self) -> bool:
        """Whether comments may be written now."""
        return is_open(self.thread, self.rules)

    @property
    def slow_until(self) -> datetime | None:
        """Until when slow mode holds; None: it does not."""
        return self.thread.slow_until if is_slow(self.thread) else None


def page_of(
    article: Article,
    *,
    order: str = "",
    start: int | None = None,
    with_picks: bool = False,
) -> ThreadPage:
    """Return one page of the comments that answer ``article``, and their replies.

    ``order`` is an ``Order``, the story's own if omitted. ``start`` is the number of
    the comment that the page begins with, or for the most recommended, of which there
    are 200, how many stand before it. Three queries; one more for the picks.
    """
    rules = rules_of(article)
    order = order or rules.order
    last_shown = (
        Comment.objects.filter(root=OuterRef("pk"))
        .visible()
        .order_by("number")
        .values("number")[REPLIES_SHOWN - 1 : REPLIES_SHOWN]
    )
    most = rules.roots_a_page
    found = _in_order(article, order, start, most)
    roots = list(
        found.select_related("thread").annotate(last_shown=Subquery(last_shown))
    )
    thread = roots[0].thread if roots else _thread_of(article)
    thread.article = article
    next_from = roots[most].number if len(roots) > most else None
    if order == Order.RECOMMENDED and next_from is not None:
        next_from = (start or 0) + most
        next_from = next_from if next_from < MOST_RECOMMENDED else None
    roots = roots[:most]
    replies: dict[int, list[Comment]] = {root.pk: [] for root in roots}
    for reply in _first_replies(roots):
        replies[reply.root_id or 0].append(reply)
    if is_open(thread, rules) and not rules.staff_only:
        _mark_repliable([*roots, *chain.from_iterable(replies.values())], rules)
    branches = [_branch(root, replies[root.pk]) for root in roots]
    picks = _picks(thread) if with_picks and thread.approved else []
    return ThreadPage(thread, rules, branches, order, start, next_from, picks)


def _in_order(
    article: Article, order: str, start: int | None, most: int
) -> CommentQuerySet:
    roots = Comment.objects.filter(thread=article.pk, depth=0).visible()
    if order == Order.NEWEST:
        if start is not None:
            roots = roots.filter(number__lte=start)
        return roots.order_by("-number")[: most + 1]
    if order == Order.RECOMMENDED:
        begin = min(start or 0, MOST_RECOMMENDED)
        end = min(begin + most + 1, MOST_RECOMMENDED)
        return roots.order_by("-recommended", "number")[begin:end]
    return roots.filter(number__gte=start or 0).order_by("number")[: most + 1]


def _picks(thread: Thread) -> Sequence[Comment]:
    approved = thread.comments.filter(state=Comment.State.APPROVED)
    # In the words of the index: “not null”, and not “not (null)”.
    picked = approved.filter(picked_at__isnull=False)
    return list(picked.order_by("-picked_at")[:PICKS_SHOWN])


def _mark_repliable(comments: Iterable[Comment], rules: Rules) -> None:
    for comment in comments:
        has_room = comment.depth + 1 < rules.levels
        comment.takes_replies = comment.is_approved and has_room


def _thread_of(article: Article) -> Thread:
    return Thread.objects.filter(article=article).first() or Thread(article=article)


def _first_replies(roots: Sequence[Comment]) -> Sequence[Comment]:
    answered = [root for root in roots if root.approved_replies]
    if not answered:
        return []
    last_shown = {root.pk: getattr(root, "last_shown", None) for root in answered}
    wanted = Q(root__in=[pk for pk, last in last_shown.items() if last is None])
    for pk, last in last_shown.items():
        if last is not None:
            wanted |= Q(root=pk, number__lte=last)
    found = Comment.objects.filter(wanted).visible().select_related("parent")
    return list(found.order_by("path"))


def _branch(root: Comment, replies: Sequence[Comment]) -> Branch:
    approved = sum(reply.is_approved for reply in replies)
    return Branch(root, replies, more=max(root.approved_replies - approved, 0))


@dataclass(frozen=True)
class RepliesPage:
    """What a page shows of one branch, and the path the next page begins with."""

    branch: Branch
    rules: Rules
    is_open: bool
    next_from: str


def replies_page(root: Comment, *, start: str = "") -> RepliesPage:
    """Return the replies under ``root`` in reading order from the path ``start`` on.

    The root's thread and its article must be there. Two queries.
    """
    rules = rules_of(root.thread.article)
    found = (
        Comment.objects.filter(
            thread=root.thread_id,
            path__gte=start or root.path,
            path__lt=step(root.number + 1),
            depth__gt=0,
        )
        .visible()
        .select_related("parent")
        .order_by("path")[: REPLIES_A_PAGE + 1]
    )
    replies = list(found)
    following = replies[REPLIES_A_PAGE].path if len(replies) > REPLIES_A_PAGE else ""
    replies = replies[:REPLIES_A_PAGE]
    open_now = is_open(root.thread, rules) and not rules.staff_only
    if open_now:
        _mark_repliable([root, *replies], rules)
    return RepliesPage(Branch(root, replies, more=0), rules, open_now, following)


def address_of(comment: Comment, article: Article) -> str:
    """Return the address of the page that holds a visible ``comment``, and its place.

    At most four queries, whatever the size of the thread.
    """
    root = comment.root or comment
    anchor = f"#comment-{comment.pk}"
    theirs = Comment.objects.filter(root=root).visible()
    if comment.depth and not _is_among_first(theirs, comment, REPLIES_SHOWN):
        address = reverse("comments:replies", args=[root.pk])
        return f"{address}?from={comment.path}{anchor}"
    rules = rules_of(article)
    roots = Comment.objects.filter(thread=comment.thread_id, depth=0).visible()
    is_newest_first = rules.order == Order.NEWEST
    if rules.order != Order.RECOMMENDED and _is_among_first(
        roots, root, rules.roots_a_page, newest=is_newest_first
    ):
        return f"{article.get_absolute_url()}{anchor}"
    address = reverse("comments:thread", args=[article.pk])
    return f"{address}?order={Order.OLDEST}&from={root.number}{anchor}"


def _is_among_first(
    comments: CommentQuerySet, comment: Comment, most: int, *, newest: bool = False
) -> bool:
    if newest:
        before = comments.filter(number__gt=comment.number).order_by("-number")
    else:
        before = comments.filter(number__lt=comment.number).order_by("number")
    return not before[most - 1 : most].exists()
