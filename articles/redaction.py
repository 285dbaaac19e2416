"""Overwrite words in everything a story ever said: the one exception to its history.

One editor proposes, another one confirms. The words go from every revision, from the
working copy and what is typed and not saved, from notes to readers and among
colleagues, and from the record of events; which says who, when and why, and not what.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import page_versions, said, search, social_cards
from articles.models import Article, Redaction
from articles.permissions import may_publish
from articles.words import MARK, Words
from newsroom.models import Event, move_site_version

if TYPE_CHECKING:
    from newsroom.models import User

FEWEST = 3  # characters; fewer would be found everywhere
AROUND = 40  # characters shown before and after a place


class RedactionRefused(Exception):
    """It cannot be proposed or carried out, for a reason that is a sentence."""


@dataclass(frozen=True)
class Place:
    """Where the words stand: in which revision, or elsewhere, and between what."""

    where: str
    before: str
    words: str
    after: str


def places_of(article: Article, words: str) -> list[Place]:
    """Return where ``words`` stand in the story's revisions and around them."""
    found = Words(words)
    places = []
    for where, text in said.texts_of(article):
        for one in found.pattern.finditer(text):
            before, after = text[: one.start()], text[one.end() :]
            places.append(Place(where, before[-AROUND:], one[0], after[:AROUND]))
    return places


def check(article: Article, *, words: str, reason: str) -> None:
    """Raise ``RedactionRefused`` unless ``words`` can be proposed with ``reason``."""
    if len("".join(words.split())) < FEWEST:
        raise RedactionRefused(
            _("Give at least %(fewest)d letters: fewer stand everywhere.")
            % {"fewest": FEWEST}
        )
    if Words(words).pattern.search(reason):
        raise RedactionRefused(_("The reason repeats the words, and would keep them."))
    if not places_of(article, words):
        raise RedactionRefused(
            _("The story never said that. Give the words exactly as they stand there.")
        )


@transaction.atomic
def propose(redaction: Redaction, *, editor: User) -> Redaction:
    """Save a proposal that another editor can confirm. Raise ``RedactionRefused``."""
    check(redaction.article, words=redaction.words, reason=redaction.reason)
    redaction.proposed_by = editor
    redaction.save()
    Event.objects.record(
        editor,
        "propose redaction",
        redaction.article,
        reason=redaction.reason,
        after={"redaction": redaction.pk},
    )
    return redaction


@transaction.atomic
def drop(redaction: Redaction, *, editor: User) -> Redaction:
    """Decide against a proposal; everybody who may propose can."""
    redaction = _undecided(redaction)
    _decide(redaction, Redaction.State.DROPPED, editor)
    Event.objects.record(
        editor,
        "drop redaction",
        redaction.article,
        reason=redaction.reason,
        after={"redaction": redaction.pk},
    )
    return redaction


@transaction.atomic
def confirm(redaction: Redaction, *, editor: User) -> Redaction:
    """Overwrite the words in all that the story ever said; nothing brings them back.

    Raise ``RedactionRefused`` to the editor who proposed it, to whom may not publish
    the story, and if it is decided already.
    """
    # Before the proposal's own row: the story's others are changed below.
    articles = Article.objects.select_for_update(no_key=True)
    article = articles.get(pk=redaction.article_id)
    redaction = _undecided(redaction)
    if editor == redaction.proposed_by:
        raise RedactionRefused(_("You proposed it: another editor has to confirm."))
    if not may_publish(editor, article.section_id):
        raise RedactionRefused(_("Only who may publish the story can confirm."))
    numbers = said.overwrite(article, Words(redaction.words))
    search.rewrite(article, without=redaction.words)
    article.refresh_from_db()
    _decide(redaction, Redaction.State.CONFIRMED, editor)
    _drop_what_is_done(article, editor)
    Event.objects.record(
        editor,
        "redact",
        article,
        reason=redaction.reason,
        after={
            "redaction": redaction.pk,
            "proposed_by": redaction.proposed_by.name,
            "revisions": numbers,
        },
    )
    transaction.on_commit(partial(social_cards.forget, article))
    page_versions.move(article)
    move_site_version()
    return redaction


def _drop_what_is_done(article: Article, editor: User) -> None:
    """Drop the story's other proposals of which nothing but the mark is left."""
    for other in article.redactions.filter(state=Redaction.State.PROPOSED):
        if not other.words.replace(MARK, "").strip():
            drop(other, editor=editor)


def _undecided(redaction: Redaction) -> Redaction:
    found = Redaction.objects.select_for_update().filter(pk=redaction.pk)
    redaction = found.get()
    if redaction.state != Redaction.State.PROPOSED:
        raise RedactionRefused(_("This is decided already."))
    return redaction


def _decide(redaction: Redaction, state: Redaction.State, editor: User) -> None:
    redaction.state, redaction.words = state, ""
    redaction.decided_by, redaction.decided_at = editor, timezone.now()
    redaction.save()
