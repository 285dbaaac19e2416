"""Sending an edition in the background: each gets one copy, whatever becomes of a worker.

One worker at a time holds an edition, for ``HOLD`` after its last mail. It leaves a task
behind for the time after, which takes over if the worker was killed. A copy is marked
when the server has taken it; one is sent twice only if the worker dies, or the
connection breaks, between the two.
"""

from __future__ import annotations

import logging
import secrets
import smtplib
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import mailers
from django.db import transaction
from django.db.models import F, Max
from django.tasks import task
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from django_tasks_db.models import DBTaskResult

from articles.models import Copy, Edition, Subscriber
from articles.newsletter import bounces
from articles.newsletter.checks import reasons_against
from articles.newsletter.writing import Mailing, message_for
from newsroom.mail import TRIES, wait_after
from newsroom.models import Event, move_site_version
from newsroom.syndication import absolute

if TYPE_CHECKING:
    from datetime import datetime

    from newsroom.models import User

logger = logging.getLogger(__name__)

State = Edition.State
HOLD = timedelta(minutes=5)
A_MINUTE = timedelta(minutes=1)
AT_ONCE = 100  # copies in one task, so that other mail is not kept waiting
TASKS_KEPT = timedelta(days=1)
# As long as the record of other mails: newsroom.mail.DELIVERY_KEPT.
COPIES_KEPT = timedelta(days=180)
CHUNK = 1000  # rows written at once


class NotReady(Exception):
    """Something has to be done before the edition can be sent; the text says what."""


class TooLate(Exception):
    """The edition is in another state by now."""


# --- What the desk decides ----------------------------------------------------------


@transaction.atomic
def send(edition: Edition, *, editor: User) -> None:
    """Begin to send a draft now; raise ``NotReady`` or ``TooLate``."""
    edition = _locked(edition, State.DRAFT)
    _check(edition, timezone.now())
    edition.sent_by = editor
    begin(edition)
    Event.objects.record(editor, "send newsletter", edition, after=_facts(edition))


@transaction.atomic
def schedule(edition: Edition, *, editor: User, at: datetime) -> None:
    """Have a draft sent ``at`` a time (aware, to come); raise ``NotReady``, ``TooLate``."""
    edition = _locked(edition, State.DRAFT)
    _check(edition, at)
    edition.state, edition.send_at, edition.sent_by = State.SCHEDULED, at, editor
    edition.save()
    carry_on.using(run_after=at).enqueue(edition.pk)
    facts = {"send_at": at.isoformat()}
    Event.objects.record(editor, "schedule newsletter", edition, after=facts)


@transaction.atomic
def pause(edition: Edition, *, editor: User) -> None:
    """Send no further copy for now; the one under way is the last. Raise ``TooLate``."""
    edition = _locked(edition, State.SENDING)
    edition.state = State.PAUSED
    edition.save()
    Event.objects.record(editor, "pause newsletter", edition, after=_facts(edition))


@transaction.atomic
def resume(edition: Edition, *, editor: User) -> None:
    """Go on with those who have no copy yet; raise ``TooLate``."""
    edition = _locked(edition, State.PAUSED)
    edition.state, edition.fault, edition.stumbles = State.SENDING, "", 0
    edition.save()
    edition.copies.filter(state=Copy.State.WAITING).update(due_at=timezone.now())
    carry_on.enqueue(edition.pk)
    Event.objects.record(editor, "resume newsletter", edition, after=_facts(edition))


@transaction.atomic
def cancel(edition: Edition, *, editor: User) -> None:
    """Send nobody else a copy; what was only scheduled is a draft again.

    Raise ``TooLate`` if it is sent.
    """
    edition = _locked(edition, State.SCHEDULED, State.SENDING, State.PAUSED)
    if edition.state == State.SCHEDULED:
        edition.state, edition.send_at = State.DRAFT, None
    else:
        edition.state, edition.finished_at = State.CANCELLED, timezone.now()
        edition.copies.filter(state=Copy.State.WAITING).delete()
    edition.fault = ""
    edition.save()
    Event.objects.record(editor, "cancel newsletter", edition, after=_facts(edition))


def nudge(edition: Edition) -> None:
    """Have a worker look after an edition, in case the task for it was lost."""
    carry_on.enqueue(edition.pk)


def stands_still(edition: Edition, at: datetime) -> bool:
    """Tell whether something should have happened by ``at`` and has not."""
    if edition.is_scheduled and edition.send_at:
        return edition.send_at + A_MINUTE < at
    held = edition.held_until is not None and edition.held_until > at
    if not edition.is_sending or held:
        return False
    due = edition.copies.filter(state=Copy.State.WAITING, due_at__lt=at - A_MINUTE)
    return due.exists()


def _check(edition: Edition, at: datetime) -> None:
    if reasons := reasons_against(edition, at):
        raise NotReady(" ".join(reasons))


def _locked(edition: Edition, *states: str) -> Edition:
    found = Edition.objects.select_for_update().filter(pk=edition.pk).first()
    if found is None or found.state not in states:
        raise TooLate
    return found


def _facts(edition: Edition) -> dict[str, object]:
    names = ("number", "recipients", "delivered", "failed")
    return {name: getattr(edition, name) for name in names} | {"state": edition.state}


# --- What workers do ----------------------------------------------------------------


def begin(edition: Edition) -> None:
    """Give ``edition`` its number and its list: those who are confirmed now, no others.

    Call it in a transaction that has locked the row.
    """
    now = timezone.now()
    newest = Edition.objects.aggregate(newest=Max("number"))["newest"] or 0
    edition.number = newest + 1
    edition.state, edition.started_at = State.SENDING, now
    confirmed = Subscriber.objects.confirmed().order_by("pk")
    rows = (
        Copy(edition=edition, subscriber_id=pk, due_at=now)
        for pk in confirmed.values_list("pk", flat=True).iterator(CHUNK)
    )
    edition.recipients = len(Copy.objects.bulk_create(rows, batch_size=CHUNK))
    edition.save()
    carry_on.enqueue(edition.pk)
    move_site_version()


@task(priority=-10)  # a letter that somebody waits for goes first
def carry_on(edition_id: int) -> None:
    """Send some copies of an edition if nobody else does, and see that it goes on."""
    edition = _take(edition_id)
    if edition is None:
        return
    sent, began = 0, timezone.now()
    try:
        sent = _send_some(edition)
    except Exception as error:
        # What nobody thought of is tried again, later each time.
        _stumble(edition, type(error).__name__)
        raise
    finally:
        _let_go(edition, began + A_MINUTE * sent / settings.NEWSLETTER_MAILS_PER_MINUTE)


@task
def send_test(edition_id: int, address: str) -> None:
    """Send an edition as it is now to one of the staff; nothing in it is theirs alone."""
    edition = Edition.objects.filter(pk=edition_id).first()
    if edition is None:
        return
    mailing = Mailing(edition, edition.send_at or timezone.now())
    message = mailing.message(
        address,
        language=settings.LANGUAGE_CODE,
        own_address=absolute(reverse("articles:newsletter")),
        subject=_("Test: %(subject)s") % {"subject": edition.subject},
    )
    message.send()


@transaction.atomic
def _take(edition_id: int) -> Edition | None:
    """Return the edition, held by this worker alone; None if there is nothing to do."""
    edition = Edition.objects.select_for_update().filter(pk=edition_id).first()
    now = timezone.now()
    if edition is None:
        return None
    if edition.is_scheduled and edition.send_at and edition.send_at <= now:
        begin(edition)
        return None  # the task that this leaves behind begins with the first copy
    if not edition.is_sending or (edition.held_until and edition.held_until > now):
        return None
    edition.held_by, edition.held_until = secrets.token_hex(8), now + HOLD
    edition.save(update_fields=["held_by", "held_until"])
    carry_on.using(run_after=edition.held_until).enqueue(edition.pk)
    return edition


def _send_some(edition: Edition) -> int:
    """Send copies until a task has done its part; return how many the server took."""
    mailing = Mailing(edition, timezone.now())
    if mailing.is_empty:
        _stop(edition, _("No story in it is one that readers can get."))
        return 0
    sent = 0
    mailer = mailers["default"]
    try:
        mailer.open()
        while sent < min(AT_ONCE, settings.NEWSLETTER_MAILS_PER_MINUTE):
            copy = _next(edition)
            if copy is None:
                break
            sent += _send(copy, mailing, mailer)
            if not _still_ours(edition):
                break
    except smtplib.SMTPResponseException as error:
        # About all of it, or about who sends it: what is final waits for a person.
        answer = f"{error.smtp_code} {_words(error.smtp_error)}"
        if error.smtp_code >= 500:
            said = _("The mail server refuses the edition: %(answer)s")
            _stop(edition, said % {"answer": answer})
        else:
            _stumble(edition, answer)
    except (smtplib.SMTPException, OSError) as error:
        # Some servers hang up after a number of mails: that is no failure.
        if not sent:
            _stumble(edition, type(error).__name__)
    finally:
        _close(mailer)
    return sent


def _next(edition: Edition) -> Copy | None:
    """Return the next copy to send; pass over those who have left meanwhile."""
    waiting = edition.copies.filter(state=Copy.State.WAITING)
    while True:
        due = waiting.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
        copy = due.select_related("subscriber").first()
        if copy is None or copy.subscriber.is_confirmed:
            return copy
        _mark(copy, Copy.State.LEFT, "left")


def _send(copy: Copy, mailing: Mailing, mailer: object) -> bool:
    """Give one copy to the server; tell whether it took it."""
    try:
        mailer.send_messages([message_for(copy, mailing)])  # type: ignore[attr-defined]
    except smtplib.SMTPRecipientsRefused as refusal:
        code, answer = next(iter(refusal.recipients.values()))
        _refused(copy, code, _words(answer))
        return False
    except ValueError:  # an address that cannot be written in a mail's head
        _mark(copy, Copy.State.FAILED, "failed")
        return False
    _mark(copy, Copy.State.SENT, "delivered")
    return True


def _refused(copy: Copy, code: int, answer: str) -> None:
    """Note that the server did not take one address: for good, or for now."""
    attempts = copy.attempts + 1
    if code < 500 and attempts < TRIES:
        due_at = timezone.now() + wait_after(attempts)
        Copy.objects.filter(pk=copy.pk).update(attempts=attempts, due_at=due_at)
        return
    with transaction.atomic():
        _mark(copy, Copy.State.FAILED, "failed")
        bounces.count(copy, is_hard=bounces.is_hard(code, answer))


@transaction.atomic
def _mark(copy: Copy, state: str, column: str) -> None:
    sent_at = timezone.now() if state == Copy.State.SENT else None
    mine = Copy.objects.filter(pk=copy.pk, state=Copy.State.WAITING)
    if mine.update(state=state, sent_at=sent_at):
        editions = Edition.objects.filter(pk=copy.edition_id)
        editions.update(**{column: F(column) + 1, "stumbles": 0})


def _still_ours(edition: Edition) -> bool:
    """Hold the edition longer; False if it was paused, cancelled or taken over."""
    ours = Edition.objects.filter(
        pk=edition.pk, held_by=edition.held_by, state=State.SENDING
    )
    return bool(ours.update(held_until=timezone.now() + HOLD))


def _stop(edition: Edition, fault: str) -> None:
    """Pause it until a person has looked at ``fault``."""
    logger.error("Edition %s was paused: %s", edition.pk, fault)
    sending = Edition.objects.filter(pk=edition.pk, state=State.SENDING)
    sending.update(state=State.PAUSED, fault=fault)


def _stumble(edition: Edition, answer: str) -> None:
    """Wait, longer each time, and in the end for a person."""
    edition.stumbles += 1
    Edition.objects.filter(pk=edition.pk).update(stumbles=edition.stumbles)
    if edition.stumbles >= TRIES:
        said = _("The mail server cannot be reached: %(answer)s")
        _stop(edition, said % {"answer": answer})


@transaction.atomic
def _let_go(held: Edition, not_before: datetime) -> None:
    """Leave the edition to the next task, or close it if everyone has a copy."""
    edition = Edition.objects.select_for_update().filter(pk=held.pk).first()
    if edition is None or edition.held_by != held.held_by:
        return  # another worker has it, for this one took too long
    edition.held_by, edition.held_until = "", None
    now = timezone.now()
    if edition.is_sending:
        waiting = edition.copies.filter(state=Copy.State.WAITING)
        next_due = waiting.order_by("due_at").values_list("due_at", flat=True).first()
        if next_due is None:
            edition.state, edition.finished_at = State.SENT, now
            _forget_what_is_old(now)
        else:
            at = max(next_due, not_before)
            if edition.stumbles:
                at = max(at, now + wait_after(edition.stumbles))
            later = carry_on.using(run_after=at) if at > now else carry_on
            later.enqueue(edition.pk)
    edition.save(
        update_fields=["held_by", "held_until", "state", "finished_at"],
    )


def _forget_what_is_old(now: datetime) -> None:
    Copy.objects.filter(edition__finished_at__lt=now - COPIES_KEPT).delete()
    done = DBTaskResult.objects.filter(task_path=carry_on.module_path)
    done.filter(finished_at__lt=now - TASKS_KEPT).delete()


def _close(mailer: object) -> None:
    with suppress(smtplib.SMTPException, OSError):  # closed from the other side
        mailer.close()  # type: ignore[attr-defined]


def _words(answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300]
