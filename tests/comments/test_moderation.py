"""Deciding: one by one or many at once, counted, written down, seen at once."""

from django.urls import reverse

import pytest

from comments import moderation
from comments.models import Comment, Thread
from newsroom.models import Event
from tests.factories import make_article, make_comment, make_staff
from tests.readers import Reader

State = Comment.State
LIST = reverse("admin:comments_comment_changelist")


def change_url(comment):
    return reverse("admin:comments_comment_change", args=[comment.pk])


def page_of(article):
    return Reader().get(article.get_absolute_url()).text


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("approve", State.APPROVED),
        ("mark_as_spam", State.SPAM),
        ("remove", State.REMOVED),
    ],
)
def test_many_comments_are_decided_at_once(client, action, state):
    first, second = make_article(headline="First"), make_article(headline="Second")
    held = [make_comment(one, state=State.PENDING) for one in (first, first, second)]
    other = make_comment(second, state=State.PENDING)
    client.force_login(make_staff("Moderator"))

    response = client.post(
        LIST,
        {"action": action, "_selected_action": [one.pk for one in held]},
        follow=True,
    )

    assert f"3 comments are now: {state.label}." in response.text
    assert set(
        Comment.objects.exclude(pk=other.pk).values_list("state", flat=True)
    ) == {state}
    assert Comment.objects.get(pk=other.pk).state == State.PENDING
    counts = dict(Thread.objects.values_list("article__headline", "pending"))
    assert counts == {"First": 0, "Second": 1}


@pytest.mark.parametrize(
    ("button", "state"),
    [
        ("_approve", State.APPROVED),
        ("_spam", State.SPAM),
        ("_remove", State.REMOVED),
        ("_hold", State.PENDING),
    ],
)
def test_one_comment_is_decided_in_its_form(client, button, state):
    start = State.APPROVED if button == "_hold" else State.PENDING
    comment = make_comment(make_article(), state=start)
    client.force_login(make_staff("Moderator"))

    form = client.get(change_url(comment))
    client.post(change_url(comment), {button: "1"})

    comment.refresh_from_db()
    assert f'name="{button}"' in form.text
    assert comment.state == state


def test_an_approved_comment_shows_at_once_and_a_removed_one_is_gone():
    article = make_article()
    comment = make_comment(article, state=State.PENDING, source="It hums.")
    before = page_of(article)

    moderation.decide([comment], State.APPROVED, moderator=None)
    approved = page_of(article)
    moderation.decide([comment], State.REMOVED, moderator=None)
    removed = page_of(article)

    assert "It hums." not in before
    assert "It hums." in approved
    assert "1 comment" in approved
    assert "It hums." not in removed
    assert "No comments yet." in removed


def test_a_removed_comment_with_replies_leaves_a_tombstone():
    article = make_article()
    root = make_comment(article, source="Out of order.", name="Grumpy")
    make_comment(article, parent=root, source="I disagree.")

    moderation.decide([root], State.REMOVED, moderator=None)
    page = page_of(article)

    assert "Out of order." not in page
    assert "Grumpy" not in page
    assert "This comment was removed." in page
    assert "I disagree." in page
    assert "in reply to a comment that was removed" in page
    assert "1 comment" in page


def test_a_decision_is_written_down_with_who_and_from_what_to_what():
    moderator = make_staff("Moderator", first_name="Dilys", last_name="Moor")
    comment = make_comment(make_article(), state=State.PENDING)

    moderation.decide(
        [comment], State.REMOVED, moderator=moderator, reason="It names a child."
    )
    event = Event.objects.about(comment).get()

    assert (event.act, event.actor_name, event.reason) == (
        "remove",
        "Dilys Moor",
        "It names a child.",
    )
    assert (event.before, event.after) == ({"state": "pending"}, {"state": "removed"})


def test_deciding_what_is_decided_changes_and_writes_nothing():
    comment = make_comment(make_article())

    changed = moderation.decide([comment], State.APPROVED, moderator=None)

    assert changed == 0
    assert not Event.objects.about(comment).exists()
    assert Thread.objects.get().approved == 1


@pytest.mark.parametrize("group", ["Reporter", "Editor", ""])
def test_who_is_no_moderator_decides_nothing(client, group):
    comment = make_comment(make_article(), state=State.PENDING)
    client.force_login(make_staff(group))

    client.post(change_url(comment), {"_approve": "1"})
    client.post(LIST, {"action": "approve", "_selected_action": comment.pk})
    comment.refresh_from_db()
    denied = comment.state
    client.force_login(make_staff("Moderator"))
    client.post(change_url(comment), {"_approve": "1"})
    comment.refresh_from_db()

    assert denied == State.PENDING
    assert comment.state == State.APPROVED


def test_nobody_rewrites_what_a_reader_wrote(client):
    comment = make_comment(make_article(), source="My own words.", name="Hettie P.")
    client.force_login(make_staff(is_superuser=True))

    client.post(change_url(comment), {"source": "Other words.", "name": "Nobody"})
    added = client.get(reverse("admin:comments_comment_add"))
    deleted = client.post(
        reverse("admin:comments_comment_delete", args=[comment.pk]), {"post": "yes"}
    )

    comment.refresh_from_db()
    assert (comment.source, comment.name) == ("My own words.", "Hettie P.")
    assert (added.status_code, deleted.status_code) == (403, 403)


def test_the_queue_is_searched_and_filtered(client):
    article = make_article()
    make_comment(article, state=State.PENDING, source="About the bridge", name="Ann")
    make_comment(article, state=State.SPAM, source="Loans for boats", name="Bob")
    client.force_login(make_staff("Moderator"))

    found = client.get(LIST, {"q": "boats"}).text
    pending = client.get(LIST, {"state__exact": "pending"}).text

    assert "Loans for boats" in found
    assert "About the bridge" not in found
    assert "About the bridge" in pending
    assert "Loans for boats" not in pending


def test_a_thread_is_closed_and_opened_again_in_the_admin(client):
    article = make_article()
    make_comment(article)
    client.force_login(make_staff("Moderator"))
    url = reverse("admin:comments_thread_change", args=[article.pk])

    client.post(url, {"closed": "on"})
    closed = page_of(article)
    client.post(url, {})
    opened = page_of(article)

    assert "Comments on this story are closed." in closed
    assert "Post Comment" in opened
    acts = Event.objects.filter(object_type="comments.Thread").values_list(
        "act", flat=True
    )
    assert sorted(acts) == ["close", "reopen"]
