"""Changing one's own comment, or taking it back, within a quarter of an hour."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

import pytest

from comments import editing, moderation
from comments.models import Comment, Thread, Wording
from comments.rules import Rules, rules_of
from tests.factories import make_article, make_comment, set_discussion
from tests.readers import Reader

State = Comment.State
KNOWN = {"name": "Hettie P.", "email": "hettie@example.org"}


def address(comment, act="status"):
    return reverse(f"comments:{act}", args=[comment.status_key])


def change(comment, text):
    return Reader().post(address(comment, "edit"), {"comment": text})


def young(article, **fields):
    return make_comment(article, created_at=timezone.now(), **(KNOWN | fields))


def test_a_change_is_shown_marked_and_what_was_said_before_is_kept():
    article = make_article()
    make_comment(article, **KNOWN)
    comment = young(article, source="It hums.")

    response = change(comment, "It *hums* no more.")

    comment.refresh_from_db()
    page = Reader().get(article.get_absolute_url()).text
    assert response.status_code == 303
    assert comment.state == State.APPROVED
    assert "It <em>hums</em> no more." in page
    assert "edited" in page
    assert Wording.objects.get().source == "It hums."


def test_a_change_is_screened_as_a_new_comment_would_be():
    set_discussion(refuse_words="zeppelin")
    article = make_article()
    make_comment(article, **KNOWN)
    held, refused = young(article), young(article, source="Another.")

    change(held, "See https://a.example and https://b.example")
    change(refused, "A zeppelin!")

    held.refresh_from_db()
    refused.refresh_from_db()
    thread = Thread.objects.get(article=article)
    assert (held.state, refused.state) == (State.PENDING, State.REMOVED)
    assert (thread.approved, thread.pending) == (1, 1)
    told = Reader().get(address(refused)).text
    assert "Your comment was not published." in told
    assert "It holds a word that this site refuses." in told


def test_the_writers_only_approved_comment_does_not_vouch_for_its_own_change():
    article = make_article()
    comment = young(article)

    change(comment, "Something else altogether.")

    comment.refresh_from_db()
    assert comment.state == State.PENDING


def test_after_the_time_the_words_come_back_with_the_reason():
    article = make_article()
    comment = make_comment(article, created_at=timezone.now() - timedelta(minutes=16))

    response = change(comment, "Too late, my friends.")
    page = Reader().get(address(comment)).text

    comment.refresh_from_db()
    assert response.status_code == 409
    assert "It can no longer be changed." in response.text
    assert comment.source != "Too late, my friends."
    assert "Take my comment back" not in page


def test_the_boundary_is_the_minute_that_the_settings_name():
    comment = make_comment(make_article())
    rules = Rules(edit_minutes=20)
    last = comment.created_at + timedelta(minutes=20)

    assert editing.editable_until(comment, rules, last - timedelta(seconds=1)) == last
    assert editing.editable_until(comment, rules, last) is None


@pytest.mark.parametrize("state", [State.REMOVED, State.SPAM])
def test_what_a_moderator_refused_is_not_brought_back_by_a_change(state):
    article = make_article()
    comment = young(article)
    moderation.decide([comment], state, moderator=None)

    response = change(comment, "Better?")

    comment.refresh_from_db()
    assert response.status_code == 409
    assert comment.state == state


def test_an_empty_or_endless_change_is_refused_in_its_place(settings):
    settings.COMMENT_MAX_LENGTH = 50
    comment = young(make_article())

    empty, endless = change(comment, " "), change(comment, "x" * 51)

    assert (empty.status_code, endless.status_code) == (422, 422)
    assert "Write your comment, or take it back." in empty.text
    assert "x" * 51 in endless.text


def test_a_comment_that_is_taken_back_leaves_a_line_only_over_replies():
    article = make_article()
    alone, answered = young(article, source="Alone."), young(article, source="Heard.")
    make_comment(article, parent=answered)

    for comment in (alone, answered):
        response = Reader().post(address(comment, "withdraw"))

    page = Reader().get(article.get_absolute_url()).text
    assert response.status_code == 303
    assert "Alone." not in page
    assert "Heard." not in page
    assert page.count("This comment was withdrawn by its writer.") == 1
    assert Thread.objects.get().approved == 1
    assert "You took your comment back." in Reader().get(address(alone)).text


def test_what_was_taken_back_stays_so_for_moderators_too():
    comment = young(make_article())
    Reader().post(address(comment, "withdraw"))

    again = Reader().post(address(comment, "withdraw"))
    changed = moderation.decide([comment], State.APPROVED, moderator=None)

    comment.refresh_from_db()
    assert again.status_code == 409
    assert changed == 0
    assert comment.state == State.WITHDRAWN


def test_a_change_after_the_time_by_mail_is_read_by_a_moderator():
    article = make_article()
    make_comment(article, **KNOWN)
    comment = make_comment(article, **KNOWN)

    editing.edit(comment, source="Later.", rules=rules_of(article), late=True)

    comment.refresh_from_db()
    assert comment.state == State.PENDING
    assert comment.verdicts[-1]["check"] == "late"


def test_nothing_is_done_by_following_a_link():
    comment = young(make_article(), source="As it was.")

    for act in ("edit", "withdraw"):
        assert Reader().get(address(comment, act)).status_code == 303

    comment.refresh_from_db()
    assert (comment.state, comment.source) == (State.APPROVED, "As it was.")


@pytest.mark.parametrize("key", ["nobody", "x" * 22, "-" * 500])
def test_a_link_that_was_altered_leads_nowhere(key):
    for act in ("status", "edit", "withdraw"):
        url = reverse(f"comments:{act}", args=[key])
        assert Reader().post(url).status_code in {403, 404}
        assert Reader().get(url).status_code == 404
