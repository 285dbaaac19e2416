"""Undoing a decision, and answering from the queue: each leaves the counts right."""

import pytest

from comments import answering, moderation, objections
from comments.models import Comment, Report, Thread
from comments.posting import NotRepliable
from newsroom.models import Event
from tests.factories import make_article, make_author, make_comment, make_staff

State = Comment.State


def counts_of(article):
    thread = Thread.objects.get(article=article)
    return thread.approved, thread.pending


def test_an_undo_puts_back_what_was_before_and_is_written_down():
    article, moderator = make_article(), make_staff("Moderator")
    comment = make_comment(article, state=State.PENDING)
    moderation.decide([comment], State.APPROVED, moderator=moderator)
    moderation.decide(
        [comment], State.REMOVED, moderator=moderator, fault="insult", word="Rude."
    )

    moderation.undo(comment, moderator=moderator)

    comment.refresh_from_db()
    assert (comment.state, comment.fault, comment.word) == (State.APPROVED, "", "")
    assert counts_of(article) == (1, 0)
    event = Event.objects.about(comment).first()
    assert (event.act, event.actor) == ("undo", moderator)
    assert (event.before["fault"], event.after["state"]) == ("insult", "approved")


def test_an_undo_of_an_undo_decides_again():
    article = make_article()
    comment = make_comment(article, state=State.PENDING)
    moderation.decide([comment], State.SPAM, moderator=None, fault="spam")

    moderation.undo(comment, moderator=None)
    comment.refresh_from_db()
    undone = comment.state, comment.decided_at, counts_of(article)
    moderation.undo(comment, moderator=None)

    comment.refresh_from_db()
    assert undone == (State.PENDING, None, (0, 1))
    assert (comment.state, comment.fault) == (State.SPAM, "spam")
    assert comment.decided_at
    assert counts_of(article) == (0, 0)


def test_an_undo_names_the_decision_and_spares_a_later_one():
    comment = make_comment(make_article(), state=State.PENDING)
    (first,) = moderation.decisions_on([comment], State.SPAM, moderator=None)
    moderation.decide([comment], State.APPROVED, moderator=None)

    with pytest.raises(moderation.NothingToUndo):
        moderation.undo(comment, moderator=None, decision=first)

    comment.refresh_from_db()
    assert comment.state == State.APPROVED


def test_what_nobody_decided_cannot_be_undone():
    comment = make_comment(make_article())

    with pytest.raises(moderation.NothingToUndo):
        moderation.undo(comment, moderator=None)

    assert not Event.objects.about(comment).exists()


def test_a_decision_settles_reports_and_an_undo_opens_them_again():
    comment = make_comment(make_article(), open_reports=1)
    Report.objects.create(comment=comment, reader_hash="a", reason="spam")

    kept = moderation.decide([comment], State.APPROVED, moderator=None)
    comment.refresh_from_db()
    settled = comment.open_reports, Report.objects.get().settled_at is not None
    moderation.undo(comment, moderator=None)

    comment.refresh_from_db()
    assert (kept, settled) == (1, (0, True))
    assert (comment.open_reports, Report.objects.get().settled_at) == (1, None)


def test_an_undo_keeps_the_reports_that_came_after_the_decision():
    comment = make_comment(make_article(), state=State.PENDING)
    moderation.decide([comment], State.REMOVED, moderator=None)
    moderation.decide([comment], State.APPROVED, moderator=None)
    objections.report(
        comment, reader_hash="a reader", network_key="a network", reason="insult"
    )

    moderation.undo(comment, moderator=None)
    removed = Comment.objects.get()
    moderation.undo(comment, moderator=None)

    comment.refresh_from_db()
    assert (removed.state, removed.open_reports) == (State.REMOVED, 1)
    assert (comment.state, comment.open_reports) == (State.APPROVED, 1)
    assert Report.objects.get().settled_at is None


def test_what_another_moderator_decided_meanwhile_is_left_alone():
    comment = make_comment(make_article(), state=State.PENDING)
    other = make_comment(comment.thread.article, state=State.PENDING)
    moderation.decide([comment], State.APPROVED, moderator=None)

    events = moderation.decisions_on(
        [comment, other], State.SPAM, moderator=None, still="pending"
    )

    assert [event.object_id for event in events] == [other.pk]
    comment.refresh_from_db()
    assert comment.state == State.APPROVED


def test_a_reply_and_the_approval_come_together_and_are_undone_together():
    article = make_article()
    parent = make_comment(article, state=State.PENDING)
    moderator = make_staff("Moderator", first_name="Dilys", last_name="Moor")

    with pytest.raises(NotRepliable):
        answering.answer(parent, source="Thank you.", by=moderator)
    events = answering.approve_and_answer(parent, source="Thank you.", by=moderator)
    reply = Comment.objects.get(parent=parent)
    published = counts_of(article)
    for event in reversed(events):
        comment = Comment.objects.get(pk=event.object_id)
        moderation.undo(comment, moderator=moderator, decision=event)

    assert (reply.name, reply.mark, reply.staff) == ("Dilys Moor", "staff", moderator)
    assert published == (2, 0)
    assert counts_of(article) == (0, 1)


def test_who_wrote_the_story_answers_as_its_author():
    moderator = make_staff("Moderator")
    author = make_author()
    author.user = moderator
    author.save()
    parent = make_comment(make_article(author=author))

    answering.answer(parent, source="I wrote it.", by=moderator)

    assert Comment.objects.get(parent=parent).mark == Comment.Mark.AUTHOR
