"""A worker's process is killed while it sends: another one finishes the edition."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings as site_settings
from django.db import connection
from django.utils import timezone

import pytest
from django_tasks_db.models import DBTaskResult

from articles.models import Edition, Subscriber
from articles.newsletter import sending
from tests.factories import make_article, make_edition, make_newsletter, make_staff
from tests.ports import free_port
from tests.smtp import mail_server

ROOT = Path(__file__).parents[2]
SUBSCRIBERS = 150
PATIENCE = 60  # seconds


@pytest.fixture
def tasks_backend():
    return "django_tasks_db.DatabaseBackend"


def database_url():
    """Return the address of the database that this test has."""
    about = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{about['NAME']}"
    user = f"{about['USER']}:{about['PASSWORD']}".rstrip(":")
    return f"postgres://{user}@{about['HOST']}:{about['PORT']}/{about['NAME']}"


@contextmanager
def worker(port):
    """Run a worker as the operator does, in a process of its own."""
    process = subprocess.Popen(
        [
            *(sys.executable, "manage.py", "db_worker"),
            *("--interval", "0.1", "--queue-name", "*"),
        ],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": database_url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "SECRET_KEY": site_settings.SECRET_KEY,
            "SITE_URL": "http://testserver",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=PATIENCE)


def wait_for(what):
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, "It took too long."
        time.sleep(0.02)


def test_who_had_no_copy_gets_one_from_the_next_worker(settings, transactional_db):
    make_newsletter()
    now = timezone.now()
    emails = {f"reader{number}@example.org" for number in range(SUBSCRIBERS)}
    Subscriber.objects.bulk_create(
        Subscriber(email=email, state="confirmed", confirmed_at=now) for email in emails
    )
    edition = make_edition(make_article())
    port = free_port()

    with mail_server(settings, port) as mailbox:
        sending.send(edition, editor=make_staff("Editor"))
        with worker(port) as first:
            wait_for(lambda: len(mailbox.mails) >= 30)
            first.send_signal(signal.SIGKILL)
            first.wait(timeout=PATIENCE)
        before = len(mailbox.mails)
        # As if the five minutes for which it held the edition were over.
        Edition.objects.update(held_until=timezone.now())
        DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
        with worker(port):
            wait_for(lambda: Edition.objects.get().state == "sent")

    copies = Counter(sent["To"] for sent in mailbox.mails)
    assert 30 <= before < SUBSCRIBERS
    assert set(copies) == emails
    # But for the one that the server had taken and that was not noted yet.
    assert copies.total() - SUBSCRIBERS in {0, 1}
    assert Edition.objects.get().delivered == SUBSCRIBERS
