"""What the form does not take comes back with every word, and says what to mend."""

from datetime import timedelta

from django.utils import timezone

import pytest

from articles import publishing
from comments import moderation
from comments.models import Comment, Thread
from tests.factories import make_article, make_comment, make_draft
from tests.readers import Reader

LONG = "x" * 70_000
EMPTY = " \n\t "


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("comment", "", "Write your comment."),
        ("comment", EMPTY, "Write your comment."),
        ("comment", None, "Write your comment."),
        ("comment", LONG, "The comment has 70000 characters; 5000 is the most."),
        ("comment", "a\0b", "Null characters are not allowed."),
        ("name", "", "Give a name: a nickname will do."),
        ("name", None, "Give a name: a nickname will do."),
        ("name", "x" * 246, "at most 245 characters"),
        ("name", "a\0b", "Null characters are not allowed."),
        ("email", "", "Give your email address. It will not be published."),
        ("email", "hettie", "This is no email address."),
        ("email", "hettie@", "This is no email address."),
        ("email", "a@b@example.org", "This is no email address."),
        ("email", "x" * 100 + "@example.org", "at most 100 characters"),
        ("website", "not an address", "This is no web address."),
        ("website", "javascript:alert(1)", "This is no web address."),
        ("website", "http://[::1", "This is no web address."),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_marked_and_nothing_is_lost(field, value, message):
    article = make_article()
    typed = {
        "text": "Every word of it.",
        "name": "Hettie P.",
        "email": "hettie@example.org",
        "website": "https://example.org/hettie",
    }
    key = "text" if field == "comment" else field

    response = Reader().comment(article, **typed | {key: value})

    assert response.status_code == 422
    assert message in response.text
    assert "Nothing you typed is lost." in response.text
    for kept in {*typed.values()} - {typed[key]}:
        assert kept in response.text
    if value and "\0" not in value and value is not EMPTY:
        assert value[:60] in response.text
    assert "Post Comment" in response.text  # and can be sent again
    assert not Comment.objects.exists()


def test_a_comment_of_just_the_length_that_is_taken_is_taken(settings):
    article = make_article()

    response = Reader().comment(article, "x" * settings.COMMENT_MAX_LENGTH)

    assert response.status_code == 303


def test_half_of_a_surrogate_pair_is_no_error_and_no_loss():
    article = make_article()
    body = b"comment=before%ED%A0%80after&name=x&email=x%40example.org"

    response = Reader().generic(
        "POST",
        f"/comments/story/{article.pk}/",
        body,
        "application/x-www-form-urlencoded",
    )

    assert response.status_code == 303
    stored = Comment.objects.get().source
    assert stored.startswith("before")
    assert stored.endswith("after")


@pytest.mark.parametrize(
    "parent", ["elsewhere", "pending", "spam", "removed", "too deep", "nowhere"]
)
def test_a_reply_to_what_takes_none_keeps_the_text_and_can_stand_alone(
    parent, settings
):
    article = make_article()
    other = make_article(headline="Another story")
    parents = {
        "elsewhere": lambda: make_comment(other),
        "pending": lambda: make_comment(article, state=Comment.State.PENDING),
        "spam": lambda: make_comment(article, state=Comment.State.SPAM),
        "removed": lambda: make_comment(article, state=Comment.State.REMOVED),
        "too deep": lambda: deepest_comment(article, settings.COMMENT_MAX_DEPTH),
        "nowhere": lambda: Comment(pk=4711),
    }
    answered = parents[parent]()
    before = Comment.objects.count()
    reader = Reader()

    refused = reader.comment(article, "Every word of it.", reply_to=answered.pk)
    alone = reader.comment(article, "Every word of it.")

    assert refused.status_code == 422
    assert "is no longer there, or takes no replies" in refused.text
    assert "Every word of it." in refused.text
    assert alone.status_code == 303
    assert Comment.objects.count() == before + 1


def deepest_comment(article, levels):
    comment = None
    for _level in range(levels):
        comment = make_comment(article, parent=comment)
    assert comment.depth == levels - 1
    return comment


@pytest.mark.parametrize("reply_to", ["x", "-1", "0", "1.5", "9" * 30, "٣x"])
def test_a_number_of_a_comment_that_is_none_keeps_the_text(reply_to):
    response = Reader().comment(make_article(), "Every word of it.", reply_to=reply_to)

    assert response.status_code == 422
    assert "Every word of it." in response.text
    assert not Comment.objects.exists()


@pytest.mark.parametrize("by", ["the desk", "a moderator"])
def test_a_thread_that_was_closed_meanwhile_keeps_the_text(by):
    article = make_article()
    make_comment(article, source="What stands here stays.")
    reader = Reader()
    assert "Post Comment" in reader.get(article.get_absolute_url()).text

    if by == "the desk":
        article.comments_open = False
        article.save()
        publishing.publish(article, editor=None)
    else:
        moderation.close(article, moderator=None)
    page = reader.get(article.get_absolute_url()).text
    response = reader.comment(article, "Every word of it.")

    assert "What stands here stays." in page
    assert "Comments on this story are closed." in page
    assert "Post Comment" not in page
    assert response.status_code == 403
    assert "Comments on this story are closed. Your text is below." in response.text
    assert "Every word of it." in response.text
    assert Comment.objects.count() == 1


def test_the_same_words_twice_are_taken_once(settings):
    settings.COMMENT_FLOOD_SECONDS = 0
    article, reader = make_article(), Reader()
    reader.comment(article, "Well said.")

    again = reader.comment(article, "Well said.")

    assert again.status_code == 409
    assert "You have said that already" in again.text
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("who", ["same reader", "same email"])
def test_a_second_comment_within_seconds_has_to_wait(who):
    article, reader = make_article(), Reader()
    reader.comment(article, "First.")
    again = reader if who == "same reader" else Reader()
    email = "other@example.org" if who == "same reader" else "hettie@example.org"

    refused = again.comment(article, "Second.", email=email)
    Comment.objects.update(created_at=timezone.now() - timedelta(seconds=16))
    taken = again.comment(article, "Second.", email=email)

    assert refused.status_code == 429
    assert "Wait 15 seconds" in refused.text
    assert "Second." in refused.text
    assert taken.status_code == 303


def test_a_story_that_readers_cannot_see_takes_no_comment():
    withdrawn = make_article(headline="Withdrawn")
    publishing.withdraw(withdrawn, editor=None)

    for article in (make_draft(headline="Draft"), withdrawn):
        assert Reader().comment(article).status_code == 404
    assert not Thread.objects.exists()
