"""The part of a thread that one page shows: it costs the same in a thread of any size.

A page has at most 50 comments that answer the story, in the order they came, and under
each the 20 replies that came first. Whoever answers comes later than what is answered,
so those 20 always hang together. The rest of a long branch has pages of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from comments.models import Comment, Thread, step
from comments.rules import Rules, is_open, is_slow, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from articles.models import Article
    from comments.querysets import CommentQuerySet

REPLIES_SHOWN = 20
REPLIES_A_PAGE = 100


@dataclass(frozen=True)
class Branch:
    """One comment that answers the story, the replies shown, and how many more."""

    root: Comment
    replies: Sequence[Comment]
    more: int


@dataclass(frozen=True)
class ThreadPage:
    """What a page shows of a thread, and the number the next page begins with."""

    thread: Thread
    rules: Rules
    branches: Sequence[Branch]
    next_from: int | None

    @property
    def is_open(self) -> bool:
        """Whether comments may be written now."""
        return is_open(self.thread, self.rules)

    @property
    def slow_until(self) -> datetime | None:
        """Until when slow mode holds; None: it does not."""
        return self.thread.slow_until if is_slow(self.thread) else None


def page_of(article: Article, *, start: int = 0) -> ThreadPage:
    """Return the page that begins with the first visible comment from ``start`` on.

    ``start`` is a comment's number in its thread. Three queries.
    """
    rules = rules_of(article)
    last_shown = (
        Comment.objects.filter(root=OuterRef("pk"))
        .visible()
        .order_by("number")
        .values("number")[REPLIES_SHOWN - 1 : REPLIES_SHOWN]
    )
    roots = list(
        Comment.objects.filter(thread=article.pk, number__gte=start)
        .visible()
        .roots()
        .select_related("thread")
        .annotate(last_shown=Subquery(last_shown))[: rules.roots_a_page + 1]
    )
    thread = roots[0].thread if roots else _thread_of(article)
    thread.article = article
    has_more = len(roots) > rules.roots_a_page
    next_from = roots[rules.roots_a_page].number if has_more else None
    roots = roots[: rules.roots_a_page]
    replies: dict[int, list[Comment]] = {root.pk: [] for root in roots}
    for reply in _first_replies(roots):
        replies[reply.root_id or 0].append(reply)
    if is_open(thread, rules) and not rules.staff_only:
        _mark_repliable([*roots, *chain.from_iterable(replies.values())], rules)
    branches = [_branch(root, replies[root.pk]) for root in roots]
    return ThreadPage(thread, rules, branches, next_from)


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
    return RepliesPage(Branch(root, replies, more=0), open_now, following)


def address_of(comment: Comment, article: Article) -> str:
    """Return the address of the page that holds a visible ``comment``, and its place.

    At most four queries, whatever the size of the thread.
    """
    root = comment.root or comment
    anchor = f"#comment-{comment.pk}"
    if comment.depth and not _is_among_first(
        Comment.objects.filter(root=root), comment, REPLIES_SHOWN
    ):
        address = reverse("comments:replies", args=[root.pk])
        return f"{address}?from={comment.path}{anchor}"
    roots = Comment.objects.filter(thread=comment.thread_id, depth=0)
    if _is_among_first(roots, root, rules_of(article).roots_a_page):
        return f"{article.get_absolute_url()}{anchor}"
    address = reverse("comments:thread", args=[article.pk])
    return f"{address}?from={root.number}{anchor}"


def _is_among_first(comments: CommentQuerySet, comment: Comment, most: int) -> bool:
    earlier = comments.visible().filter(number__lt=comment.number).order_by("number")
    return not earlier[most - 1 : most].exists()
