"""An edition goes out once to each who is on the list, whatever becomes of a worker."""

from datetime import timedelta
from email import policy
from email.parser import BytesParser

from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import pytest
from django_tasks_db.models import DBTaskResult

from articles import publishing
from articles.models import Copy, Edition, Subscriber
from articles.newsletter import sending, subscribing
from newsroom.models import Event
from tests.factories import (
    make_article,
    make_draft,
    make_edition,
    make_newsletter,
    make_staff,
    make_subscriber,
)
from tests.ports import free_port
from tests.smtp import mail_server, use_server


@pytest.fixture(autouse=True)
def _newsletter(transactional_db):
    make_newsletter()


@pytest.fixture
def tasks_backend():
    return "django_tasks_db.DatabaseBackend"


@pytest.fixture
def editor():
    return make_staff("Editor")


def work():
    """Run what waits for a worker, until nothing is due."""
    call_command("db_worker", batch=True, interval=0, queue_name="*", verbosity=0)


def all_is_due():
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())


def recipients(mailbox):
    return sorted(sent["To"] for sent in mailbox.mails)


def addresses(number):
    return [f"reader{one:03}@example.org" for one in range(number)]


def subscribe(number):
    return [make_subscriber(email) for email in addresses(number)]


def test_everyone_on_the_list_gets_one_copy_from_a_real_server(settings, editor):
    subscribe(7)
    make_subscriber("pending@example.org", state="pending")
    make_subscriber("gone@example.org", state="unsubscribed")
    make_subscriber("dead@example.org", state="bounced")
    story = make_article(headline="Bridge reopens")
    edition = make_edition(story, preheader="After eleven weeks.")

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        before = list(mailbox.mails)
        work()
        work()

    edition.refresh_from_db()
    assert before == []
    assert recipients(mailbox) == addresses(7)
    assert (edition.state, edition.number) == ("sent", 1)
    assert (edition.recipients, edition.delivered) == (7, 7)
    assert Event.objects.about(edition).first().act == "send newsletter"
    one = mailbox.mails[0]
    text = one.get_body(["plain"]).get_content()
    html = one.get_body(["html"]).get_content()
    for content in (text, html):
        assert "Bridge reopens" in content
        assert f"http://testserver{story.get_absolute_url()}" in content
        assert "3 Slip Street" in content
        assert "http://testserver/newsletter/1/" in content
    assert one["Subject"] == edition.subject
    assert one["List-Id"] == "<newsletter.testserver>"
    assert one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert one["Auto-Submitted"] is None


def test_a_mail_tells_nobody_who_reads_it(settings, editor):
    subscribe(2)
    edition = make_edition(make_article())

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()

    first, second = (
        one.get_body(["html"]).get_content().splitlines() for one in mailbox.mails
    )
    different = [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]
    assert len(different) == 1
    assert "/newsletter/own/" in different[0][0]
    whole = "".join(first)
    assert "<h1" in whole
    for hole in ("<img", "url(", "@import", "<link", "<script", "background=", "?"):
        assert hole not in whole.replace("<!doctype", "")


@pytest.mark.parametrize("killed_after", [0, 1, 3, 4])
def test_a_worker_that_is_killed_leaves_nobody_out_and_nobody_with_two(
    settings, editor, monkeypatch, killed_after
):
    subscribe(6)
    edition = make_edition(make_article())
    send, done = sending._send, []

    def until_killed(*args):
        if len(done) == killed_after:
            raise KeyboardInterrupt  # as a signal would, past every handler
        done.append(args)
        return send(*args)

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        monkeypatch.setattr(sending, "_send", until_killed)
        # A killed process lets nothing go.
        monkeypatch.setattr(sending, "_let_go", lambda *args: None)
        with pytest.raises(KeyboardInterrupt):
            sending.carry_on.func(edition.pk)
        monkeypatch.undo()
        half = len(mailbox.mails)
        work()
        too_soon = len(mailbox.mails)
        Edition.objects.update(held_until=timezone.now())
        all_is_due()
        work()

    edition.refresh_from_db()
    assert half == too_soon == killed_after
    assert recipients(mailbox) == addresses(6)
    assert edition.state == "sent"
    assert edition.delivered == 6


def test_a_task_that_fails_in_the_middle_is_tried_again(settings, editor, monkeypatch):
    subscribe(5)
    edition = make_edition(make_article())
    send, done = sending._send, []

    def failing_once(*args):
        done.append(args)
        if len(done) == 3:
            raise LookupError("a fault of ours")
        return send(*args)

    monkeypatch.setattr(sending, "_send", failing_once)
    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()
        half = len(mailbox.mails)
        all_is_due()
        work()

    assert half == 2
    assert recipients(mailbox) == addresses(5)


def test_two_workers_at_once_send_one_copy_to_each(settings, editor, monkeypatch):
    subscribe(5)
    edition = make_edition(make_article())
    send, nested = sending._send, []

    def with_a_second_worker(*args):
        if not nested:
            nested.append(True)
            sending.carry_on.func(edition.pk)
        return send(*args)

    monkeypatch.setattr(sending, "_send", with_a_second_worker)
    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()

    assert nested
    assert recipients(mailbox) == addresses(5)


def test_who_signs_up_or_leaves_while_it_is_sent(settings, editor, monkeypatch):
    subscribers = subscribe(4)
    edition = make_edition(make_article())
    send, done = sending._send, []

    def meanwhile(*args):
        if not done:
            make_subscriber("late@example.org")
            subscribing.leave(subscribers[2])
            subscribing.erase(subscribers[3])
        done.append(args)
        return send(*args)

    monkeypatch.setattr(sending, "_send", meanwhile)
    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()

    edition.refresh_from_db()
    assert recipients(mailbox) == addresses(2)
    assert (edition.state, edition.delivered, edition.left) == ("sent", 2, 1)


def test_it_is_paused_resumed_and_cancelled(settings, editor, monkeypatch):
    subscribe(6)
    edition = make_edition(make_article())
    send = sending._send

    def pausing(copy, *args):
        if copy.subscriber.email == addresses(6)[1]:
            sending.pause(edition, editor=editor)
        if copy.subscriber.email == addresses(6)[3]:
            sending.cancel(edition, editor=editor)
        return send(copy, *args)

    monkeypatch.setattr(sending, "_send", pausing)
    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()
        all_is_due()
        work()
        paused = recipients(mailbox)
        sending.resume(edition, editor=editor)
        work()
        all_is_due()
        work()

    edition.refresh_from_db()
    assert paused == addresses(2)
    assert recipients(mailbox) == addresses(4)  # the one under way still goes out
    assert edition.state == "cancelled"
    acts = [event.act for event in Event.objects.about(edition)]
    assert acts == [
        *("cancel newsletter", "resume newsletter"),
        *("pause newsletter", "send newsletter"),
    ]
    with pytest.raises(sending.TooLate):
        sending.resume(edition, editor=editor)


def test_while_the_server_is_down_it_waits_and_then_everyone_gets_one(settings, editor):
    subscribe(3)
    edition = make_edition(make_article())
    port = free_port()
    use_server(settings, port)

    sending.send(edition, editor=editor)
    work()
    waits = DBTaskResult.objects.filter(status="READY").earliest("run_after")
    with mail_server(settings, port) as mailbox:
        all_is_due()
        work()

    assert waits.run_after > timezone.now() + timedelta(seconds=40)
    assert recipients(mailbox) == addresses(3)


def test_after_eight_tries_it_waits_for_a_person(settings, editor):
    subscribe(1)
    edition = make_edition(make_article())
    use_server(settings, free_port())
    sending.send(edition, editor=editor)

    for _try in range(8):
        all_is_due()
        work()

    edition.refresh_from_db()
    assert edition.state == "paused"
    assert "cannot be reached" in edition.fault
    with mail_server(settings) as mailbox:
        sending.resume(edition, editor=editor)
        work()
    assert recipients(mailbox) == addresses(1)


def test_an_address_that_the_server_refuses_stops_nobody_else(settings, editor):
    subscribe(3)
    edition = make_edition(make_article())

    with mail_server(settings) as mailbox:
        mailbox.refused.add(addresses(3)[1])
        sending.send(edition, editor=editor)
        work()

    edition.refresh_from_db()
    assert recipients(mailbox) == [addresses(3)[0], addresses(3)[2]]
    assert (edition.state, edition.delivered, edition.failed) == ("sent", 2, 1)
    assert Subscriber.objects.get(state="bounced").email == addresses(3)[1]


def test_an_address_that_is_refused_for_now_is_tried_again(settings, editor):
    subscribe(2)
    edition = make_edition(make_article())

    with mail_server(settings) as mailbox:
        mailbox.busy.add(addresses(2)[0])
        sending.send(edition, editor=editor)
        work()
        first = recipients(mailbox)
        mailbox.busy.clear()
        Copy.objects.update(due_at=timezone.now())
        all_is_due()
        work()

    assert first == [addresses(2)[1]]
    assert recipients(mailbox) == addresses(2)
    assert not Subscriber.objects.filter(state="bounced").exists()


def test_a_server_that_refuses_the_edition_itself_is_shown_to_a_person(
    settings, editor
):
    subscribe(3)
    edition = make_edition(make_article())

    with mail_server(settings) as mailbox:
        mailbox.refuses_all = "554 5.7.1 This looks like spam"
        sending.send(edition, editor=editor)
        work()

    edition.refresh_from_db()
    assert mailbox.mails == []
    assert edition.state == "paused"
    assert "This looks like spam" in edition.fault
    assert not Subscriber.objects.filter(state="bounced").exists()


def test_it_goes_no_faster_than_the_operator_says(settings, editor):
    settings.NEWSLETTER_MAILS_PER_MINUTE = 2
    subscribe(5)
    edition = make_edition(make_article())

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()
        in_the_first_minute = len(mailbox.mails)
        for _minute in range(3):
            all_is_due()
            Edition.objects.update(held_until=None)
            work()

    assert in_the_first_minute == 2
    assert recipients(mailbox) == addresses(5)


def test_a_scheduled_one_begins_at_its_time_and_not_before(settings, editor):
    subscribe(1)
    edition = make_edition(make_article())
    at = timezone.now() + timedelta(hours=1)

    with mail_server(settings) as mailbox:
        sending.schedule(edition, editor=editor, at=at)
        all_is_due()
        work()
        too_soon = len(mailbox.mails)
        sending.nudge(edition)
        Edition.objects.update(send_at=timezone.now())
        work()

    assert too_soon == 0
    assert recipients(mailbox) == addresses(1)


def test_a_scheduled_one_that_is_called_off_is_a_draft_again(settings, editor):
    subscribe(1)
    edition = make_edition(make_article())

    with mail_server(settings) as mailbox:
        sending.schedule(edition, editor=editor, at=timezone.now() + timedelta(hours=1))
        sending.cancel(edition, editor=editor)
        all_is_due()
        work()

    edition.refresh_from_db()
    assert (edition.state, edition.number, edition.send_at) == ("draft", None, None)
    assert mailbox.mails == []


def test_an_embargo_holds_when_it_is_sent(settings, editor):
    subscribe(1)
    soon = timezone.now() + timedelta(hours=2)
    secret = make_article(headline="Budget leak", published_at=soon)
    edition = make_edition(make_article(headline="Bridge reopens"), secret)

    with pytest.raises(sending.NotReady, match="Budget leak"):
        sending.send(edition, editor=editor)
    sending.schedule(edition, editor=editor, at=soon)
    # The story is put off after that; the edition is not.
    publishing.schedule(secret, editor=editor, at=soon + timedelta(days=1))
    Edition.objects.update(send_at=timezone.now())
    with mail_server(settings) as mailbox:
        all_is_due()
        work()

    text = mailbox.mails[0].get_body(["plain"]).get_content()
    assert "Bridge reopens" in text
    assert "Budget leak" not in text


def test_an_edition_of_which_nothing_is_left_is_not_sent(settings, editor):
    subscribe(1)
    story = make_article()
    edition = make_edition(story, introduction="")

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        publishing.withdraw(story, editor=editor, reason="")
        work()

    edition.refresh_from_db()
    assert edition.state == "paused"
    assert "No story" in edition.fault
    assert mailbox.mails == []


def test_drafts_are_never_in_it(settings, editor):
    subscribe(1)
    edition = make_edition(make_article(), make_draft(headline="Not finished"))

    with pytest.raises(sending.NotReady, match="Not finished"):
        sending.send(edition, editor=editor)

    assert Edition.objects.get().is_draft


def test_what_is_paid_for_says_so_in_both_parts(settings, editor):
    subscribe(1)
    ad = make_article(label="sponsored", sponsor="The Harbour Bank")
    edition = make_edition(ad)

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()

    for kind in ("plain", "html"):
        content = mailbox.mails[0].get_body([kind]).get_content()
        assert "Paid for by The Harbour Bank." in content
        assert "Sponsored" in content


def test_a_subject_cannot_add_a_header(settings, editor):
    subscribe(1)
    edition = make_edition(make_article(), subject="Tides\r\nBcc: all@example.org")

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()

    assert mailbox.mails[0]["Subject"] == "Tides Bcc: all@example.org"
    assert mailbox.mails[0]["Bcc"] is None


def test_words_and_markup_of_the_desk_stay_words(settings, editor):
    subscribe(1)
    edition = make_edition(
        make_article(headline="Salt & <vinegar>"), introduction="1 < 2 & <b>so</b> on"
    )

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()

    text, html = (
        mailbox.mails[0].get_body([kind]).get_content() for kind in ("plain", "html")
    )
    assert "Salt & <vinegar>" in text
    assert "1 < 2 & <b>so</b> on" in text
    assert "Salt &amp; &lt;vinegar&gt;" in html
    assert "&lt;b&gt;so&lt;/b&gt;" in html


def test_the_foot_of_a_mail_is_in_its_readers_language(settings, editor):
    make_subscriber("klara@example.org", language="ar")
    edition = make_edition(make_article(label="review", language="de"))

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=editor)
        work()

    html = mailbox.mails[0].get_body(["html"]).get_content()
    assert '<html lang="en" dir="ltr">' in html
    assert '<div class="entry" lang="de" dir="ltr">' in html
    assert '<p class="kicker" lang="en">Review</p>' in html
    assert '<div lang="ar" dir="rtl">' in html


def test_queries_do_not_grow_with_stories(editor):
    few = make_edition(make_article())
    many = make_edition(*(make_article() for _number in range(8)))
    numbers = []
    for edition in (few, many):
        make_subscriber()
        sending.send(edition, editor=editor)
        with CaptureQueriesContext(connection) as queries:
            sending.carry_on.func(edition.pk)
        numbers.append(len(queries) - 6 * Subscriber.objects.count())

    assert numbers[0] == numbers[1]


def test_a_mail_can_be_read_back_whatever_is_in_it(editor):
    make_subscriber("hettie@example.org")
    edition = make_edition(
        make_article(headline="Ελλάδα – ‘quoted’ " + "x" * 200),
        introduction="A line of more than a thousand characters. " * 40,
    )

    sending.send(edition, editor=editor)
    work()

    raw = mail.outbox[0].message().as_bytes(policy=policy.SMTP)
    back = BytesParser(policy=policy.default).parsebytes(raw)
    assert max(map(len, raw.splitlines())) <= 998
    assert "Ελλάδα" in back.get_body(["plain"]).get_content()


def test_old_copies_are_forgotten_and_their_sums_stay(editor):
    make_subscriber()
    old, new = make_edition(make_article()), make_edition(make_article())
    sending.send(old, editor=editor)
    work()
    gone = timezone.now() - timedelta(days=181)
    Edition.objects.filter(pk=old.pk).update(finished_at=gone)

    sending.send(new, editor=editor)
    work()

    old.refresh_from_db()
    assert not old.copies.exists()
    assert new.copies.count() == 1
    assert old.delivered == 1
