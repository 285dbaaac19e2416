"""What to look at before an edition is sent: a list to tick off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from articles.checks import Check
from articles.models import Newsletter, Subscriber
from articles.newsletter.writing import entries_of

if TYPE_CHECKING:
    from datetime import datetime

    from articles.models import Edition

SUBJECT = 60  # characters: what telephones show of it
# Where mails go to files or nowhere: see EMAIL_URL.
_NOT_SENDING = ("filebased", "console", "dummy")


def checks_of(edition: Edition, at: datetime) -> list[Check]:
    """Return what was found in ``edition``, were it sent ``at`` a time (aware)."""
    newsletter = Newsletter.objects.current()
    imprint = _("There is none. Write it under Newsletter, with a postal address.")
    nobody = _("Nobody has confirmed a subscription yet.")
    return [
        Check(
            _("Subject"),
            "" if edition.subject.strip() else _("There is none."),
            is_needed=True,
        ),
        Check(_("Length of the subject"), _too_long(edition.subject)),
        Check(_("Stories"), _stories(edition, at), is_needed=True),
        Check(
            _("Preheader"),
            ""
            if edition.preheader
            else _("There is none: mail programs show how the mail begins."),
        ),
        Check(_("Imprint"), "" if newsletter.imprint else imprint, is_needed=True),
        Check(_("Mail"), _mail(), is_needed=True),
        Check(
            _("Subscribers"),
            "" if Subscriber.objects.confirmed().exists() else nobody,
            is_needed=True,
        ),
        Check(
            _("What comes back"),
            ""
            if settings.MAIL_BOUNCES
            else _("Without MAIL_BOUNCES, dead addresses are not noticed."),
        ),
    ]


def reasons_against(edition: Edition, at: datetime) -> list[str]:
    """Return why ``edition`` cannot be sent ``at`` a time; nothing if it can."""
    return [
        f"{check.what}: {check.wrong}"
        for check in checks_of(edition, at)
        if check.is_needed and check.wrong
    ]


def _too_long(subject: str) -> str:
    number = len(subject)
    if number <= SUBJECT:
        return ""
    said = _("It has %(number)d characters; telephones show about %(most)d.")
    return said % {"number": number, "most": SUBJECT}


def _stories(edition: Edition, at: datetime) -> str:
    rows = list(edition.stories.select_related("article"))
    live = {entry.article.pk for entry in entries_of(edition, at)}
    if not rows and not edition.introduction.strip():
        return _("There is nothing in it yet.")
    missing = [
        _("“%(story)s” is %(state)s then: readers cannot get it.")
        % {"story": row.article, "state": row.article.state(at)}
        for row in rows
        if row.article_id not in live
    ]
    return " ".join(missing)


def _mail() -> str:
    backend = settings.MAILERS["default"]["BACKEND"]
    if any(name in backend for name in _NOT_SENDING):
        return _("No mail server is set up: the operator names one in EMAIL_URL.")
    return ""
