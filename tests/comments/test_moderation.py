"""Deciding: one by one or many at once, counted, written down, seen at once."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

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


def counts_of(article):
    thread = Thread.objects.get(article=article)
    return {"approved": thread.approved, "pending": thread.pending}


def recount(article):
    comments = Comment.objects.filter(thread=article.pk)
    return {
        "approved": comments.filter(state=State.APPROVED).count(),
        "pending": comments.filter(state=State.PENDING).count(),
    }


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("approve", State.APPROVED),
        ("mark_as_spam", State.SPAM),
        ("remove", State.REMOVED),
        ("hold", State.PENDING),
    ],
)
def test_many_comments_are_decided_at_once(client, action, state):
    start = State.APPROVED if action == "hold" else State.PENDING
    first, second = make_article(headline="First"), make_article(headline="Second")
    chosen = [make_comment(one, state=start) for one in (first, first, second)]
    other = make_comment(second, state=start)
    moderator = make_staff("Moderator")
    client.force_login(moderator)

    response = client.post(
        LIST,
        {"action": action, "_selected_action": [one.pk for one in chosen]},
        follow=True,
    )

    assert f"3 comments are now: {state.label}." in response.text
    decided = Comment.objects.exclude(pk=other.pk)
    assert set(decided.values_list("state", flat=True)) == {state}
    assert Comment.objects.get(pk=other.pk).state == start
    assert counts_of(first) == recount(first)
    assert counts_of(second) == recount(second)
    events = Event.objects.filter(object_type="comments.Comment")
    assert sorted(events.values_list("object_id", flat=True)) == [
        one.pk for one in chosen
    ]
    assert {(one.actor, one.after["state"]) for one in events} == {(moderator, state)}


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
    article = make_article()
    comment = make_comment(article, state=start)
    moderator = make_staff("Moderator")
    client.force_login(moderator)

    form = client.get(change_url(comment))
    response = client.post(change_url(comment), {button: "1"})

    comment.refresh_from_db()
    assert f'name="{button}"' in form.text
    assert response.status_code == 302
    assert comment.state == state
    assert counts_of(article) == recount(article)
    event = Event.objects.about(comment).get()
    assert event.actor == moderator
    assert (event.before["state"], event.after["state"]) == (start, state)


def test_a_form_that_is_sent_without_a_decision_decides_nothing(client):
    comment = make_comment(make_article(), state=State.PENDING)
    client.force_login(make_staff("Moderator"))

    client.post(change_url(comment), {"state": "approved"})

    comment.refresh_from_db()
    assert comment.state == State.PENDING
    assert not Event.objects.about(comment).exists()


def test_an_approval_in_the_admin_shows_on_every_story_it_touches(client):
    articles = [make_article(headline="First"), make_article(headline="Second")]
    held = [
        make_comment(article, state=State.PENDING, source=f"On {article.headline}.")
        for article in articles
    ]
    before = [page_of(article) for article in articles]
    client.force_login(make_staff("Moderator"))

    client.post(
        LIST, {"action": "approve", "_selected_action": [one.pk for one in held]}
    )
    after = [page_of(article) for article in articles]

    for page, comment in zip(before, held, strict=True):
        assert "No comments yet." in page
        assert comment.source not in page
    for page, comment in zip(after, held, strict=True):
        assert "1 comment" in page
        assert comment.source in page


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


def test_a_removed_comment_whose_replies_are_removed_too_is_gone():
    article = make_article()
    root = make_comment(article, source="Out of order.")
    reply = make_comment(article, parent=root, source="I disagree.")
    deeper = make_comment(article, parent=reply, source="So do I.")
    make_comment(article, source="To the point.")

    moderation.decide([root, deeper], State.REMOVED, moderator=None)
    two_left = page_of(article)
    moderation.decide([reply], State.SPAM, moderator=None)
    one_left = page_of(article)
    moderation.decide([deeper], State.APPROVED, moderator=None)
    back_again = page_of(article)

    assert two_left.count("This comment was removed.") == 1
    assert "I disagree." in two_left
    assert "2 comments" in two_left
    assert "This comment was removed." not in one_left
    assert "To the point." in one_left
    assert back_again.count("This comment was removed.") == 2
    assert "So do I." in back_again


def test_a_tombstone_takes_no_reply():
    article, reader = make_article(), Reader()
    root = make_comment(article)
    reply = make_comment(article, parent=root)

    moderation.decide([root], State.REMOVED, moderator=None)
    page = page_of(article)
    refused = reader.comment(article, reply_to=root.pk)
    taken = reader.comment(article, reply_to=reply.pk)

    assert f"?reply_to={reply.pk}#respond" in page
    assert f"?reply_to={root.pk}#respond" not in page
    assert (refused.status_code, taken.status_code) == (422, 303)


def test_a_decision_is_written_down_with_who_and_from_what_to_what():
    moderator = make_staff("Moderator", first_name="Dilys", last_name="Moor")
    comment = make_comment(make_article(), state=State.PENDING)

    moderation.decide(
        [comment], State.REMOVED, moderator=moderator, word="It names a child."
    )
    event = Event.objects.about(comment).get()

    assert (event.act, event.actor_name, event.reason) == (
        "remove",
        "Dilys Moor",
        "It names a child.",
    )
    assert (event.before["state"], event.after["state"]) == ("pending", "removed")
    assert event.after["word"] == "It names a child."


def test_deciding_what_is_decided_changes_and_writes_nothing():
    comment = make_comment(make_article())

    changed = moderation.decide([comment], State.APPROVED, moderator=None)

    assert changed == 0
    assert not Event.objects.about(comment).exists()
    assert Thread.objects.get().approved == 1


@pytest.mark.parametrize("group", ["Reporter", "Editor", ""])
def test_who_is_no_moderator_decides_nothing(client, group):
    comment = make_comment(make_article(), state=State.PENDING)
    thread = reverse("admin:comments_thread_change", args=[comment.thread_id])
    selected = {"action": "approve", "_selected_action": comment.pk}
    client.force_login(make_staff(group))

    client.post(change_url(comment), {"_approve": "1"})
    client.post(LIST, selected)
    client.post(thread, {"closed": "on"})
    comment.refresh_from_db()
    denied = comment.state, comment.thread.closed
    client.force_login(make_staff("Moderator"))
    client.post(LIST, selected)
    client.post(thread, {"closed": "on"})
    comment = Comment.objects.get()

    assert denied == (State.PENDING, False)
    assert (comment.state, comment.thread.closed) == (State.APPROVED, True)


@pytest.mark.parametrize(
    ("group", "status", "may_decide"),
    [("Moderator", 200, True), ("Editor", 200, False), ("Reporter", 403, False)],
)
def test_moderators_decide_editors_look_and_reporters_do_neither(
    client, group, status, may_decide
):
    comment = make_comment(make_article(), state=State.PENDING, source="It hums.")
    client.force_login(make_staff(group))

    queue, form = client.get(LIST), client.get(change_url(comment))

    assert (queue.status_code, form.status_code) == (status, status)
    assert ("It hums." in queue.text) == (status == 200)
    assert ("It hums." in form.text) == (status == 200)
    assert ('value="approve"' in queue.text) == may_decide
    assert ('name="_approve"' in form.text) == may_decide


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
    make_comment(
        article,
        state=State.PENDING,
        source="About the bridge",
        name="Ann",
        email="ann@example.org",
    )
    make_comment(article, state=State.SPAM, source="Loans for boats", name="Bob")
    client.force_login(make_staff("Moderator"))

    def found(**query):
        page = client.get(LIST, query).text
        return ["About the bridge" in page, "Loans for boats" in page]

    assert found() == [True, True]
    assert found(q="boats") == [False, True]
    assert found(q="Bob") == [False, True]
    assert found(q="ann@example.org") == [True, False]
    assert found(state__exact="pending") == [True, False]
    assert found(created_at__year=timezone.now().year - 5) == [False, False]


def test_a_queue_of_any_length_costs_the_same(client):
    article = make_article()
    client.force_login(make_staff("Moderator"))
    make_comment(article, parent=make_comment(article), state=State.PENDING)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)

    for number in range(20):
        other = make_article(headline=f"Story {number}")
        make_comment(other, parent=make_comment(other), state=State.PENDING)
    with CaptureQueriesContext(connection) as many:
        queue = client.get(LIST)

    assert "Story 19" in queue.text
    assert len(many) == len(few)


def test_the_form_leads_to_the_story_and_to_a_comment_that_readers_see(client):
    article = make_article(headline="Bridge reopens")
    root = make_comment(article, name="Capt. Sprat")
    held = make_comment(article, parent=root, state=State.PENDING)
    client.force_login(make_staff("Moderator"))

    shown = client.get(change_url(root)).text
    not_shown = client.get(change_url(held)).text

    for form in (shown, not_shown):
        assert f'<a href="{article.get_absolute_url()}">Bridge reopens</a>' in form
    assert "View on site" in shown
    assert "View on site" not in not_shown
    assert "Capt. Sprat" in not_shown  # whom it answers


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


def test_the_reason_of_a_removal_is_recorded_and_told_to_the_writer(client):
    comment = make_comment(make_article(), state=State.PENDING)
    client.force_login(make_staff("Moderator"))

    client.post(change_url(comment), {"_remove": "1", "word": "It names a child."})
    told = Reader().get(reverse("comments:status", args=[comment.status_key])).text

    assert "It names a child." in told
    assert Event.objects.about(comment).get().reason == "It names a child."
