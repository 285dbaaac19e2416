"""Recommending a comment: one reader, one word that it is worth reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from articles import page_versions
from articles.models import Article
from comments.models import Comment, Recommendation
from comments.posting import locked_thread

if TYPE_CHECKING:
    from comments.models import Thread


class OwnComment(Exception):
    """Nobody recommends what they wrote themselves."""


class NotRecommendable(Exception):
    """Readers do not see the comment."""


@transaction.atomic
def recommend(comment: Comment, *, reader_hash: str) -> Comment:
    """Count one reader's recommendation, once; return the comment as it is then.

    Also under a closed story: it is a word to other readers. Raise ``OwnComment`` or
    ``NotRecommendable``.
    """
    comment, _thread, article = _locked(comment)
    if not comment.is_approved:
        raise NotRecommendable
    if comment.reader_hash and comment.reader_hash == reader_hash:
        raise OwnComment
    _made, is_new = Recommendation.objects.get_or_create(
        comment=comment, reader_hash=reader_hash
    )
    if is_new:
        _count(comment, 1)
        page_versions.move(article)
    return comment


@transaction.atomic
def take_back(comment: Comment, *, reader_hash: str) -> Comment:
    """Count it no more; return the comment as it is then."""
    comment, _thread, article = _locked(comment)
    given = Recommendation.objects.filter(comment=comment, reader_hash=reader_hash)
    if given.delete()[0]:
        _count(comment, -1)
        page_versions.move(article)
    return comment


def _locked(comment: Comment) -> tuple[Comment, Thread, Article]:
    article = Article.objects.select_related("live", "next").get(pk=comment.thread_id)
    thread = locked_thread(article)
    comment = Comment.objects.get(pk=comment.pk)
    comment.thread = thread
    return comment, thread, article


def _count(comment: Comment, by: int) -> None:
    Comment.objects.filter(pk=comment.pk).update(recommended=F("recommended") + by)
    comment.recommended += by
