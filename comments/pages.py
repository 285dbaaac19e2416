"""The part of a thread that one page shows: it costs the same in a thread of any size.

A page has at most 50 comments that answer the story, in the order they came, and under
each the 20 replies that came first. Whoever answers comes later than what is answered,
so those 20 always hang together. The rest of a long branch has pages of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from comments.models import Comment, Thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from articles.models import Article
    from comments.querysets import CommentQuerySet

ROOTS_A_PAGE = 50
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
    branches: Sequence[Branch]
    next_from: int | None


def page_of(article: Article, *, start: int = 0) -> ThreadPage:
    """Return the page that begins with the first visible comment from ``start`` on.

    ``start`` is a comment's number in its thread. Two queries.
    """
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
        .annotate(last_shown=Subquery(last_shown))[: ROOTS_A_PAGE + 1]
    )
    thread = roots[0].thread if roots else _thread_of(article)
    thread.article = article
    next_from = roots[ROOTS_A_PAGE].number if len(roots) > ROOTS_A_PAGE else None
    roots = roots[:ROOTS_A_PAGE]
    replies: dict[int, list[Comment]] = {root.pk: [] for root in roots}
    for reply in _first_replies(roots):
        replies[reply.root_id or 0].append(reply)
    return ThreadPage(thread, [_branch(r, replies[r.pk]) for r in roots], next_from)


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


def replies_page(root: Comment, *, start: str = "") -> tuple[list[Comment], str]:
    """Return the replies under ``root`` in reading order from the path ``start`` on.

    With it the path that the next page begins with, "" on the last one. One query.
    """
    found = (
        Comment.objects.filter(root=root, path__gte=start)
        .visible()
        .select_related("parent")
        .order_by("path")[: REPLIES_A_PAGE + 1]
    )
    replies = list(found)
    following = replies[REPLIES_A_PAGE].path if len(replies) > REPLIES_A_PAGE else ""
    return replies[:REPLIES_A_PAGE], following


def address_of(comment: Comment, article: Article) -> str:
    """Return the address of the page that holds a visible ``comment``, and its place.

    At most three queries, whatever the size of the thread.
    """
    root = comment.root or comment
    anchor = f"#comment-{comment.pk}"
    if comment.depth and not _is_among_first(
        Comment.objects.filter(root=root), comment, REPLIES_SHOWN
    ):
        address = reverse("comments:replies", args=[root.pk])
        return f"{address}?from={comment.path}{anchor}"
    roots = Comment.objects.filter(thread=comment.thread_id, depth=0)
    if _is_among_first(roots, root, ROOTS_A_PAGE):
        return f"{article.get_absolute_url()}{anchor}"
    address = reverse("comments:thread", args=[article.pk])
    return f"{address}?from={root.number}{anchor}"


def _is_among_first(comments: CommentQuerySet, comment: Comment, most: int) -> bool:
    earlier = comments.visible().filter(number__lt=comment.number).order_by("number")
    return not earlier[most - 1 : most].exists()
