"""What can wait: ids in, one call out."""

from django.tasks import task

from comments import akismet
from comments.models import Comment
from comments.rules import rules_of


@task
def report_to_akismet(comment_id: int) -> None:
    """Tell Akismet where it was wrong, if it is asked there and still is wrong."""
    comments = Comment.objects.select_related("thread__article")
    comment = comments.filter(pk=comment_id).first()
    if comment is None or not akismet.is_wrong(comment):
        return
    article = comment.thread.article
    if akismet.is_on() and rules_of(article).akismet:
        akismet.report(comment, article)
