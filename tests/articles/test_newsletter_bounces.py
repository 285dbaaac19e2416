"""What comes back is read, and whom mail does not reach gets none any more."""

import io
import sys

from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

import hypothesis
import pytest
from hypothesis import strategies

from articles.models import Copy, Edition, Subscriber
from articles.newsletter import bounces, links, sending
from tests.factories import (
    make_article,
    make_edition,
    make_newsletter,
    make_staff,
    make_subscriber,
)
from tests.smtp import mail_server

NOTICE = """\
Return-Path: <>
Delivered-To: {to}
From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="A1B2"

This is a MIME-encapsulated message.

--A1B2
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--A1B2
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com
Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000 (UTC)

Final-Recipient: rfc822; hettie@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} said the other side

--A1B2
Content-Type: message/rfc822

Subject: The week the bridge came back

Good morning.

--A1B2--
"""


@pytest.fixture(autouse=True)
def _bounces(settings):
    settings.MAIL_BOUNCES = "bounces@news.example.org"


@pytest.fixture
def subscriber():
    return make_subscriber("hettie@example.org")


def sent_copy(subscriber):
    """Return a copy of a new edition, which the mail server took."""
    number = Edition.objects.count() + 1
    edition = make_edition(
        number=number,
        state="sent",
        started_at=timezone.now(),
        recipients=1,
        delivered=1,
    )
    return Copy.objects.create(
        edition=edition, subscriber=subscriber, state="sent", sent_at=timezone.now()
    )


def notice(copy, *, status="5.1.1", action="failed", to=None):
    to = links.return_path(copy) if to is None else to
    return NOTICE.format(to=to, status=status, action=action).encode()


def state_of(subscriber):
    return Subscriber.objects.get(pk=subscriber.pk).state


def test_a_copy_has_a_return_path_of_its_own(settings, transactional_db):
    make_newsletter()
    make_subscriber("hettie@example.org")
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    edition = make_edition(make_article())

    with mail_server(settings) as mailbox:
        sending.send(edition, editor=make_staff("Editor"))
        sending.carry_on.func(edition.pk)

    copy = Copy.objects.get()
    assert mailbox.return_paths == [links.return_path(copy)]
    assert mailbox.return_paths[0].startswith("bounces+")
    assert len(mailbox.return_paths[0].partition("@")[0]) <= 64
    assert mailbox.mails[0]["From"] == settings.MAIL_FROM
    bounces.read(notice(copy))
    assert state_of(copy.subscriber) == "bounced"


def test_one_hard_bounce_is_enough_and_is_counted_once(subscriber):
    copy = sent_copy(subscriber)

    first, second = bounces.read(notice(copy)), bounces.read(notice(copy))

    assert (first, second) == (True, False)
    assert state_of(subscriber) == "bounced"
    assert Edition.objects.get().bounced == 1


def test_three_soft_ones_in_a_row_are_enough(subscriber):
    states = []
    for _edition in range(3):
        bounces.read(notice(sent_copy(subscriber), status="4.4.7"))
        states.append(state_of(subscriber))

    assert states == ["confirmed", "confirmed", "bounced"]


def test_an_edition_that_arrives_begins_the_row_anew(subscriber):
    for number in range(6):
        copy = sent_copy(subscriber)
        if number != 2:
            bounces.read(notice(copy, status="4.4.7"))
        if number == 4:
            assert state_of(subscriber) == "confirmed"

    assert state_of(subscriber) == "bounced"


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.7.26"])
def test_a_full_mailbox_or_a_policy_says_nothing_final_of_an_address(
    subscriber, status
):
    bounces.read(notice(sent_copy(subscriber), status=status))

    assert state_of(subscriber) == "confirmed"
    assert Subscriber.objects.get().soft_bounces == 1


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_notice_that_nothing_failed_counts_for_nothing(subscriber, action):
    assert not bounces.read(notice(sent_copy(subscriber), action=action))
    assert state_of(subscriber) == "confirmed"


def test_an_answer_from_a_holiday_counts_for_nothing(subscriber):
    copy = sent_copy(subscriber)
    mail = f"To: {links.return_path(copy)}\nSubject: Away\n\nStatus: 5.1.1, I am away."

    assert not bounces.read(mail.encode())
    assert state_of(subscriber) == "confirmed"


@pytest.mark.parametrize(
    "to",
    [
        "bounces@news.example.org",
        "bounces+1-00000000000000000000@news.example.org",
        "bounces+zzzzzzzzzzzzz-00000000000000000000@news.example.org",
        "",
    ],
)
def test_a_forged_notice_takes_nobody_off_the_list(subscriber, to):
    copy = sent_copy(subscriber)

    assert not bounces.read(notice(copy, to=to))
    assert state_of(subscriber) == "confirmed"
    assert bounces.read(notice(copy, to=to), recipient=links.return_path(copy))


def test_a_server_that_writes_all_in_capitals_is_understood(subscriber):
    copy = sent_copy(subscriber)

    assert bounces.read(notice(copy, to=links.return_path(copy).upper()))


def test_without_the_setting_nothing_is_read_and_nothing_is_marked(
    settings, subscriber
):
    copy = sent_copy(subscriber)
    there = notice(copy)
    settings.MAIL_BOUNCES = ""

    assert links.return_path(copy) == ""
    assert not bounces.read(there)


@pytest.fixture
def pipe(monkeypatch):
    def run(content, *recipient):
        raw = io.BytesIO(content)
        stdin = io.TextIOWrapper(raw)
        monkeypatch.setattr(sys, "stdin", stdin)
        call_command("read_bounce", *recipient)
        return raw.read()

    return run


def test_the_command_reads_one_from_a_pipe(pipe, subscriber):
    left = pipe(notice(sent_copy(subscriber)))

    assert left == b""
    assert state_of(subscriber) == "bounced"


def test_a_huge_mail_is_read_in_part_and_taken_whole(pipe, subscriber):
    left = pipe(notice(sent_copy(subscriber)) + b"x" * 3_000_000)

    assert left == b""
    assert state_of(subscriber) == "bounced"


def test_while_the_database_is_away_the_mail_server_keeps_it(
    pipe, subscriber, monkeypatch
):
    def fails(*args):
        raise OperationalError

    monkeypatch.setattr(bounces, "read", fails)

    with pytest.raises(SystemExit) as ended:
        pipe(b"x")

    assert ended.value.code == 75


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b"A1B2", b"", 3),
        lambda text: text.replace(b"us-ascii", b"no-such-charset"),
        lambda text: text.replace(b"Action: failed", b"Action: \xff\xfe"),
        lambda text: text.replace(b"Status: 5.1.1", b"Status: 5.1.1.1.1"),
        lambda text: text.replace(b"message/delivery-status", b"message/x; =?"),
        lambda text: text.replace(b"To: ", b"To: =?utf-8?q?=ff?= "),
        lambda text: b"\0" * 5000 + text,
        lambda text: b"",
    ],
)
def test_a_mail_out_of_shape_is_taken_without_a_word(pipe, subscriber, change):
    pipe(change(notice(sent_copy(subscriber))))

    assert Subscriber.objects.count() == 1


@hypothesis.settings(
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@hypothesis.given(
    strategies.binary(max_size=300), strategies.integers(min_value=0, max_value=1400)
)
def test_noise_in_the_middle_of_a_notice_is_borne(subscriber, noise, at):
    copy = Copy.objects.first() or sent_copy(subscriber)
    text = notice(copy)

    bounces.read(text[:at] + noise + text[at:])


def test_a_refusal_while_sending_counts_alike():
    assert bounces.is_hard(550, "No such person")
    assert bounces.is_hard(550, "5.1.1 unknown")
    assert not bounces.is_hard(552, "5.2.2 mailbox full")
    assert not bounces.is_hard(550, "5.7.1 blocked, see our page")
    assert not bounces.is_hard(450, "4.2.0 later")
