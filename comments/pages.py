"""The part of a thread that one page shows: it costs the same in a thread of any size.

A page has at most 50 comments that answer the story, in one of three orders, and under
each the 20 replies that came first. Whoever answers comes later than what is answered,
so those 20 always hang together. The rest of a long branch has pages of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from articles.querysets import JSONList
from comments.models import Comment, Discussion, Thread, step
from comments.rules import Rules, is_open, is_slow, rules_of, rules_shown
from comments.shown import COLUMNS, Parent, Shown
from newsroom.compiled import Compiled, examples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

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

    root: Shown
    replies: Sequence[Shown]
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
    picks: Sequence[Shown] = ()

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
    are 200, how many stand before it. Two queries for an article with its companions.
    """
    rules = rules_shown(article)
    order = order or rules.order
    most = rules.roots_a_page
    if start is None and article.pk:
        rows = _first_roots(order, most).all(article.pk)
    else:
        rows = list(_roots(article.pk, order, start, most))
    roots = [Shown(*row[:-2]) for row in rows]
    thread = getattr(article, "thread", None) or Thread(article=article)
    next_from = roots[most].number if len(roots) > most else None
    if order == Order.RECOMMENDED and next_from is not None:
        next_from = (start or 0) + most
        next_from = next_from if next_from < MOST_RECOMMENDED else None
    roots = roots[:most]
    last = {
        root.pk: last_shown
        for root, (*_columns, last_shown, _picked) in zip(roots, rows, strict=False)
        if root.approved_replies
    }
    picked = rows[0][-1] if with_picks and rows else None
    levels = _levels(thread, rules)
    replies, picks = _replies_and_picks(roots, last, _newest(picked or []), levels)
    branches = [
        _branch(root.completed(levels=levels), replies[root.pk]) for root in roots
    ]
    return ThreadPage(thread, rules, branches, order, start, next_from, picks)


@lru_cache(maxsize=64)
def _first_roots(order: str, most: int) -> Compiled:
    """Return the query for the first page of a thread in ``order``."""
    return Compiled(lambda thread: _roots(thread, order, None, most), *examples(1))


def _roots(thread: int, order: str, start: int | None, most: int) -> QuerySet[Any]:
    last_shown = (
        Comment.objects.filter(root=OuterRef("pk"))
        .visible()
        .order_by("number")
        .values("number")[REPLIES_SHOWN - 1 : REPLIES_SHOWN]
    )
    found = _in_order(thread, order, start, most).annotate(
        last_shown=Subquery(last_shown), picked=Subquery(_picked(thread))
    )
    return found.values_list(*COLUMNS, "last_shown", "picked")


def _in_order(thread: int, order: str, start: int | None, most: int) -> CommentQuerySet:
    roots = Comment.objects.filter(thread=thread, depth=0).visible()
    if order == Order.NEWEST:
        if start is not None:
            roots = roots.filter(number__lte=start)
        return roots.order_by("-number")[: most + 1]
    if order == Order.RECOMMENDED:
        begin = min(start or 0, MOST_RECOMMENDED)
        end = min(begin + most + 1, MOST_RECOMMENDED)
        return roots.order_by("-recommended", "number")[begin:end]
    return roots.filter(number__gte=start or 0).order_by("number")[: most + 1]


def _picked(thread: int) -> QuerySet[Any]:
    """Return one value: what is picked in the thread, and when, to come along."""
    # In the words of the index: “not null”, and not “not (null)”.
    found = Comment.objects.filter(thread=thread, picked_at__isnull=False)
    approved = found.filter(state=Comment.State.APPROVED).order_by()
    return approved.values(all=JSONList(JSONObject(pk="pk", at="picked_at")))


def _newest(picked: Sequence[dict[str, Any]]) -> list[int]:
    latest_first = sorted(picked, key=itemgetter("at"), reverse=True)
    return [one["pk"] for one in latest_first[:PICKS_SHOWN]]


def _levels(thread: Thread, rules: Rules) -> int:
    """Return how deep readers may write in the thread now; 0: not at all."""
    return rules.levels if is_open(thread, rules) and not rules.staff_only else 0


def _replies_and_picks(
    roots: Sequence[Shown],
    last: Mapping[int, int | None],
    picked: Sequence[int],
    levels: int,
) -> tuple[dict[int, list[Shown]], Sequence[Shown]]:
    """Return the first replies under each of ``roots``, and the comments ``picked``.

    ``last`` has the number of the last one to show under each that has any; None: all.
    One query, if there are any.
    """
    replies: dict[int, list[Shown]] = {root.pk: [] for root in roots}
    if not (last or picked):
        return replies, []
    whole = [pk for pk, number in last.items() if number is None]
    cut = [one for one in last.items() if one[1] is not None]
    rows = _replies(len(whole), len(cut), len(picked)).all(
        *whole, *chain.from_iterable(cut), *picked
    )
    found = [Shown(*row) for row in rows]
    there = {comment.pk: comment for comment in chain(roots, found)}
    for reply in found:
        # Whoever answers comes later than what is answered: it is among the first too.
        number = last.get(reply.root_id or 0, 0)
        if reply.root_id and (number is None or reply.number <= number):
            parent = Parent.of(there[reply.parent_id or 0])
            shown = reply.completed(levels=levels, parent=parent)
            replies[reply.root_id].append(shown)
    return replies, [there[pk] for pk in picked if pk in there]


@lru_cache(maxsize=256)
def _replies(whole: int, cut: int, picked: int) -> Compiled:
    """Return the query for the replies to so many roots, and so many comments picked.

    Its arguments: the roots all of whose replies are wanted; others, each with the
    number of the last reply wanted; and those picked.
    """

    def write(*arguments: int) -> QuerySet[Any]:
        last = iter(arguments[whole : whole + 2 * cut])
        wanted = Q(root__in=arguments[:whole]) | Q(pk__in=arguments[whole + 2 * cut :])
        for pk, number in zip(last, last, strict=True):
            wanted |= Q(root=pk, number__lte=number)
        found = Comment.objects.filter(wanted).visible().order_by("path")
        return found.values_list(*COLUMNS)

    return Compiled(write, *examples(whole + 2 * cut + picked))


def _branch(root: Shown, replies: Sequence[Shown]) -> Branch:
    approved = sum(reply.is_approved for reply in replies)
    return Branch(root, replies, more=max(root.approved_replies - approved, 0))


@dataclass(frozen=True)
class RepliesPage:
    """What a page shows of one branch, and the path the next page begins with."""

    branch: Branch
    rules: Rules
    is_open: bool
    next_from: str

    @property
    def branches(self) -> Sequence[Branch]:
        """The branch, as ``ThreadPage`` has its own."""
        return [self.branch]


def replies_page(root: Comment, *, start: str = "") -> RepliesPage:
    """Return the replies under ``root`` in reading order from the path ``start`` on.

    The root's thread and its article must be there. Two queries.
    """
    rules = rules_shown(root.thread.article)
    found = (
        Comment.objects.filter(
            thread=root.thread_id,
            path__gte=start or root.path,
            path__lt=step(root.number + 1),
            depth__gt=0,
        )
        .visible()
        .order_by("path")
        .values_list(*COLUMNS, "path", "parent__state", "parent__name")
    )
    rows = list(found[: REPLIES_A_PAGE + 1])
    following = rows[REPLIES_A_PAGE][-3] if len(rows) > REPLIES_A_PAGE else ""
    levels = _levels(root.thread, rules)
    replies = []
    for *columns, _path, state, name in rows[:REPLIES_A_PAGE]:
        reply = Shown._make([*columns, False, None])
        parent = Parent(reply.parent_id or 0, state, name)
        replies.append(reply.completed(levels=levels, parent=parent))
    branch = Branch(Shown.of(root).completed(levels=levels), replies, more=0)
    return RepliesPage(branch, rules, levels > 0, following)


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
