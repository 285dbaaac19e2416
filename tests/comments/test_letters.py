"""Who hears of what by mail: writers who asked and confirmed, authors, moderators."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from comments import appeals, editing, moderation, notices
from comments.models import Comment, Correspondent, ModeratorMail
from comments.rules import rules_of
from newsroom.models import Delivery, Event, Publication
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_staff,
    set_discussion,
)
from tests.readers import Reader
from tests.smtp import mail_server

State = Comment.State
HETTIE = "hettie@example.org"


def to(address):
    return [sent for sent in mail.outbox if sent.to == [address]]


def subjects(address):
    return [sent.subject for sent in to(address)]


def confirm(address=HETTIE):
    correspondent = Correspondent.objects.get(email=address)
    url = reverse("comments:mail", args=[correspondent.key])
    return Reader().post(url, {"confirm": "1"})


def ask(article, text="Well said.", **fields):
    Reader().comment(article, text, wants_mail="on", **fields)
    return Comment.objects.latest("pk")


def decide(comment, state=State.APPROVED, **said):
    moderation.decide([comment], state, moderator=None, **said)


# --- Writers ---


def test_an_address_is_asked_first_and_then_told_what_happened_meanwhile():
    article = make_article()
    comment = ask(article)

    decide(comment)
    before = subjects(HETTIE)
    confirm()

    assert before == ["Do you want mail about your comments?"]
    assert subjects(HETTIE)[1:] == ["Your comment is published"]
    published = to(HETTIE)[1]
    assert "Well said." in published.body
    assert f"/comments/status/{comment.status_key}/" in published.body
    assert "List-Unsubscribe" in published.extra_headers
    assert "List-Unsubscribe" not in to(HETTIE)[0].extra_headers


def test_who_did_not_ask_hears_nothing():
    article = make_article()
    Reader().comment(article, "Quietly.")
    comment = Comment.objects.get()

    decide(comment)
    make_comment(article, parent=comment)

    assert subjects(HETTIE) == []


def test_a_refusal_comes_with_the_reason_and_the_way_to_appeal():
    comment = ask(make_article())
    confirm()

    decide(comment, State.REMOVED, fault="private", word="It names a child.")

    sent = to(HETTIE)[-1]
    assert sent.subject == "Your comment was not published"
    assert "It gives away something private." in sent.body
    assert "It names a child." in sent.body
    assert "appeal once" in sent.body


def test_each_decision_is_told_once_however_often_it_is_made():
    comment = ask(make_article())
    confirm()

    for state in (State.APPROVED, State.PENDING, State.APPROVED):
        decide(comment, state)

    assert subjects(HETTIE).count("Your comment is published") == 1


def test_a_reply_is_told_once_it_is_approved_and_ones_own_is_not():
    set_discussion(flood_seconds=0)
    article = make_article()
    comment = ask(article)
    confirm()
    decide(comment)

    Reader().comment(
        article,
        "Hear, hear.",
        reply_to=comment.pk,
        name="Bram",
        email="bram@example.org",
    )
    reply = Comment.objects.latest("pk")
    held = list(subjects(HETTIE))
    decide(reply)
    ask(article, "Thank you.", reply_to=comment.pk)

    assert "Bram answered your comment" not in held
    assert subjects(HETTIE).count("Bram answered your comment") == 1
    assert len([one for one in subjects(HETTIE) if "answered" in one]) == 1
    assert "Hear, hear." in to(HETTIE)[-1].body


def test_an_answer_to_oneself_is_not_told_whatever_address_it_gives():
    set_discussion(flood_seconds=0, name_and_email_required=False)
    article, reader = make_article(), Reader()
    reader.comment(article, "First.", wants_mail="on")
    comment = Comment.objects.get()
    confirm()
    decide(comment)

    reader.comment(article, "Me again.", name="", email="", reply_to=comment.pk)
    decide(Comment.objects.latest("pk"))
    Reader().comment(article, "Not me.", email="b@example.org", reply_to=comment.pk)
    decide(Comment.objects.latest("pk"))

    answered = [sent.body for sent in to(HETTIE) if "answered" in sent.subject]
    assert len(answered) == 1
    assert "Not me." in answered[0]


def test_a_decision_on_an_appeal_is_told_though_the_refusal_was():
    comment = ask(make_article())
    confirm()
    decide(comment, State.REMOVED, fault="off topic")

    made = appeals.appeal(comment, words="It is about the bridge.")
    appeals.decide_appeal(
        made, upheld=False, moderator=make_staff("Moderator"), word="It is not."
    )

    first, second = to(HETTIE)[1:]
    assert "appeal once" in first.body
    assert "the decision stands" in second.body
    assert "It is not." in second.body


def test_nothing_is_called_published_on_a_story_that_was_withdrawn():
    set_discussion(flood_seconds=0, hold_all=True)
    article, other = make_article(), make_article()
    comment = ask(article)
    confirm()
    publishing.withdraw(article, editor=None)

    decide(comment)
    decide(ask(other, "Elsewhere."))

    assert subjects(HETTIE).count("Your comment is published") == 1
    assert "Elsewhere." in to(HETTIE)[-1].body


def test_who_confirms_late_is_not_told_what_is_long_past():
    set_discussion(flood_seconds=0)
    article = make_article()
    old, new = ask(article, "Long ago."), ask(article, "Just now.")
    decide(old)
    decide(new)
    Comment.objects.filter(pk=old.pk).update(
        decided_at=timezone.now() - timedelta(days=15)
    )

    confirm()

    published = [sent.body for sent in to(HETTIE) if "published" in sent.subject]
    assert len(published) == 1
    assert "Just now." in published[0]


def test_one_click_ends_all_mail_and_asking_again_begins_it():
    set_discussion(flood_seconds=0)
    article = make_article()
    comment = ask(article)
    confirm()
    decide(comment)
    stop = re.search(r"<(.*)>", to(HETTIE)[-1].extra_headers["List-Unsubscribe"])[1]
    path = stop.removeprefix("http://testserver")

    looked = Reader().get(path)
    still = Correspondent.objects.get().takes_mail
    # As a mail provider sends it: no Origin, no cookie.
    answer = Reader(browser="Provider").post(
        path, {"List-Unsubscribe": "One-Click"}, headers={"Origin": ""}
    )
    number = len(to(HETTIE))
    decide(ask(article, "Another."))
    silent = len(to(HETTIE))
    confirm()

    assert (looked.status_code, still, answer.status_code) == (200, True, 200)
    assert silent == number
    assert Correspondent.objects.get().takes_mail
    assert subjects(HETTIE)[-1] == "Your comment is published"


def test_an_address_is_asked_once_a_day_however_often_it_comments():
    set_discussion(flood_seconds=0)
    article = make_article()

    for number in range(3):
        ask(article, f"Number {number}.")

    assert subjects(HETTIE) == ["Do you want mail about your comments?"]


def test_a_key_that_was_altered_leads_nowhere():
    ask(make_article())

    assert Reader().get("/comments/mail/somebody-elses-key/").status_code == 404
    assert Reader().post("/comments/mail/somebody-elses-key/stop/").status_code == 404


# --- Authors and moderators ---


def story_of(user):
    author = make_author("Odalys Fenwright")
    author.user = user
    author.save()
    return make_article(author=author)


def test_the_author_of_a_story_hears_of_comments_and_of_those_that_wait():
    user = make_staff("Reporter", email="odalys@example.org")
    article = story_of(user)

    Reader().comment(article, "I am new.")
    decide(Comment.objects.get())
    set_discussion(mail_author=False, mail_held=False)
    Reader().comment(article, "More.", email="other@example.org")

    assert subjects("odalys@example.org") == [
        "[Newsroom] Please moderate: “Estuary bridge reopens”",
        "[Newsroom] Comment: “Estuary bridge reopens”",
    ]
    # A reporter decides on nothing, so there are no links to do it.
    assert "/comments/decide/" not in to("odalys@example.org")[0].body


def test_the_address_of_a_writer_is_told_to_moderators_alone():
    article = story_of(make_staff("Reporter", email="odalys@example.org"))
    moderator_who_wants("at once")

    Reader().comment(article, "I am new.")

    assert HETTIE in to("dilys@example.org")[0].body
    assert HETTIE not in to("odalys@example.org")[0].body
    assert "I am new." in to("odalys@example.org")[0].body


def test_moderators_hear_again_of_what_is_held_again_though_once_a_day(monkeypatch):
    moderator_who_wants("at once")
    article = make_article()
    Reader().comment(article, "I am new.")
    comment = Comment.objects.get()
    decide(comment)

    def change(source):
        editing.edit(comment, source=source, rules=rules_of(article), late=True)

    change("Changed.")
    on_the_same_day = len(to("dilys@example.org"))
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    change("Changed again.")
    notices.give_notice(comment, explanation="It names a minor.")

    assert on_the_same_day == 1
    assert "Changed again." in to("dilys@example.org")[1].body
    assert "illegal" in to("dilys@example.org")[2].body
    assert len(to("dilys@example.org")) == 3


def test_a_headline_that_is_not_published_is_in_no_page_behind_a_link():
    moderator_who_wants("at once")
    article = make_article(headline="Bridge reopens")
    Reader().comment(article, "I am new.")
    article.headline = "Minister took bribes"
    article.save()
    publishing.save_working_copy(article, editor=None)

    page = Reader().get(link(to("dilys@example.org")[0].body, "Approve")).text

    assert "Bridge reopens" in page
    assert "Minister" not in page


def moderator_who_wants(when, **fields):
    user = make_staff("Moderator", email="dilys@example.org")
    ModeratorMail.objects.create(user=user, when=when, **fields)
    return user


def link(body, act):
    path = re.search(rf"{act}: http://testserver(\S+)", body)[1]
    return path


def test_a_moderator_decides_from_a_mail_by_a_button_and_never_by_the_link():
    user = moderator_who_wants("at once")
    Reader().comment(make_article(), "I am new.")
    body = to("dilys@example.org")[0].body
    approve = link(body, "Approve")

    looked = Reader().get(approve)
    untouched = Comment.objects.get().state
    done = Reader().post(approve)
    late = Reader().post(link(body, "Spam"))

    assert "I am new." in looked.text
    assert looked.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in looked.headers["Cache-Control"]
    assert untouched == State.PENDING
    assert "Done." in done.text
    assert Comment.objects.get().state == State.APPROVED
    assert f"Decided by {user.name}" in late.text
    assert Event.objects.filter(act="approve", actor=user).count() == 1


def test_a_link_is_good_for_its_moderator_its_act_and_a_fortnight(monkeypatch):
    user = moderator_who_wants("at once")
    Reader().comment(make_article(), "I am new.")
    approve = link(to("dilys@example.org")[0].body, "Approve")

    altered = Reader().post(f"{approve[:-3]}x/")
    user.is_active = False
    user.save()
    inactive = Reader().post(approve)
    user.is_active = True
    user.save()
    user.groups.clear()
    no_more = Reader().post(approve)
    monkeypatch.setattr("comments.views.correspondence.A_FORTNIGHT", -1)
    expired = Reader().post(approve)

    assert (altered.status_code, expired.status_code) == (410, 410)
    assert (inactive.status_code, no_more.status_code) == (403, 403)
    assert "Decide in the moderation queue" in expired.text
    assert Comment.objects.get().state == State.PENDING


def test_who_wants_a_digest_gets_one_at_their_hour_if_anything_waits(
    settings, transactional_db
):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}
    }
    Publication.objects.create(pk=1, time_zone="Europe/Vienna")
    moderator_who_wants("digest", hour=7)
    article = make_article()
    for number in range(3):
        make_and_hold(article, number)

    work()
    wish = ModeratorMail.objects.get()
    due = wish.due_at.astimezone(ZoneInfo("Europe/Vienna"))
    before = list(mail.outbox)
    DBTaskResult_now()
    work()

    assert due.hour == 7
    assert before == []
    assert [sent.subject for sent in mail.outbox] == [
        "[Newsroom] 3 comments wait for a moderator"
    ]
    assert ModeratorMail.objects.get().due_at is None


def test_a_digest_that_was_lost_is_followed_by_the_next(settings, transactional_db):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}
    }
    moderator_who_wants("digest")
    yesterday = timezone.now() - timedelta(days=1)
    ModeratorMail.objects.update(due_at=yesterday)  # and its task is gone

    make_and_hold(make_article(), 1)
    work()
    due_at = ModeratorMail.objects.get().due_at
    DBTaskResult_now()
    work()

    assert due_at > timezone.now()
    assert len(mail.outbox) == 1


def test_a_digest_of_nothing_is_not_sent(settings, transactional_db):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}
    }
    moderator_who_wants("digest")
    make_and_hold(make_article(), 1)
    work()
    decide(Comment.objects.get())

    DBTaskResult_now()
    work()

    assert mail.outbox == []


def make_and_hold(article, number):
    Reader().comment(article, f"Number {number}.", email=f"r{number}@example.org")


def work():
    call_command("db_worker", batch=True, interval=0, queue_name="*", verbosity=0)


def DBTaskResult_now():  # noqa: N802
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())


def test_who_never_wants_mail_gets_none_and_chooses_for_themselves_alone(client):
    user = moderator_who_wants("never")
    other = make_staff("Moderator", email="bram@example.org")
    theirs = ModeratorMail.objects.create(user=other, when="at once")
    client.force_login(user)

    page = client.get(reverse("admin:comments_moderatormail_changelist"))
    foreign = client.get(
        reverse("admin:comments_moderatormail_change", args=[theirs.pk])
    )
    client.post(
        reverse("admin:comments_moderatormail_change", args=[user.moderator_mail.pk]),
        {"when": "at once", "hour": "8"},
    )
    Reader().comment(make_article(), "I am new.")

    assert page.status_code == 200
    assert foreign.status_code == 302
    assert len(to("dilys@example.org")) == 1


def test_a_notice_is_answered_to_the_address_that_was_left():
    comment = make_comment(make_article())
    notice = notices.give_notice(
        comment, explanation="It names a minor.", email="parent@example.org"
    )

    notices.decide_notice(
        notice, upheld=True, moderator=make_staff("Moderator"), statement="Section 7."
    )

    sent = to("parent@example.org")[0]
    assert "Section 7." in sent.body
    assert notice.reference in sent.body


def test_no_mail_holds_an_address_in_a_link():
    comment = ask(make_article())
    confirm()
    decide(comment)

    for sent in to(HETTIE):
        assert not re.search(r"http\S*(hettie|%40|example\.org)", sent.body)


# --- Through a real server ---


def test_the_whole_journey_through_a_real_mail_server(settings, transactional_db):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}
    }
    article = make_article()
    with mail_server(settings) as mailbox:
        comment = ask(article)
        work()
        asked = mailbox.to(HETTIE)[0].get_content()
        path = re.search(r"http://testserver(\S+)", asked)[1]
        Reader().post(path, {"confirm": "1"})
        decide(comment)
        work()
        Reader().comment(
            article,
            "Quite.",
            reply_to=comment.pk,
            name="Bram",
            email="bram@example.org",
        )
        decide(Comment.objects.latest("pk"))
        work()
        work()

    assert [sent["Subject"] for sent in mailbox.to(HETTIE)] == [
        "Do you want mail about your comments?",
        "Your comment is published",
        "Bram answered your comment",
    ]
    assert Delivery.objects.filter(sent_at=None).count() == 0


def test_a_mail_server_that_is_down_costs_no_comment(settings, transactional_db):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}
    }

    response = Reader().comment(make_article(), "Safe.", wants_mail="on")
    work()

    assert response.status_code == 303
    assert Comment.objects.get().source == "Safe."
    assert Delivery.objects.get().sent_at is None


@pytest.mark.parametrize("hour", [0, 23])
def test_the_hour_of_a_digest_is_in_the_zone_of_the_publication(hour):
    from comments.letters import _await_digest

    Publication.objects.create(pk=1, time_zone="Pacific/Auckland")
    moderator_who_wants("digest", hour=hour)

    _await_digest(ModeratorMail.objects.select_related("user").get())

    due = ModeratorMail.objects.get().due_at
    assert due.astimezone(ZoneInfo("Pacific/Auckland")).hour == hour
    assert due > timezone.now()
    assert isinstance(due, datetime)
