"""Work on a story before and between publications: whose turn it is, and who is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Article, Note
from newsroom import mail
from newsroom.models import Event, User

if TYPE_CHECKING:
    from collections.abc import Mapping

MENTION = re.compile(r"(?<![\w@.])@([\w.+-]*\w)")


@transaction.atomic
def hand_over(
    article: Article,
    *,
    editor: User,
    before: Mapping[str, object],
    submit: bool = False,
) -> None:
    """Write down who changed stage, assignee or due time, and tell the assignee.

    ``article`` is saved with the new values; ``before`` has the old ones by name.
    With ``submit`` a draft is put in review.
    """
    if submit and article.stage == Article.Stage.DRAFT:
        _set_stage(article, Article.Stage.IN_REVIEW)
    after = {name: getattr(article, name) for name in before}
    Event.objects.record(
        editor,
        "hand over",
        article,
        before={name: _plain(value) for name, value in before.items()},
        after={name: _plain(value) for name, value in after.items()},
    )
    assignee = article.assignee
    if assignee and assignee != editor and before.get("assignee") != assignee.pk:
        _tell(
            assignee,
            article,
            event=f"assigned:{article.pk}:{Event.objects.about(article)[0].pk}",
            subject=_("Your turn: %(story)s") % {"story": article},
            context={"who": editor.name, "what": "assigned"},
        )


def reopen(article: Article) -> None:
    """Put a story that was ready in review again: its words have changed since."""
    if article.stage == Article.Stage.READY:
        _set_stage(article, Article.Stage.IN_REVIEW)


def _set_stage(article: Article, stage: Article.Stage) -> None:
    article.stage = stage
    Article.objects.filter(pk=article.pk).update(stage=stage)


@transaction.atomic
def add_note(article: Article, *, writer: User, text: str) -> Note:
    """Let colleagues read ``text`` beside the story, and mail those it mentions.

    A mention is ``@`` and a user name. Whoever has no account, no access to the desk
    or no address is not told; the note stands all the same.
    """
    note = Note.objects.create(article=article, writer=writer, text=text)
    names = {name.lower() for name in MENTION.findall(text)}
    staff = User.objects.filter(is_active=True, is_staff=True).exclude(pk=writer.pk)
    mentioned = [
        user for user in staff if names and user.get_username().lower() in names
    ]
    note.mentioned.set(mentioned)
    Event.objects.record(writer, "note", article, reason=text)
    for user in mentioned:
        _tell(
            user,
            article,
            event=f"note:{note.pk}",
            subject=_("%(who)s on “%(story)s”")
            % {"who": writer.name, "story": article},
            context={"who": writer.name, "what": "note", "text": text},
        )
    return note


def _tell(
    user: User,
    article: Article,
    *,
    event: str,
    subject: str,
    context: Mapping[str, object],
) -> None:
    if not user.email:
        return
    path = reverse("admin:articles_article_change", args=[article.pk])
    mail.send(
        event,
        user.email,
        subject=subject,
        template="articles/mail/work.txt",
        context={**context, "article": article, "address": settings.SITE_URL + path},
        thread=f"story-{article.pk}",
    )


def _plain(value: object) -> object:
    if isinstance(value, Model):
        return value.pk
    return value if value is None or isinstance(value, int) else str(value)
