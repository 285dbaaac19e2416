"""What an edition says: as a mail in HTML and in plain text, and on the site.

There is nothing in it that tells who opens it or what is read: no picture, no address
with a number in it but the one to leave.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import make_msgid
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from articles.models import Article, Newsletter
from articles.newsletter import links
from newsroom import colours
from newsroom.models import Publication
from newsroom.syndication import absolute

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from articles.models import Copy, Edition

# Takes the place of each reader's own address to leave, until their copy is made. No
# edition can hold it by chance or by will.
_OWN_ADDRESS = f"own-address-{secrets.token_hex(16)}"


@dataclass(frozen=True)
class Entry:
    """A story in an edition: words, and the absolute address of the story, no more."""

    article: Article
    heading: str
    summary: str
    kicker: str
    paid: str  # who paid for it, in a sentence; "" for journalism

    @property
    def url(self) -> str:
        """The story's address, the same for everyone."""
        return absolute(self.article.get_absolute_url())


def entries_of(edition: Edition, at: datetime) -> list[Entry]:
    """Return the stories of ``edition`` that readers may have at ``at``, in their order.

    Three queries, however many there are.
    """
    rows = list(edition.stories.all())
    live = Article.objects.live(at).with_retracted(at)
    found = (
        live.select_related("section", "live", "next")
        .defer("body", "live__body", "live__text", "next__body", "next__text")
        .in_bulk([row.article_id for row in rows])
    )
    entries = []
    for row in rows:
        article = found.get(row.article_id)
        shown = article.shown(at) if article else None
        if article is None or shown is None:
            continue
        kicker = shown.get_label_display() or article.section.name
        if article.is_retracted:  # type: ignore[attr-defined]  # annotated
            kicker = _("Retracted")
        paid = ""
        if shown.is_sponsored:
            paid = _("Paid for. The newsroom had no part in it.")
        if shown.is_sponsored and shown.sponsor:
            paid = _("Paid for by %(sponsor)s. The newsroom had no part in it.")
            paid %= {"sponsor": shown.sponsor}
        heading, summary = row.heading or shown.headline, row.summary
        entries.append(
            Entry(article, heading, summary or shown.standfirst, kicker, paid)
        )
    return entries


class Mailing:
    """An edition as it goes out at one moment: written once a language, for all.

    What the desk wrote, and what stands over the stories, is in the language of the
    site; the foot of the mail in its reader's.
    """

    def __init__(self, edition: Edition, at: datetime) -> None:
        self.edition, self.at = edition, at
        self._written: dict[str, tuple[str, str]] = {}

    @cached_property
    def publication(self) -> Publication:
        return Publication.objects.current()

    @cached_property
    def newsletter(self) -> Newsletter:
        return Newsletter.objects.current()

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """The stories in it."""
        with translation.override(settings.LANGUAGE_CODE):
            return entries_of(self.edition, self.at)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send: no word of the desk's, and no live story."""
        return not (self.entries or self.edition.introduction.strip())

    def text(self, language: str, *, own_address: str) -> str:
        """Return the plain text; ``own_address`` is where its reader leaves."""
        return self._in(language)[0].replace(_OWN_ADDRESS, own_address)

    def html(self, language: str, *, own_address: str, nonce: str = "") -> str:
        """Return the HTML; ``nonce`` lets its style sheet in where a page shows it."""
        written = self._in(language)[1].replace(_OWN_ADDRESS, own_address)
        return (
            written.replace("<style>", f'<style nonce="{nonce}">') if nonce else written
        )

    def _in(self, language: str) -> tuple[str, str]:
        if language not in self._written:
            with (
                translation.override(language),
                timezone.override(self.publication.zone),
            ):
                self._written[language] = self._write()
        return self._written[language]

    def _write(self) -> tuple[str, str]:
        edition = self.edition
        accent = self.publication.accent
        path = edition.get_absolute_url() if edition.is_public else ""
        context = {
            "edition": edition,
            "entries": self.entries,
            "site_language": settings.LANGUAGE_CODE,
            "site_direction": _direction(settings.LANGUAGE_CODE),
            "publication": self.publication,
            "letter": self.newsletter,
            "own_address": _OWN_ADDRESS,
            "on_the_site": absolute(path) if path else "",
            "site": absolute("/"),
            "accent": accent,
            "accent_on_dark": colours.lightened(accent),
        }
        text = render_to_string("articles/newsletter/mail.txt", context)
        html = render_to_string("articles/newsletter/mail.html", context)
        return text.strip() + "\n", html.strip() + "\n"

    def message(
        self,
        to: str,
        *,
        language: str,
        own_address: str,
        leave: str = "",
        return_path: str = "",
        subject: str = "",
    ) -> EmailMultiAlternatives:
        """Return one reader's mail.

        ``own_address`` is their page, ``leave`` what takes one click of a mail program
        (RFC 8058), ``return_path`` where the mail comes back to if it cannot be
        delivered; "" for the sender's address.
        """
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        headers = {
            "From": settings.MAIL_FROM,
            "Message-ID": make_msgid(domain=host),
            "List-Id": f"<newsletter.{host}>",  # RFC 2919
        }
        if leave:
            headers["List-Unsubscribe"] = f"<{leave}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message = EmailMultiAlternatives(
            " ".join((subject or self.edition.subject).split()),
            self.text(language, own_address=own_address),
            return_path or settings.MAIL_FROM,
            [to],
            headers=headers,
        )
        message.attach_alternative(
            self.html(language, own_address=own_address), "text/html"
        )
        return message


def _direction(language: str) -> str:
    return "rtl" if translation.get_language_info(language)["bidi"] else "ltr"


def message_for(copy: Copy, mailing: Mailing) -> EmailMultiAlternatives:
    """Return the mail that ``copy`` is."""
    subscriber = copy.subscriber
    return mailing.message(
        subscriber.email,
        language=subscriber.language,
        own_address=links.to_own_page(subscriber),
        leave=links.to_leave(links.own_token(subscriber)),
        return_path=links.return_path(copy),
    )
