"""The thread under a story, and the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from comments import discussed, markup, pages, screening, text
from comments.forms import CommentForm
from comments.markup import CommentMarkup
from comments.models import Comment, Thread
from comments.shown import Shown
from newsroom.remembered import recall_each, remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.template import Context

    from articles.models import Article
    from comments.rules import Rules

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
    form = None
    if parent:
        form = CommentForm(initial={"reply_to": parent.pk}, rules=page.rules)
    return {
        "article": article,
        "page": page,
        "own": own,
        "form": form,
        "parent": parent,
    }


@register.simple_tag
def reply_fields(
    form: CommentForm | None, rules: Rules, preview: str = ""
) -> SafeString:
    """Render what is inside the form: ``form``, or one that nobody typed in if None."""
    return _fields_of(form, rules, preview) if form else _empty_fields(rules)


@remembered
def _empty_fields(rules: Rules) -> SafeString:
    return _fields_of(CommentForm(rules=rules), rules)


def _fields_of(form: CommentForm, rules: Rules, preview: str = "") -> SafeString:
    context = {"form": form, "rules": rules, "preview": preview}
    return render_to_string("comments/_reply_fields.html", context)


def _parent(typed: str, page: pages.ThreadPage) -> Comment | None:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        return None
    repliable = Comment.objects.repliable(levels=page.rules.levels)
    return repliable.filter(pk=typed, thread=page.thread.pk).first()


@register.simple_tag
def branches(
    shown: Iterable[pages.Branch],
    article: Article,
    rules: Rules,
    *,
    is_elsewhere: object = False,
) -> SafeString:
    """Return the markup of branches, which may answer what ``is_elsewhere``."""
    writer = CommentMarkup.now(article, rules, is_elsewhere=bool(is_elsewhere))
    return writer.branches(shown)


@register.simple_tag
def recommend_form(rules: Rules) -> SafeString:
    """Return the form of all buttons that recommend, "" where nothing is recommended."""
    return markup.recommend_form() if rules.recommendations else SafeString()


@register.simple_tag
def one_comment(comment: Comment, article: Article, rules: Rules) -> SafeString:
    """Return the markup of ``comment`` alone."""
    return CommentMarkup.now(article, rules).comment(Shown.of(comment))


@register.simple_tag
def comment_counts(articles: Iterable[Article]) -> dict[int, int]:
    """Return how many comments each of ``articles`` has, by its id.

    One query for those that no other list of this minute has asked for.
    """
    return recall_each("comments", [article.pk for article in articles], _counted)


def _counted(ids: Sequence[int]) -> dict[int, int]:
    counted = Thread.objects.filter(pk__in=ids).values_list("pk", "approved")
    return dict.fromkeys(ids, 0) | dict(counted)


@register.simple_tag
def comment_count(article: Article, counts: dict[int, int] | str) -> int:
    """Return the number for ``article`` out of ``comment_counts``."""
    return counts.get(article.pk, 0) if isinstance(counts, dict) else 0


@register.inclusion_tag("comments/_most_discussed.html")
def most_discussed() -> dict[str, object]:
    """Render the five stories of the last seven days with the most comments, if any."""
    return {"stories": discussed.most_discussed(timezone.now())[:5]}


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
