"""What comes back: whom mail does not reach is sent none any more.

Delivery status notifications: RFC 3464; their status codes: RFC 3463.
"""

from __future__ import annotations

import email
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from articles.models import Copy, Edition, Subscriber
from articles.newsletter import links

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

MOST_BYTES = 1_000_000  # of a mail that is read; servers send the head of ours back
MOST_PARTS = 50
SOFT_IN_A_ROW = 3  # editions that did not arrive, and the address is given up
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b", re.ASCII)
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")


def is_hard(code: int, answer: str = "") -> bool:
    """Tell whether a refusal says that there is no such mailbox, now or ever.

    ``code`` is the SMTP reply, and ``answer`` may hold an enhanced status. X.2.2, a full
    mailbox, and X.7.n, a policy about senders, say nothing of the kind: the second would
    take everybody at one provider off the list on one bad day.
    """
    if code < 500:
        return False
    found = _STATUS.search(answer)
    return not found or _is_about_the_address(found)


def _is_about_the_address(status: re.Match[str]) -> bool:
    kind, subject, detail = status.groups()
    return kind == "5" and subject != "7" and (subject, detail) != ("2", "2")


@transaction.atomic
def count(copy: Copy, *, is_hard: bool) -> None:
    """Count that ``copy`` was not delivered; one hard or three soft in a row are enough."""
    rows = Subscriber.objects.select_for_update()
    subscriber = rows.filter(pk=copy.subscriber_id).first()
    if subscriber is None:
        return  # erased meanwhile
    in_a_row = subscriber.soft_bounces + 1 if _came_back_before(copy) else 1
    subscriber.soft_bounces = in_a_row
    if subscriber.is_confirmed and (is_hard or in_a_row >= SOFT_IN_A_ROW):
        subscriber.state = Subscriber.State.BOUNCED
        subscriber.left_at = timezone.now()
    subscriber.save(update_fields=["soft_bounces", "state", "left_at"])


def _came_back_before(copy: Copy) -> bool:
    before = Copy.objects.filter(subscriber=copy.subscriber_id, pk__lt=copy.pk)
    last = before.order_by("-pk").first()
    return last is not None and last.state in {Copy.State.BOUNCED, Copy.State.FAILED}


def read(content: bytes, recipient: str = "") -> bool:
    """Read one mail that came to our return path; tell whether it counted.

    ``content`` is at most ``MOST_BYTES`` of it, ``recipient`` the address that it came
    to, if the mail server says so; else it is looked for in the head. What is no notice
    about a copy of ours, or one that was counted already, changes nothing.
    """
    message = email.message_from_bytes(content[:MOST_BYTES])
    number = _copy_named(message, recipient)
    status = _final_status(message)
    if number is None or status is None:
        return False
    with transaction.atomic():
        return _count_once(number, is_hard=_is_about_the_address(status))


def _count_once(number: int, *, is_hard: bool) -> bool:
    sent = Copy.objects.filter(pk=number, state=Copy.State.SENT)
    if not sent.update(state=Copy.State.BOUNCED):
        return False
    copy = Copy.objects.get(pk=number)
    editions = Edition.objects.filter(pk=copy.edition_id)
    editions.update(bounced=F("bounced") + 1)
    count(copy, is_hard=is_hard)
    return True


def _copy_named(message: Message, recipient: str) -> int | None:
    name, _at, host = settings.MAIL_BOUNCES.rpartition("@")
    if not name:
        return None
    pattern = rf"{re.escape(name)}\+([0-9a-z]{{1,12}}-[0-9a-f]{{20}})@{re.escape(host)}"
    heads = [str(value) for field in _TO for value in message.get_all(field, [])]
    for text in (recipient, *heads):
        for token in re.findall(pattern, text[:2000], re.IGNORECASE | re.ASCII):
            number = links.bounced_copy(token)
            if number is not None:
                return number
    return None


def _final_status(message: Message) -> re.Match[str] | None:
    """Return the status of a recipient who was given up; None if nobody was."""
    for block in _recipients(message):
        if str(block.get("Action", "")).strip().lower() == "failed":
            found = _STATUS.match(str(block.get("Status", "")).strip())
            if found and found[1] in "45":
                return found
    return None


def _recipients(message: Message) -> Iterator[Message]:
    for position, part in enumerate(message.walk()):
        if position >= MOST_PARTS:
            return
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from blocks[:MOST_PARTS]  # type: ignore[misc]
