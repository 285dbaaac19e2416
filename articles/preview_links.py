"""Addresses at which someone outside, a lawyer or a source, reads one revision.

The address holds 192 signed random bits and the database only their digest: who reads
either alone can open nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article, PreviewLink, Revision
from newsroom import mail
from newsroom.models import Event

if TYPE_CHECKING:
    from datetime import timedelta

    from newsroom.models import User

_signer = signing.Signer(salt="articles.preview")


class PreviewOver(Exception):
    """The address has expired or was revoked."""


@transaction.atomic
def make(
    revision: Revision, *, reader: str, open_for: timedelta, editor: User
) -> tuple[PreviewLink, str]:
    """Return a new link to ``revision`` for ``reader``, and its absolute address.

    The address can be had now and never again.
    """
    token = secrets.token_urlsafe(24)
    link = PreviewLink.objects.create(
        article=revision.article,
        revision=revision,
        reader=reader,
        digest=_digest(token),
        made_by=editor,
        expires_at=timezone.now() + open_for,
    )
    Event.objects.record(
        editor, "make preview link", revision.article, after=_facts(link)
    )
    path = reverse("articles:preview", args=[_signer.sign(token)])
    return link, f"{settings.SITE_URL}{path}"


def find(signed: str) -> PreviewLink:
    """Return the link of an address's last part; raise ``PreviewOver`` if it is shut.

    Raise ``PreviewLink.DoesNotExist`` for one that was never made.
    """
    try:
        token = _signer.unsign(signed)
    except signing.BadSignature as error:
        raise PreviewLink.DoesNotExist from error
    link = PreviewLink.objects.select_related(
        "article__section", "revision", "made_by"
    ).get(digest=_digest(token))
    if not link.is_open():
        raise PreviewOver
    return link


@transaction.atomic
def answer(link: PreviewLink, *, answer: str, words: str) -> None:
    """Write down what the reader of ``link`` says, and tell who made it.

    A second answer replaces the first; the log keeps both.
    """
    link.answer, link.words, link.answered_at = answer, words, timezone.now()
    link.save()
    event = Event.objects.record(
        None, "answer preview", link.article, reason=words, after=_facts(link)
    )
    if not link.made_by.email:
        return
    path = reverse("admin:articles_article_previews", args=[link.article_id])
    mail.send(
        f"preview:{event.pk}",
        link.made_by.email,
        subject=_("%(reader)s on “%(story)s”")
        % {"reader": link.reader, "story": link.revision},
        template="articles/mail/preview.txt",
        context={"link": link, "address": f"{settings.SITE_URL}{path}"},
        thread=f"story-{link.article_id}",
    )


@transaction.atomic
def revoke(link: PreviewLink, *, editor: User) -> None:
    """Shut the address now, for good."""
    if not link.revoked_at:
        link.revoked_at = timezone.now()
        link.save()
        Event.objects.record(
            editor, "revoke preview link", link.article, after=_facts(link)
        )


def of(article: Article) -> list[PreviewLink]:
    """Return the newest links to revisions of ``article``."""
    return list(article.preview_links.select_related("revision", "made_by")[:100])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _facts(link: PreviewLink) -> dict[str, object]:
    return {
        "reader": link.reader,
        "revision": link.revision.number,
        "expires_at": link.expires_at.isoformat(),
        "answer": link.answer,
    }
