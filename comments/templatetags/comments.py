"""The thread under a story, and the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString, mark_safe

from comments import avatars, pages, screening, text
from comments.forms import CommentForm
from comments.models import Comment, Thread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.template import Context

    from articles.models import Article

register = template.Library()


@register.inclusion_tag("comments/_thread.html", takes_context=True)
def comment_thread(context: Context, article: Article) -> dict[str, object]:
    """Render the first page of comments and the form.

    The one who has just posted sees what became of it; ``?reply_to=ID`` in the
    address makes the form answer that comment.
    """
    page = pages.page_of(article, with_picks=True)
    request, act = context["request"], context.get("after")
    own = None
    if act and act.name == "comment":
        own = Comment.objects.filter(pk=act.item, thread=article.pk).first()
    parent = _parent(request.GET.get("reply_to", ""), page)
    initial = {"reply_to": parent.pk} if parent else None
    form = CommentForm(initial=initial, rules=page.rules)
    return {
        "article": article,
        "page": page,
        "own": own,
        "form": form,
        "parent": parent,
    }


def _parent(typed: str, page: pages.ThreadPage) -> Comment | None:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        return None
    repliable = Comment.objects.repliable(levels=page.rules.levels)
    return repliable.filter(pk=typed, thread=page.thread.pk).first()


@register.simple_tag
def avatar(comment: Comment, style: str) -> SafeString:
    """Return the picture of who wrote ``comment``, drawn as ``style``."""
    return avatars.draw(comment.name, comment.email, style)


@register.simple_tag
def comment_counts(articles: Iterable[Article]) -> dict[int, int]:
    """Return how many comments each of ``articles`` has, by its id: one query."""
    ids = [article.pk for article in articles]
    counted = Thread.objects.filter(pk__in=ids, approved__gt=0)
    return dict(counted.values_list("pk", "approved"))


@register.simple_tag
def comment_count(article: Article, counts: dict[int, int] | str) -> int:
    """Return the number for ``article`` out of ``comment_counts``."""
    return counts.get(article.pk, 0) if isinstance(counts, dict) else 0


@register.filter
def reasons(comment: Comment) -> list[str]:
    """Return in sentences why ``comment`` is not published, for its writer."""
    said = [str(comment.get_fault_display())] if comment.fault else []
    if comment.state == Comment.State.SPAM and not said:
        said = [str(Comment.Fault.SPAM.label)]
    return [*said, *filter(None, [comment.statement]), *screening.told(comment)]


@register.filter
def as_comment(source: str) -> SafeString:
    """Return ``source`` as a comment would be rendered."""
    return mark_safe(text.render(source))  # noqa: S308  # cleaned there
