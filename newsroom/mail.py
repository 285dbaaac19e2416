"""Mail: sent once, after the act, by a task that tries again when the server is down.

A mail is a ``Delivery`` row and a task row, both written in the act's own transaction:
it exists exactly if the act does. What it says is rendered then, so that it says what
was true, and is kept in the task alone, for a day after it is done.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from email.utils import make_msgid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone

from django_tasks_db.models import DBTaskResult

from newsroom.models import Delivery, Publication

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)

TRIES = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
# How long is kept what a mail said, and to whom one was sent about what.
TEXT_KEPT, DELIVERY_KEPT = timedelta(days=1), timedelta(days=180)


@transaction.atomic
def send(
    event: str,
    recipient: str,
    *,
    subject: str,
    template: str,
    context: Mapping[str, object],
    unsubscribe: str = "",
    thread: str = "",
) -> bool:
    """Send one mail about ``event`` to ``recipient``, once; tell whether it is new.

    ``template`` is a text template; ``unsubscribe`` the absolute address that takes a
    one-click POST (RFC 8058); ``thread`` a word that mails of one story share. Call it
    in the act's transaction: a worker sends it afterwards.
    """
    delivery, is_new = Delivery.objects.get_or_create(event=event, recipient=recipient)
    if not is_new:
        return False
    publication = Publication.objects.current()
    words = {"publication": publication, "site": settings.SITE_URL, **context}
    with timezone.override(publication.zone):
        body = render_to_string(template, words).strip() + "\n"
    headers = {"Auto-Submitted": "auto-generated"}
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers["Message-ID"] = make_msgid(domain=host)
    if thread:
        headers["In-Reply-To"] = headers["References"] = f"<{thread}@{host}>"
    deliver.enqueue(delivery.pk, _one_line(subject), body, headers, 1)
    return True


@task
def deliver(
    delivery_id: int, subject: str, body: str, headers: dict[str, str], attempt: int
) -> None:
    """Give a mail to the server; if that fails, try again later, eight times in all."""
    _forget_what_is_old()
    delivery = Delivery.objects.filter(pk=delivery_id, sent_at=None).first()
    if delivery is None:
        return  # sent, or erased
    message = EmailMessage(
        subject, body, settings.MAIL_FROM, [delivery.recipient], headers=headers
    )
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        if attempt >= TRIES or _is_final(error):
            # No address here: logs are read by others, and kept for long.
            logger.error("Mail %s was given up: %s", delivery.pk, type(error).__name__)
            return
        again = deliver.using(run_after=timezone.now() + wait_after(attempt))
        again.enqueue(delivery_id, subject, body, headers, attempt + 1)
        return
    Delivery.objects.filter(pk=delivery_id).update(sent_at=timezone.now())


def forget(recipient: str, *, about: str = "") -> None:
    """Forget what was sent to ``recipient``, and send nothing that waits.

    ``about`` is how the events begin that are meant; "" for all.
    """
    deliveries = Delivery.objects.filter(recipient=recipient, event__startswith=about)
    ids = list(deliveries.values_list("pk", flat=True))
    tasks = DBTaskResult.objects.filter(
        task_path=deliver.module_path, args_kwargs__args__0__in=ids
    )
    tasks.exclude(status="RUNNING").delete()
    deliveries.delete()


def _forget_what_is_old() -> None:
    now = timezone.now()
    done = DBTaskResult.objects.filter(task_path=deliver.module_path)
    done.filter(finished_at__lt=now - TEXT_KEPT).delete()
    # The oldest few each time: they were written in the order of their numbers.
    oldest = Delivery.objects.order_by("pk").values_list("pk", "enqueued_at")[:100]
    old = [pk for pk, at in oldest if at < now - DELIVERY_KEPT]
    if old:
        Delivery.objects.filter(pk__in=old).delete()


def wait_after(attempt: int) -> timedelta:
    """Return how long to wait after a failed ``attempt`` (1 for the first)."""
    return min(FIRST_WAIT * 4 ** (attempt - 1), LONGEST_WAIT)


def _is_final(error: Exception) -> bool:
    """Tell whether the server refused the address itself: RFC 5321, replies 5yz."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _said in error.recipients.values())


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:200]
