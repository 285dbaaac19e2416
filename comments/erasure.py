"""All that one address has written: to take along, and to erase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from articles import page_versions
from articles.models import Article
from comments import learning
from comments.models import Appeal, Comment, Correspondent, IllegalNotice, Wording
from comments.posting import count, locked_thread
from newsroom import mail
from newsroom.models import Event

if TYPE_CHECKING:
    from datetime import datetime

    from comments.querysets import CommentQuerySet

State = Comment.State


def written_with(email: str) -> CommentQuerySet:
    """Return the comments of an address, newest first."""
    found = Comment.objects.filter(email=email).exclude(email="").order_by("-pk")
    return found.select_related("thread__article__live")


def export(email: str) -> dict[str, Any]:
    """Return everything that is kept about an address, as JSON takes it.

    ``mail``: whether it asked for mail, confirmed, and stopped it; ``comments``: each
    with its story, state, texts and what its writer was told; ``notices``: of illegal
    content, given from it. Times are in ISO 8601, UTC, or null. What moderators and
    other readers say of a comment is theirs, and not part.
    """
    correspondent = Correspondent.objects.filter(email=email).first()
    comments = written_with(email).select_related("appeal")
    return {
        "email": email,
        "mail": _wishes(correspondent) if correspondent else None,
        "comments": [_exported(one) for one in comments.prefetch_related("wordings")],
        "notices": [
            _notice(one) for one in IllegalNotice.objects.filter(email__iexact=email)
        ],
    }


def _wishes(correspondent: Correspondent) -> dict[str, Any]:
    return {
        "asked": _time(correspondent.asked_at),
        "confirmed": _time(correspondent.confirmed_at),
        "stopped": _time(correspondent.stopped_at),
    }


def _exported(comment: Comment) -> dict[str, Any]:
    appeal = getattr(comment, "appeal", None)
    return {
        "story": comment.thread.article.get_absolute_url(),
        "address": comment.get_absolute_url(),
        "written": _time(comment.created_at),
        "changed": _time(comment.edited_at),
        "decided": _time(comment.decided_at),
        "state": comment.state,
        "name": comment.name,
        "email": comment.email,
        "website": comment.website,
        "text": comment.source,
        "earlier_texts": [one.source for one in comment.wordings.all()],
        "in_reply_to": comment.parent_id,
        "recommended": comment.recommended,
        "picked": _time(comment.picked_at),
        "asked_for_mail": comment.wants_mail,
        "reason": str(comment.get_fault_display()) if comment.fault else "",
        "word": comment.word,
        "appeal": appeal.words if appeal else "",
        "appeal_upheld": appeal.upheld if appeal else None,
    }


def _notice(notice: IllegalNotice) -> dict[str, Any]:
    return {
        "reference": notice.reference,
        "given": _time(notice.created_at),
        "comment": notice.comment.get_absolute_url(),
        "name": notice.name,
        "explanation": notice.explanation,
        "law": notice.law,
        "state": notice.state,
        "statement": notice.statement,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


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
        mail.forget(email)
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
