"""Mail goes out once, after the act, and is tried again when the server is down."""

from datetime import timedelta

from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.template import TemplateDoesNotExist
from django.utils import timezone

import pytest
from django_tasks_db.models import DBTaskResult

from newsroom.mail import forget, send, wait_after
from newsroom.models import Delivery, Publication
from tests.ports import free_port
from tests.smtp import mail_server, use_server


def letter(event="event 1", recipient="hettie@example.org", **fields):
    words = {
        "subject": "Your comment is published",
        "template": "comments/mail/confirm.txt",
        "context": {"address": "http://testserver/there/"},
    }
    return send(event, recipient, **(words | fields))


@pytest.fixture
def worker(settings):
    """Tasks wait in the database until the worker is run."""
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}
    }

    def run():
        call_command("db_worker", batch=True, interval=0, queue_name="*", verbosity=0)

    return run


def waiting():
    return DBTaskResult.objects.filter(status="READY")


def test_a_mail_says_who_sends_it_and_how_to_stop_it():
    Publication.objects.create(pk=1, name="The Courier")

    letter(unsubscribe="http://testserver/stop/", thread="story-3")

    sent = mail.outbox[0]
    headers = sent.extra_headers
    assert sent.to == ["hettie@example.org"]
    assert "Somebody commented on The Courier" in sent.body
    assert headers["List-Unsubscribe"] == "<http://testserver/stop/>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@testserver>")
    assert headers["In-Reply-To"] == "<story-3@testserver>"


def test_one_event_is_told_to_one_address_once():
    assert letter() is True
    assert letter() is False
    assert letter(recipient="other@example.org") is True
    assert letter(event="event 2") is True

    assert len(mail.outbox) == 3


def test_a_subject_cannot_add_a_header():
    letter(subject="Bridge\r\nBcc: everyone@example.org\n reopens")

    assert mail.outbox[0].subject == "Bridge Bcc: everyone@example.org reopens"


def test_nothing_is_sent_if_the_act_did_not_happen(worker):
    def act():
        with transaction.atomic():
            letter()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()

    assert not waiting().exists()
    assert not Delivery.objects.exists()


def test_a_mail_that_cannot_be_written_is_not_taken_for_sent(transactional_db):
    with pytest.raises(TemplateDoesNotExist):
        letter(template="comments/mail/of-no-kind.txt")

    assert letter() is True
    assert len(mail.outbox) == 1


def test_what_a_mail_said_is_kept_for_a_day(worker, transactional_db):
    letter()
    worker()
    kept = DBTaskResult.objects.get()
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(hours=25))

    letter("event 2")
    worker()

    assert "http://testserver/there/" in str(kept.args_kwargs)
    assert DBTaskResult.objects.exclude(pk=kept.pk).count() == 1
    assert not DBTaskResult.objects.filter(pk=kept.pk).exists()


def test_who_got_what_is_forgotten_after_half_a_year():
    letter()
    letter("event 2")
    Delivery.objects.filter(event="event 1").update(
        enqueued_at=timezone.now() - timedelta(days=181)
    )

    letter("event 3")

    events = Delivery.objects.values_list("event", flat=True).order_by("pk")
    assert list(events) == ["event 2", "event 3"]


def test_an_address_can_be_forgotten_with_what_waits_for_it(worker, transactional_db):
    letter()
    letter(recipient="other@example.org")

    forget("hettie@example.org")
    texts = waiting().count()
    worker()

    assert texts == 1
    assert [sent.to for sent in mail.outbox] == [["other@example.org"]]
    assert [one.recipient for one in Delivery.objects.all()] == ["other@example.org"]


def test_a_real_server_gets_it_from_the_worker(settings, worker, transactional_db):
    with mail_server(settings) as mailbox:
        letter()
        before = list(mailbox.mails)
        worker()

    assert before == []
    assert mailbox.mails[0]["Subject"] == "Your comment is published"
    assert "http://testserver/there/" in mailbox.mails[0].get_content()
    assert Delivery.objects.get().sent_at is not None


def test_while_the_server_is_down_it_waits_and_then_goes_out_once(
    settings, worker, transactional_db
):
    port = free_port()
    use_server(settings, port)
    letter()

    worker()
    unsent, again = Delivery.objects.get().sent_at, waiting().get()
    waits = again.run_after - timezone.now()
    waiting().update(run_after=timezone.now())
    with mail_server(settings, port) as mailbox:
        worker()
        worker()

    assert unsent is None
    assert timedelta(seconds=40) < waits <= timedelta(minutes=1)
    assert len(mailbox.mails) == 1
    assert Delivery.objects.get().sent_at is not None
    assert not waiting().exists()


def test_after_eight_tries_it_is_given_up_and_the_log_names_no_address(
    settings, worker, caplog, transactional_db
):
    use_server(settings, free_port())
    letter()

    for _try in range(9):
        waiting().update(run_after=timezone.now())
        worker()

    assert DBTaskResult.objects.count() == 8
    assert not waiting().exists()
    said = [
        record.getMessage() for record in caplog.records if "given up" in record.msg
    ]
    assert len(said) == 1
    assert "hettie" not in said[0]


def test_an_address_that_the_server_refuses_is_not_tried_again(
    settings, worker, transactional_db
):
    with mail_server(settings) as mailbox:
        mailbox.refused.add("hettie@example.org")
        letter()
        letter(recipient="other@example.org")
        worker()

    assert [mail["To"] for mail in mailbox.mails] == ["other@example.org"]
    assert not waiting().exists()


def test_the_waits_grow_from_a_minute_to_six_hours():
    waits = [wait_after(attempt) for attempt in range(1, 8)]

    assert waits[0] == timedelta(minutes=1)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=6)
