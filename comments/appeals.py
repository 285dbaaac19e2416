"""Appeals: a writer may ask once for another look at a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Article
from comments import moderation, notification
from comments.models import Appeal, Comment
from comments.posting import locked_thread
from newsroom.models import Event, User

State = Comment.State
BACKEND = "django.contrib.auth.backends.ModelBackend"

if TYPE_CHECKING:
    from django.db.models import QuerySet


class NothingToAppeal(Exception):
    """The comment is not refused."""


class AppealedAlready(Exception):
    """There is one appeal, and it was made."""


class AppealDecided(Exception):
    """Another moderator was quicker."""


class AnotherModeratorShould(Exception):
    """Who refused a comment does not decide on the appeal, while there are others."""


@transaction.atomic
def appeal(comment: Comment, *, words: str) -> Appeal:
    """Ask for another look at the refusal of ``comment``, in its writer's ``words``.

    Raise ``NothingToAppeal`` or ``AppealedAlready``.
    """
    article = Article.objects.get(pk=comment.thread_id)
    thread = locked_thread(article)
    comment = thread.comments.get(pk=comment.pk)
    if comment.state not in {State.REMOVED, State.SPAM}:
        raise NothingToAppeal
    try:
        with transaction.atomic():
            made = Appeal.objects.create(comment=comment, words=words)
    except IntegrityError as error:
        raise AppealedAlready from error
    notification.appeal_made(made)
    return made


@transaction.atomic
def decide_appeal(
    made: Appeal, *, upheld: bool, moderator: User, word: str = ""
) -> Appeal:
    """Decide on an appeal: ``upheld`` publishes the comment; return the appeal.

    ``word`` is for the writer. Raise ``AppealDecided``, or ``AnotherModeratorShould``
    if ``moderator`` made the decision and another one could look.
    """
    comment = Comment.objects.get(pk=made.comment_id)
    article = Article.objects.get(pk=comment.thread_id)
    locked_thread(article)
    made = Appeal.objects.get(pk=made.pk)
    if made.decided_at:
        raise AppealDecided
    if _decided_by(comment) == moderator and _others(moderator).exists():
        raise AnotherModeratorShould
    Event.objects.record(
        moderator,
        "uphold appeal" if upheld else "dismiss appeal",
        comment,
        reason=word,
    )
    if upheld:  # which settles the appeal with it
        moderation.decide([comment], State.APPROVED, moderator=moderator, word=word)
        made.refresh_from_db()
        return made
    made.upheld, made.decided_at, made.decided_by = False, timezone.now(), moderator
    made.save()
    comment.word = word or comment.word
    comment.save(update_fields=["word"])
    notification.comment_decided(comment, comment.state)
    return made


def _decided_by(comment: Comment) -> User | None:
    decisions = Event.objects.about(comment).filter(act__in=moderation.DECISIONS)
    last = decisions.select_related("actor").first()
    return last.actor if last else None


def _others(moderator: User) -> QuerySet[User]:
    may = User.objects.with_perm("comments.moderate_thread", backend=BACKEND)
    return may.filter(is_active=True, is_staff=True).exclude(pk=moderator.pk)
