"""Reports, notices of illegal content and appeals: what readers have against what."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from comments import appeals, moderation, notices, objections
from comments.models import Appeal, Comment, IllegalNotice, Report, Thread
from newsroom.models import Event
from tests.factories import make_article, make_comment, make_staff, set_discussion
from tests.html_forms import fields_of
from tests.readers import Reader

State = Comment.State


def report(comment, reader=None, **fields):
    url = reverse("comments:report", args=[comment.pk])
    return (reader or Reader()).post(url, {"reason": "insult"} | fields)


def fresh(comment):
    return Comment.objects.get(pk=comment.pk)


def page_of(article):
    return Reader().get(article.get_absolute_url()).text


# --- Reports ---


def test_as_many_reports_as_the_rules_say_hold_a_comment_until_somebody_looks():
    article = make_article()
    comment = make_comment(article, source="You mudlark!")

    for _reader in range(2):
        response = report(comment)
    before = (fresh(comment).state, "You mudlark!" in page_of(article))
    report(comment)

    assert response.status_code == 200
    assert "Thank you for your report." in response.text
    assert before == (State.APPROVED, True)
    assert fresh(comment).state == State.PENDING
    assert "You mudlark!" not in page_of(article)
    assert fresh(comment).verdicts[-1]["check"] == "reports"
    assert Thread.objects.get().pending == 1


def test_one_reader_reports_once_and_may_say_it_better():
    comment, reader = make_comment(make_article()), Reader()

    report(comment, reader)
    report(comment, reader, reason="private", words="That is my street.")
    report(comment, reader)

    assert Report.objects.get().reason == "insult"
    assert fresh(comment).open_reports == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(
            comment=comment, reader_hash=Report.objects.get().reader_hash, reason="spam"
        )


def test_the_reports_of_one_network_count_once():
    comment = make_comment(make_article())

    for _reader in range(4):
        report(comment, Reader(address="198.51.100.7"))

    assert Report.objects.count() == 4
    assert fresh(comment).open_reports == 1
    assert fresh(comment).state == State.APPROVED


def test_what_a_moderator_keeps_is_not_held_for_the_same_reports_again():
    comment = make_comment(make_article())
    for _reader in range(3):
        report(comment)

    moderation.decide([fresh(comment)], State.APPROVED, moderator=None)
    kept = fresh(comment)
    report(comment)

    assert (kept.state, kept.open_reports) == (State.APPROVED, 0)
    assert fresh(comment).state == State.APPROVED
    assert fresh(comment).open_reports == 1


def test_where_no_number_is_set_reports_hold_nothing():
    set_discussion(reports_held=0)
    comment = make_comment(make_article())

    for _reader in range(5):
        report(comment)

    assert fresh(comment).state == State.APPROVED
    assert fresh(comment).open_reports == 5


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": ""}, "Choose what is wrong with it."),
        ({"reason": "boring"}, "Choose what is wrong with it."),
        ({"words": "x" * 501}, "500 characters are the most."),
    ],
)
def test_a_report_that_says_nothing_or_too_much_is_asked_again(typed, said):
    comment = make_comment(make_article())

    response = report(comment, **typed)

    assert response.status_code == 422
    assert said in response.text
    assert not Report.objects.exists()


def test_a_network_that_reports_everything_is_asked_to_wait(monkeypatch):
    monkeypatch.setattr("comments.views.objecting.REPORTS_AN_HOUR", 1)
    comment = make_comment(make_article())

    report(comment, Reader(address="198.51.100.7"))
    response = report(comment, Reader(address="198.51.100.8"), words="My words.")

    assert response.status_code == 429
    assert "My words." in response.text
    assert Report.objects.count() == 1


def test_what_readers_cannot_see_cannot_be_reported():
    article = make_article()
    removed = make_comment(article, state=State.REMOVED)
    gone = make_comment(make_article(headline="Withdrawn"))
    publishing.withdraw(gone.thread.article, editor=None)

    for comment in (removed, gone):
        assert report(comment).status_code == 404
    assert Reader().get("/comments/99999999/report/").status_code == 404
    with pytest.raises(objections.NotReportable):
        objections.report(removed, reader_hash="a", network_key="b", reason="spam")


# --- Notices ---


def notice_url(comment):
    return reverse("comments:illegal", args=[comment.pk])


TYPED = {
    "explanation": "It names a minor in a criminal case.",
    "law": "Media Act, section 7",
    "name": "",
    "email": "",
    "in_good_faith": "on",
}


def test_a_notice_has_a_record_a_reference_and_hides_nothing_by_itself():
    article = make_article()
    comment = make_comment(article, source="Her name is known to all.")

    response = Reader().post(notice_url(comment), TYPED)
    own = Reader().get(response.url)

    notice = IllegalNotice.objects.get()
    assert response.status_code == 303
    assert notice.reference in response.url
    assert notice.quoted == "Her name is known to all."
    assert "It names a minor" in own.text
    assert own.headers["X-Robots-Tag"] == "noindex"
    assert "Her name is known to all." in page_of(article)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("explanation", "", "Say why it is illegal."),
        ("explanation", "x" * 5001, "5000 characters are the most."),
        ("in_good_faith", "", "Confirm this to give notice."),
        ("email", "nobody", "This is no email address."),
    ],
)
def test_a_notice_that_lacks_something_is_given_back_whole(field, value, said):
    comment = make_comment(make_article())

    response = Reader().post(notice_url(comment), TYPED | {field: value})

    assert response.status_code == 422
    assert said in response.text
    assert "Media Act, section 7" in response.text
    assert not IllegalNotice.objects.exists()


@pytest.mark.parametrize(
    ("button", "state"), [("_uphold", "removed"), ("_dismiss", "approved")]
)
def test_a_notice_is_decided_with_a_statement_that_both_sides_read(
    client, button, state
):
    comment = make_comment(make_article())
    notice = notices.give_notice(comment, explanation="It names a minor.")
    moderator = make_staff("Moderator")
    client.force_login(moderator)
    url = reverse("admin:comments_illegalnotice_change", args=[notice.pk])

    silent = client.post(
        url, fields_of(client.get(url), "illegalnotice_form") | {button: "1"}
    )
    client.post(url, {button: "1", "statement": "Section 7 forbids it, or not."})

    notice.refresh_from_db()
    told = Reader().get(reverse("comments:notice", args=[notice.reference])).text
    assert "Say what was decided, on which facts" in silent.text
    assert notice.decided_by == moderator
    assert fresh(comment).state == state
    assert "Section 7 forbids it, or not." in told
    with pytest.raises(notices.NoticeDecided):
        notices.decide_notice(
            notice, upheld=True, moderator=moderator, statement="Again."
        )


def test_an_open_notice_stands_on_the_moderators_desk(client):
    notices.give_notice(make_comment(make_article()), explanation="It names a minor.")
    client.force_login(make_staff("Moderator"))

    desk = client.get(reverse("admin:index")).text

    assert "Notices of illegal content" in desk
    assert (
        client.get(
            reverse("admin:comments_illegalnotice_changelist"), {"state__exact": "open"}
        ).status_code
        == 200
    )


def test_a_comment_that_was_never_to_be_seen_takes_no_notice():
    held = make_comment(make_article(), state=State.PENDING)

    assert Reader().post(notice_url(held), TYPED).status_code == 404
    assert Reader().get("/comments/notice/forged-reference/").status_code == 404


# --- Appeals ---


def appeal_of(comment, words="It was a quotation."):
    url = reverse("comments:appeal", args=[comment.status_key])
    return Reader().post(url, {"words": words})


def status_of(comment):
    return Reader().get(reverse("comments:status", args=[comment.status_key])).text


def refused(moderator=None):
    comment = make_comment(make_article())
    moderation.decide([comment], State.REMOVED, moderator=moderator, fault="insult")
    return fresh(comment)


def test_a_refusal_can_be_appealed_once_from_the_private_page():
    comment = refused()
    offered = status_of(comment)

    first, second = appeal_of(comment), appeal_of(comment, "And another thing.")

    assert "You may ask once for another look." in offered
    assert "It insults or threatens someone." in offered
    assert (first.status_code, second.status_code) == (303, 409)
    assert "And another thing." in second.text
    assert Appeal.objects.get().words == "It was a quotation."
    assert "Your appeal waits for a moderator" in status_of(comment)


def test_what_a_rule_refused_can_be_appealed_and_what_stands_cannot():
    set_discussion(refuse_words="zeppelin")
    article, reader = make_article(), Reader()
    reader.comment(article, "A zeppelin!")

    by_rule = appeal_of(Comment.objects.get())
    standing = appeal_of(make_comment(article))

    assert (by_rule.status_code, standing.status_code) == (303, 409)
    assert "There is nothing to appeal" in standing.text


@pytest.mark.parametrize("words", ["", "x" * 1001])
def test_an_appeal_of_nothing_or_too_much_is_asked_again(words):
    comment = refused()

    response = appeal_of(comment, words)

    assert response.status_code == 422
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    ("button", "state", "said"),
    [
        ("_uphold", State.APPROVED, "Your appeal was decided for you."),
        ("_dismiss", State.REMOVED, "Your appeal was dismissed."),
    ],
)
def test_an_appeal_is_decided_by_another_moderator(client, button, state, said):
    first, second = make_staff("Moderator"), make_staff("Moderator")
    comment = refused(first)
    appeal_of(comment)
    url = reverse("admin:comments_appeal_change", args=[Appeal.objects.get().pk])

    client.force_login(first)
    own = client.post(url, {button: "1", "word": ""}, follow=True)
    client.force_login(second)
    client.post(url, {button: "1", "word": "We looked again."})

    made = Appeal.objects.get()
    assert "another moderator decides on the appeal" in own.text
    assert made.decided_by == second
    assert fresh(comment).state == state
    assert said in status_of(comment)
    assert "We looked again." in status_of(comment)
    assert Event.objects.filter(act__contains="appeal", actor=second).count() == 1


def test_where_there_is_one_moderator_that_one_decides():
    alone = make_staff("Moderator")
    make_staff("Moderator", is_active=False)
    comment = refused(alone)
    appeal_of(comment)

    appeals.decide_appeal(Appeal.objects.get(), upheld=True, moderator=alone)

    assert fresh(comment).state == State.APPROVED
    with pytest.raises(appeals.AppealDecided):
        appeals.decide_appeal(Appeal.objects.get(), upheld=False, moderator=alone)


def test_who_changes_their_mind_settles_the_appeal_for_the_writer():
    moderator = make_staff("Moderator")
    make_staff("Moderator")
    comment = refused(moderator)
    appeal_of(comment)

    moderation.decide([comment], State.APPROVED, moderator=moderator)

    assert Appeal.objects.get().upheld is True
    assert Appeal.objects.get().decided_at > timezone.now() - timedelta(minutes=1)


# --- What must not happen on the way ---


@pytest.mark.parametrize("state", [State.REMOVED, State.WITHDRAWN, State.SPAM])
def test_the_page_for_notices_shows_no_words_that_readers_do_not_see(state):
    comment = make_comment(make_article(), source="The secret street.", state=state)
    Comment.objects.filter(pk=comment.pk).update(decided_at=timezone.now())

    page = Reader().get(notice_url(comment))
    given = Reader().post(notice_url(comment), TYPED)
    own = Reader().get(given.url)

    assert page.status_code == 200
    assert "Readers no longer see this comment." in page.text
    for text in (page.text, own.text):
        assert "The secret street." not in text
    assert IllegalNotice.objects.get().quoted == "The secret street."


def test_a_withdrawn_storys_comments_are_not_shown_to_who_gives_notice():
    article = make_article()
    comment = make_comment(article, source="The secret street.")
    publishing.withdraw(article, editor=None)

    assert "The secret street." not in Reader().get(notice_url(comment)).text


def test_a_change_of_wording_does_not_publish_what_readers_reported():
    set_discussion(hold_unknown=False)
    article = make_article()
    comment = make_comment(article, created_at=timezone.now())
    for _reader in range(3):
        report(comment)

    Reader().post(
        reverse("comments:edit", args=[comment.status_key]), {"comment": "Nicer now."}
    )

    assert fresh(comment).source == "Nicer now."
    assert fresh(comment).state == State.PENDING
    assert fresh(comment).verdicts[-1]["check"] == "reports"


def test_the_reports_of_one_network_do_not_slow_a_story():
    set_discussion(slow_after=3)
    comment = make_comment(make_article())

    for _reader in range(5):
        report(comment, Reader(address="198.51.100.7"))

    assert Thread.objects.get().slow_until is None


def test_open_appeals_and_notices_stand_first(client):
    for number in range(2):
        comment = refused()
        appeals.appeal(comment, words=f"Appeal {number}.")
    first = Appeal.objects.earliest("pk")
    appeals.decide_appeal(first, upheld=False, moderator=make_staff("Moderator"))
    client.force_login(make_staff("Moderator"))

    page = client.get(reverse("admin:comments_appeal_changelist")).text

    assert page.index("Appeal 1.") < page.index("Appeal 0.")


def test_undoing_what_settled_an_appeal_lets_it_wait_again():
    moderator = make_staff("Moderator")
    comment = refused()
    appeal_of(comment)
    moderation.decide([comment], State.APPROVED, moderator=moderator)

    moderation.undo(fresh(comment), moderator=moderator)

    assert fresh(comment).state == State.REMOVED
    assert Appeal.objects.get().upheld is None
    assert Appeal.objects.get().decided_at is None


def test_undoing_a_refusal_settles_the_appeal_against_it():
    comment = refused()
    appeal_of(comment)

    moderation.undo(comment, moderator=None)

    assert fresh(comment).state == State.APPROVED
    assert Appeal.objects.get().upheld is True


def test_a_statement_of_reasons_is_told_whole_even_of_what_was_removed_before():
    comment = refused()
    notice = notices.give_notice(comment, explanation="It names a minor.")
    statement = "Section 7 of the Media Act forbids it. " * 20

    notices.decide_notice(
        notice, upheld=True, moderator=make_staff("Moderator"), statement=statement
    )

    told = status_of(comment)
    assert fresh(comment).fault == Comment.Fault.ILLEGAL
    assert told.count("Section 7 of the Media Act") == 20
