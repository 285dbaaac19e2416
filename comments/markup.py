"""The markup of comments, written as strings: a page shows hundreds of them.

A template takes some ten times as long for each, which was most of the time of a story's
page. A page that is made anew, for one more comment or a vote, finds the others as they
were written before. What is typed by people is escaped here; ``Comment.html`` was
cleaned when it was written (``text.render``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Self

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext

from comments import avatars
from comments.models import Comment
from comments.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from articles.models import Article
    from comments.pages import Branch
    from comments.rules import Rules


MOST_KEPT = 2000  # comments as markup, in each process: some four megabytes


@dataclass(frozen=True)
class CommentMarkup:
    """Writes the comments on one story, in one language and time zone.

    With ``is_elsewhere`` what a reply answers may stand on another page.
    """

    story: str
    rules: Rules
    is_elsewhere: bool
    language: str
    zone: tzinfo

    @classmethod
    def now(cls, article: Article, rules: Rules, *, is_elsewhere: bool = False) -> Self:
        """Return the one for ``article`` in the language and the zone of the moment."""
        zone = timezone.get_current_timezone()
        story = escape(article.get_absolute_url())
        return cls(story, rules, is_elsewhere, get_language(), zone)

    def branches(self, branches: Iterable[Branch]) -> SafeString:
        """Return ``<li>`` elements: each a comment, replies, and a link to the rest."""
        return mark_safe("".join(map(self._branch, branches)))  # noqa: S308  # built here

    def comment(self, comment: Shown) -> SafeString:
        """Return one comment, or what is left to see of it, as an ``<article>``."""
        return _written(self, comment)

    def write(self, comment: Shown) -> SafeString:
        """Return the same, written anew."""
        inside = self._approved if comment.is_approved else self._tombstone
        state = "" if comment.is_approved else ' data-state="removed"'
        return mark_safe(  # noqa: S308  # built here
            f'<article class="comment" id="comment-{comment.pk}"{state}>'
            f"{inside(comment)}</article>\n"
        )

    def _branch(self, branch: Branch) -> str:
        parts = ['<li class="branch">', self.comment(branch.root)]
        if branch.replies:
            number = len(branch.replies)
            told = ngettext("%(number)s reply", "%(number)s replies", number)
            parts += [
                '<details class="branch-replies" open>'
                f"<summary>{_counted(told, number)}</summary>"
                '<ol class="replies">',
                *(
                    f'<li data-depth="{reply.depth}">{self.comment(reply)}</li>'
                    for reply in branch.replies
                ),
                "</ol></details>",
            ]
        if branch.more:
            told = ngettext(
                "%(number)s more reply", "%(number)s more replies", branch.more
            )
            address = reverse("comments:replies", args=[branch.root.pk])
            parts.append(
                f'<p class="more-replies"><a href="{address}">'
                f"{_counted(told, branch.more)}</a></p>"
            )
        parts.append("</li>\n")
        return "".join(parts)

    def _approved(self, comment: Shown) -> str:
        name = escape(comment.name)
        picture = (
            avatars.draw(comment.name, comment.email, self.rules.avatar)
            if self.rules.avatars
            else ""
        )
        return (
            f'<header class="comment-header">{picture}'
            f'<p class="comment-author">{self._author(comment, name)}</p>'
            f"{self._parent(comment)}{self._time(comment)}</header>"
            f'<div class="comment-text" dir="auto">{comment.html}</div>'
            f'<div class="comment-actions">{self._acts(comment, name)}</div>'
        )

    def _author(self, comment: Shown, name: str) -> str:
        author = f"<bdi>{name}</bdi>"
        if comment.website:
            address = escape(comment.website)
            author = f'<a href="{address}" rel="nofollow ugc external">{author}</a>'
        if comment.mark:
            author += _mark(escape(Comment.Mark(comment.mark).label))
        if comment.picked_at:
            author += _mark(self._words["pick"])
        return author

    def _parent(self, comment: Shown) -> str:
        if comment.parent is None:
            return ""
        parent = comment.parent
        address = f"#comment-{parent.pk}"
        if self.is_elsewhere:
            address = _address("comment") % parent.pk
        if parent.state == Comment.State.APPROVED:
            said = self._words["reply to"] % {"name": escape(parent.name)}
        elif parent.state == Comment.State.WITHDRAWN:
            said = self._words["reply to withdrawn"]
        else:
            said = self._words["reply to removed"]
        return f'<p class="comment-parent"><a href="{address}">{said}</a></p>'

    def _time(self, comment: Shown) -> str:
        at = timezone.localtime(comment.created_at, self.zone)
        edited = (
            f' <span class="comment-edited">{self._words["edited"]}</span>'
            if comment.edited_at
            else ""
        )
        return (
            f'<p class="comment-time"><a href="{_address("comment") % comment.pk}">'
            f'<time datetime="{at.isoformat(timespec="seconds")}">'
            f"{format_date(at, self._time_format)}</time></a>{edited}</p>"
        )

    def _acts(self, comment: Shown, name: str) -> str:
        words, acts = self._words, ""
        whose = words["the comment by"] % {"name": name}
        if self.rules.recommendations:
            acts += _recommendation(comment, words)
        if comment.takes_replies:
            heading = words["leave a reply to"] % {"name": name}
            acts += (
                f'<a class="reply-link" href="{self.story}?reply_to={comment.pk}#respond"'
                f' rel="nofollow" data-comment="{comment.pk}" data-heading="{heading}">'
                f"{words['reply']}{_hidden(words['to'] % {'name': name})}</a>"
            )
        return acts + (
            f'<a class="report-link" href="{_address("report") % comment.pk}"'
            f' rel="nofollow">{words["report"]}{_hidden(whose)}</a>'
        )

    def _tombstone(self, comment: Shown) -> str:
        is_withdrawn = comment.state == Comment.State.WITHDRAWN
        said = self._words["withdrawn" if is_withdrawn else "removed"]
        return f'<p class="comment-tombstone">{said}</p>'

    @cached_property
    def _time_format(self) -> str:
        return pgettext("date and time", "j F Y, H:i")

    @cached_property
    def _words(self) -> dict[str, str]:
        # As the catalogues have them: their markup is meant, so they are not escaped.
        return _words_of_recommending() | {
            "pick": gettext("Editors’ pick"),
            "reply to": gettext("in reply to <bdi>%(name)s</bdi>"),
            "reply to withdrawn": gettext("in reply to a comment that was withdrawn"),
            "reply to removed": gettext("in reply to a comment that was removed"),
            "edited": gettext("edited"),
            "leave a reply to": gettext("Leave a Reply to %(name)s"),
            "reply": gettext("Reply"),
            "to": pgettext("Reply to somebody", "to %(name)s"),
            "report": gettext("Report"),
            "withdrawn": gettext("This comment was withdrawn by its writer."),
            "removed": gettext("This comment was removed."),
        }


@lru_cache(MOST_KEPT)
def _written(markup: CommentMarkup, comment: Shown) -> SafeString:
    return markup.write(comment)


def recommend_form() -> SafeString:
    """Return the form to which the buttons of all comments of a page belong.

    A form for each made browsers that fill in forms lay out every comment at once.
    """
    given = _words_of_recommending()["recommended"]
    return mark_safe(  # noqa: S308  # built here
        f'<form id="recommend" method="post" data-given="{given}"></form>'
    )


def recommendation(comment: Comment, *, is_given: bool, said: str = "") -> SafeString:
    """Return the button that recommends ``comment``, pressed or not.

    It belongs to ``recommend_form``. ``said`` is what the reader is told beside it.
    """
    words = _words_of_recommending()
    return mark_safe(  # noqa: S308  # built here
        _recommendation(comment, words, is_given=is_given, said=said)
    )


def _words_of_recommending() -> dict[str, str]:
    return {
        "recommend": gettext("Recommend"),
        "recommended": gettext("Recommended"),
        "the comment by": gettext("the comment by %(name)s"),
    }


def _recommendation(
    comment: Comment | Shown,
    words: dict[str, str],
    *,
    is_given: bool = False,
    said: str = "",
) -> str:
    number = number_format(comment.recommended) if comment.recommended else ""
    count = f' <span class="recommend-count">{number}</span>' if number else ""
    whose = words["the comment by"] % {"name": escape(comment.name)}
    state = ' data-state="recommended"' if is_given else ""
    word = words["recommended" if is_given else "recommend"]
    told = f'<span class="recommend-status" role="alert">{escape(said)}</span>'
    return (
        f'<button class="link-button recommend-button" form="recommend"'
        f' formaction="{_address("recommend") % comment.pk}"{state}>'
        f'<span class="recommend-word">{word}</span>{count}{_hidden(whose)}</button>'
        f"{told if said else ''}"
    )


def _mark(word: str) -> str:
    return f' <span class="comment-mark">{word}</span>'


def _hidden(words: str) -> str:
    return f'<span class="visually-hidden"> {words}</span>'


def _counted(told: str, number: int) -> str:
    return told % {"number": number_format(number)}


@lru_cache
def _address(name: str) -> str:
    """Return the path of that name for any comment, with %d for its number."""
    return reverse(f"comments:{name}", args=[0]).replace("/0/", "/%d/")
