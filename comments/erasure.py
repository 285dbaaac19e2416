"""All that one address has written: to take along, and to erase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from articles import page_versions
from articles.models import Article
from comments import learning
from comments.models import Appeal, Comment, Correspondent, Wording
from comments.posting import count, locked_thread
from newsroom.models import Delivery, Event

if TYPE_CHECKING:
    from comments.querysets import CommentQuerySet

State = Comment.State


def written_with(email: str) -> CommentQuerySet:
    """Return the comments of an address, newest first."""
    found = Comment.objects.filter(email=email).exclude(email="").order_by("-pk")
    return found.select_related("thread__article__live")


def export(email: str) -> list[dict[str, Any]]:
    """Return everything that is kept of the comments of an address, as JSON takes it.

    Times are in ISO 8601, UTC. Verdicts and reports are the newsroom's, and not part.
    """
    return [
        {
            "story": comment.thread.article.get_absolute_url(),
            "address": comment.get_absolute_url(),
            "written": comment.created_at.isoformat(),
            "changed": comment.edited_at.isoformat() if comment.edited_at else None,
            "state": comment.state,
            "name": comment.name,
            "email": comment.email,
            "website": comment.website,
            "text": comment.source,
            "earlier_texts": [one.source for one in comment.wordings.all()],
            "in_reply_to": comment.parent_id,
            "recommended": comment.recommended,
            "asked_for_mail": comment.wants_mail,
            "reason": str(comment.get_fault_display()) if comment.fault else "",
            "word": comment.word,
        }
        for comment in written_with(email).prefetch_related("wordings")
    ]


def erase(email: str, *, keep_words: bool) -> int:
    """Take the person out of all comments of an address; return how many there were.

    Without ``keep_words`` what they said goes too, and a comment with replies leaves a
    line in its place. Notices of illegal content keep the text they are about, as the
    law asks. Story by story: one transaction each.
    """
    ids: dict[int, list[int]] = {}
    for comment in written_with(email).only("thread_id"):
        ids.setdefault(comment.thread_id, []).append(comment.pk)
    for article_id, comments in ids.items():
        _erase_in_thread(article_id, comments, keep_words=keep_words)
    with transaction.atomic():
        Correspondent.objects.filter(email=email).delete()
        Delivery.objects.filter(recipient=email).delete()
    return sum(map(len, ids.values()))


@transaction.atomic
def _erase_in_thread(article_id: int, ids: list[int], *, keep_words: bool) -> None:
    article = Article.objects.get(pk=article_id)
    thread = locked_thread(article)
    for comment in thread.comments.filter(pk__in=ids).order_by("number"):
        comment.thread = thread
        learning.forget(comment)
        comment.name, comment.email, comment.website = _("Anonymous"), "", ""
        comment.reader_hash = comment.network_key = ""
        comment.wants_mail = False
        Wording.objects.filter(comment=comment).delete()
        Appeal.objects.filter(comment=comment).update(words="–")
        if not keep_words:
            count(comment, -1)
            comment.state = State.WITHDRAWN
            comment.source = comment.html = ""
        comment.save()
        Event.objects.forget_name_of(comment)
        Event.objects.record(None, "erase", comment)
    thread.save()
    page_versions.move(article)
