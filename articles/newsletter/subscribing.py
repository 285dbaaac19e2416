"""Coming to the newsletter and leaving it: nobody is on it who did not confirm."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from articles.models import ForgottenAddress, Newsletter, Subscriber
from articles.newsletter import links
from newsroom import mail

if TYPE_CHECKING:
    from articles.models.newsletter import SubscriberQuerySet

UNCONFIRMED_KEPT = timedelta(days=14)
State = Subscriber.State


def ask(email: str) -> None:
    """Send to ``email`` what leads on: a link to confirm, or that it is on the list.

    What is done shows in that mailbox alone; the second letter comes once a day at most.
    The caller limits how often the first one comes.
    """
    _forget_the_unconfirmed()
    try:
        with transaction.atomic():
            subscriber = Subscriber.objects.with_address(email).first()
            subscriber = subscriber or Subscriber.objects.create(email=email)
    except IntegrityError:  # asked twice in the same moment
        subscriber = Subscriber.objects.with_address(email).get()
    with transaction.atomic(), translation.override(subscriber.language):
        if subscriber.is_confirmed:
            _tell_that_it_is_on_the_list(subscriber)
        else:
            _ask_to_confirm(subscriber)


@transaction.atomic
def confirm(subscriber: Subscriber) -> None:
    """Put an address on the list whose owner said so, whatever was before."""
    _lock(subscriber)
    subscriber.state = State.CONFIRMED
    subscriber.confirmed_at = timezone.now()
    subscriber.left_at = None
    subscriber.soft_bounces = 0
    subscriber.save()
    digest = links.digest_of(subscriber.email)
    ForgottenAddress.objects.filter(digest=digest).delete()


@transaction.atomic
def leave(subscriber: Subscriber) -> None:
    """Send nothing more to an address; one that never confirmed leaves as well."""
    _lock(subscriber)
    if subscriber.state in {State.PENDING, State.CONFIRMED}:
        subscriber.state = State.UNSUBSCRIBED
        subscriber.left_at = timezone.now()
        subscriber.save()


@transaction.atomic
def come_back(subscriber: Subscriber) -> bool:
    """Undo a departure; tell whether there was one to undo.

    Who never confirmed has nothing to come back to, and an address that mail does not
    reach has to confirm again.
    """
    _lock(subscriber)
    if subscriber.state != State.UNSUBSCRIBED or not subscriber.confirmed_at:
        return False
    subscriber.state, subscriber.left_at = State.CONFIRMED, None
    subscriber.save()
    return True


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """Delete an address and all that was sent to it.

    A keyed hash stays, so that no imported list brings the address back.
    """
    digest = links.digest_of(subscriber.email)
    ForgottenAddress.objects.get_or_create(digest=digest)
    mail.forget(subscriber.email, about="newsletter ")
    subscriber.delete()


def _lock(subscriber: Subscriber) -> None:
    """Read the row again, and let nobody else change it before the transaction ends.

    Raise ``Subscriber.DoesNotExist`` if it was erased meanwhile.
    """
    row = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    for name in ("state", "confirmed_at", "left_at", "soft_bounces"):
        setattr(subscriber, name, getattr(row, name))


def _forget_the_unconfirmed() -> None:
    old = timezone.now() - UNCONFIRMED_KEPT
    _pending().filter(asked_at__lt=old).delete()


def _pending() -> SubscriberQuerySet:
    # What was imported without anybody's consent was not asked for by its owner either,
    # but it was put there on purpose.
    return Subscriber.objects.filter(state=State.PENDING, source=Subscriber.Source.FORM)


def _ask_to_confirm(subscriber: Subscriber) -> None:
    now = timezone.now()
    _pending().filter(pk=subscriber.pk).update(asked_at=now)
    name = Newsletter.objects.current().name
    mail.send(
        f"newsletter confirm {now.isoformat()}",
        subscriber.email,
        subject=_("Please confirm: %(name)s") % {"name": name},
        template="articles/newsletter/letters/confirm.txt",
        context={"name": name, "address": links.to_confirm(subscriber)},
    )


def _tell_that_it_is_on_the_list(subscriber: Subscriber) -> None:
    name = Newsletter.objects.current().name
    mail.send(
        f"newsletter already {timezone.localdate()}",
        subscriber.email,
        subject=_("You get it already: %(name)s") % {"name": name},
        template="articles/newsletter/letters/already.txt",
        context={"name": name, "address": links.to_own_page(subscriber)},
        unsubscribe=links.to_leave(links.own_token(subscriber)),
    )
