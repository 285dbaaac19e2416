"""What can wait: ids in, one call out."""

from django.tasks import task

from comments import akismet, letters
from comments.models import Comment, Correspondent, IllegalNotice, ModeratorMail
from comments.rules import rules_of


@task
def report_to_akismet(comment_id: int) -> None:
    """Tell Akismet where it was wrong, if it is asked there and still is wrong."""
    comment = _comment(comment_id)
    if comment is None or not akismet.is_wrong(comment):
        return
    article = comment.thread.article
    if akismet.is_on() and rules_of(article).akismet:
        akismet.report(comment, article)


@task
def tell_of_post(comment_id: int) -> None:
    """Tell whom a new comment concerns, if it is still there."""
    if comment := _comment(comment_id):
        _send_digests(letters.tell_of_post(comment))


@task
def tell_of_decision(comment_id: int) -> None:
    """Tell whom a decision concerns, as it stands now."""
    if comment := _comment(comment_id):
        letters.tell_of_decision(comment)


@task
def tell_moderators(comment_id: int, why: str) -> None:
    """Tell moderators of an appeal or a notice."""
    if comment := _comment(comment_id):
        _send_digests(letters.tell_moderators(comment, why))


@task
def tell_of_notice(notice_id: int) -> None:
    """Tell who gave a notice what was decided on it."""
    if notice := IllegalNotice.objects.filter(pk=notice_id).first():
        letters.tell_of_notice(notice)


@task
def catch_up(correspondent_id: int) -> None:
    """Tell who has confirmed an address what happened meanwhile."""
    if found := Correspondent.objects.filter(pk=correspondent_id).first():
        letters.catch_up(found)


@task
def send_digest(wish_id: int) -> None:
    """Send a moderator what waits, if they still want to hear of it."""
    wish = ModeratorMail.objects.select_related("user").filter(pk=wish_id).first()
    if wish:
        letters.send_digest(wish)


def _send_digests(wishes: list[ModeratorMail]) -> None:
    for wish in wishes:
        send_digest.using(run_after=wish.due_at).enqueue(wish.pk)


def _comment(comment_id: int) -> Comment | None:
    comments = Comment.objects.select_related("thread__article__live", "parent")
    return comments.filter(pk=comment_id).first()
