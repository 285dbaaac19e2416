"""Overwrite words in everything a story ever said: the one exception to its history.

One editor proposes, another one confirms. The words go from every revision, from the
working copy and what is typed and not saved, from notes to readers and among
colleagues, and from the record of events; which says who, when and why, and not what.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import body, page_versions
from articles.models import Article, Redaction, Revision, StoryContent
from articles.permissions import may_publish
from newsroom.models import Event, move_site_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsroom.models import User

MARK = "█" * 5  # of one length, whatever it covers
FEWEST = 3  # characters; fewer would be found everywhere
AROUND = 40  # characters shown before and after a place

_TEXTS = [
    field.name
    for field in StoryContent._meta.fields
    if isinstance(field, (models.CharField, models.TextField))
    and not field.choices
    and field.name != "body"
]
_TOKEN = re.compile(r'(<(?:[^">]|"[^"]*")*>)')
_BLOCK = re.compile(r"</?(?:p|h\d|ul|ol|li|blockquote|hr|figure|figcaption|div)\b")
_SAID_IN_TAGS = re.compile(r'\b(data-title|title|data-href|href)="([^"]*)"')


class RedactionRefused(Exception):
    """It cannot be proposed or carried out, for a reason that is a sentence."""


@dataclass(frozen=True)
class Place:
    """Where the words stand: in which revision, or elsewhere, and between what."""

    where: str
    before: str
    words: str
    after: str


class Words:
    """Words to be found: the same letters, with any space between them.

    In scripts that have capitals they are found as whole words, so that “Ann” is
    not taken out of “Anniversary”; in others, where a name may be written together
    with what goes before it, anywhere.
    """

    def __init__(self, words: str) -> None:
        found = r"\s+".join(map(re.escape, words.split()))
        start = r"(?<!\w)" if _is_cased(words.strip()[:1]) else ""
        end = r"(?!\w)" if _is_cased(words.strip()[-1:]) else ""
        self.pattern = re.compile(start + found + end)

    def out_of(self, text: str) -> str:
        """Return plain ``text`` with the words overwritten."""
        return self.pattern.sub(MARK, text)

    def out_of_all(self, thing: Any) -> Any:
        """Return a text, or a structure of texts, with the words overwritten."""
        match thing:
            case str():
                return self.out_of(thing)
            case list():
                return [self.out_of_all(one) for one in thing]
            case dict():
                return {name: self.out_of_all(one) for name, one in thing.items()}
        return thing

    def out_of_html(self, source: str) -> str:
        """Return a clean body with the words overwritten, through markup in them."""
        tokens = _TOKEN.split(source)
        tokens[1::2] = [self._out_of_tag(tag) for tag in tokens[1::2]]
        start = 0
        for number in range(1, len(tokens) + 1, 2):
            is_last = number == len(tokens)
            if is_last or _BLOCK.match(tokens[number]):
                self._out_of_block(tokens, start, number)
                start = number + 1
        return "".join(tokens)

    def _out_of_block(self, tokens: list[str], start: int, end: int) -> None:
        # The texts between the tags of one block, read as one.
        texts = [
            (" " if tokens[i].startswith("<br") else "")
            if i % 2
            else html.unescape(tokens[i])
            for i in range(start, end)
        ]
        whole = "".join(texts)
        spans = [found.span() for found in self.pattern.finditer(whole)]
        at = 0
        for i, text in zip(range(start, end), texts, strict=True):
            if i % 2 == 0 and any(a < at + len(text) and b > at for a, b in spans):
                tokens[i] = html.escape(_cut(text, at, spans), quote=False)
            at += len(text)

    def _out_of_tag(self, tag: str) -> str:
        def value(found: re.Match[str]) -> str:
            old = html.unescape(found[2])
            new = self.out_of(old)
            return found[0] if new == old else f'{found[1]}="{html.escape(new)}"'

        return _SAID_IN_TAGS.sub(value, tag)


def _is_cased(letter: str) -> bool:
    return letter.lower() != letter.upper() or letter.isdigit()


def _cut(text: str, at: int, spans: list[tuple[int, int]]) -> str:
    """Return ``text``, which begins at ``at``, without ``spans``: a mark at each start."""
    kept, position = [], 0
    for a, b in spans:
        first, last = max(a - at, 0), min(b - at, len(text))
        if first >= last:
            continue
        kept.append(text[position:first])
        if a >= at:
            kept.append(MARK)
        position = last
    return "".join([*kept, text[position:]])


def places_of(article: Article, words: str) -> list[Place]:
    """Return where ``words`` stand in the story's revisions and around them."""
    found = Words(words)
    places = []
    for where, text in _said(article):
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
    redaction = _undecided(redaction)
    article = Article.objects.select_for_update().get(pk=redaction.article_id)
    if editor == redaction.proposed_by:
        raise RedactionRefused(_("You proposed it: another editor has to confirm."))
    if not may_publish(editor, article.section_id):
        raise RedactionRefused(_("Only who may publish the story can confirm."))
    words = Words(redaction.words)
    numbers = _overwrite_revisions(article, words)
    _overwrite_working_copy(article, words)
    _overwrite_what_is_around(article, words)
    _decide(redaction, Redaction.State.CONFIRMED, editor)
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
    page_versions.move(article)
    move_site_version()
    return redaction


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


def _overwrite_revisions(article: Article, words: Words) -> list[int]:
    """Overwrite the words in each revision; return the numbers of those that had them."""
    numbers = []
    for revision in article.revisions.order_by("number").iterator(chunk_size=20):
        changed = _changed(revision, words)
        if "body" in changed:
            changed["text"] = body.text_of(changed["body"])
        note = words.out_of(revision.note)
        if note != revision.note:
            changed["note"] = _fitting(revision, "note", note)
        for name in ("byline", "related"):
            lines = words.out_of_all(getattr(revision, name))
            if lines != getattr(revision, name):
                changed[name] = lines
        if changed:
            Revision.objects.filter(pk=revision.pk).overwrite(**changed)
            numbers.append(revision.number)
    return numbers


def _overwrite_working_copy(article: Article, words: Words) -> None:
    reason = words.out_of(article.withdrawal_reason)
    Article.objects.filter(pk=article.pk).update(
        **_changed(article, words),
        withdrawal_reason=_fitting(article, "withdrawal_reason", reason),
    )
    article.refresh_from_db()
    for rows, names in (
        (article.bylines.all(), ["guest"]),
        (article.related_links.all(), ["title", "url"]),
    ):
        _overwrite_rows(rows, names, words)


def _overwrite_what_is_around(article: Article, words: Words) -> None:
    _overwrite_rows(article.corrections.all(), ["text", "withdrawal_reason"], words)
    _overwrite_rows(article.versions.all(), ["withheld_because"], words)
    _overwrite_rows(article.notes.all(), ["text"], words)
    for copy in article.unsaved_copies.all():
        fields = [
            [name, [_out_of_field(name, value, words) for value in values]]
            for name, values in copy.fields
        ]
        if fields != copy.fields:
            copy.fields = fields
            copy.save(update_fields=["fields"])
    Event.objects.overwrite_about(article, words.out_of_all)
    kind = ContentType.objects.get_for_model(Article)
    for entry in LogEntry.objects.filter(content_type=kind, object_id=article.pk):
        entry.object_repr = words.out_of(entry.object_repr)[:200]
        entry.change_message = _out_of_message(entry.change_message, words)
        entry.save()


def _out_of_message(message: str, words: Words) -> str:
    """Return Django's note of a change, JSON or plain text, with the words overwritten."""
    try:
        return json.dumps(words.out_of_all(json.loads(message)))
    except ValueError:
        return words.out_of(message)


def _overwrite_rows(rows: Any, names: list[str], words: Words) -> None:
    for row in rows:
        for name in names:
            old = getattr(row, name)
            setattr(row, name, _fitting(row, name, words.out_of(old)))
        row.save(update_fields=names)


def _changed(version: StoryContent, words: Words) -> dict[str, Any]:
    """Return the fields of a revision or working copy that have the words, overwritten."""
    new = {
        name: _fitting(version, name, words.out_of(getattr(version, name)))
        for name in _TEXTS
    }
    new["body"] = words.out_of_html(version.body)
    return {
        name: value for name, value in new.items() if value != getattr(version, name)
    }


def _fitting(row: models.Model, name: str, value: str) -> str:
    # A mark may be longer than what it covers.
    field: Any = row._meta.get_field(name)
    return value[: field.max_length] if field.max_length else value


def _out_of_field(name: str, value: str, words: Words) -> str:
    return words.out_of_html(value) if name == "body" else words.out_of(value)


def _said(article: Article) -> Iterator[tuple[str, str]]:
    """Yield all texts of a story, each with the name of where it stands."""
    for revision in article.revisions.order_by("-number").iterator(chunk_size=20):
        where = _("Revision %(number)d") % {"number": revision.number}
        for text in _texts_of(revision):
            yield where, text
        yield where, revision.note
        for line in (*revision.byline, *revision.related):
            for name in ("guest", "title", "url"):
                yield where, line.get(name, "")
    for text in _texts_of(article):
        yield _("Working copy"), text
    for note in article.corrections.all():
        yield str(note.get_kind_display()), note.text
        yield str(note.get_kind_display()), note.withdrawal_reason
    for remark in article.notes.all():
        yield _("Notes among colleagues"), remark.text


def _texts_of(version: StoryContent) -> Iterator[str]:
    for name in _TEXTS:
        yield getattr(version, name)
    for block in re.split(
        r"</(?:p|h[2-4]|li|blockquote|figcaption|div)>", version.body
    ):
        tags = _SAID_IN_TAGS.findall(block)
        yield html.unescape(re.sub(_TOKEN, "", block.replace("<br>", " ")))
        for _name, value in tags:
            yield html.unescape(value)
