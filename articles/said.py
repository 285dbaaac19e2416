"""All that a story ever said, and where it stands: read and overwritten by one list."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import body
from articles.models import (
    Article,
    Banner,
    Byline,
    Correction,
    EditionStory,
    Note,
    PreviewLink,
    PublishedVersion,
    Redaction,
    RelatedLink,
    Revision,
    StoryContent,
    UnsavedCopy,
)
from articles.words import Words, texts_of_html
from newsroom.models import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Holder:
    """The rows of a story in one table, and which of their fields hold words."""

    model: type[models.Model]
    fields: tuple[str, ...]
    where: Callable[[Any], object]  # names the place of a row's words
    is_said: bool = True  # or is it only to be overwritten?

    def rows_of(self, article: Article) -> Iterator[Any]:
        """Yield the rows, newest first."""
        match self.model.__name__:
            case "Article":
                of_it: dict[str, Any] = {"pk": article.pk}
            case "Event":
                of_it = {"object_type": Article._meta.label, "object_id": article.pk}
            case "LogEntry":
                kind = ContentType.objects.get_for_model(Article)
                of_it = {"content_type": kind, "object_id": str(article.pk)}
            case _:
                of_it = {"article": article}
        rows = self.model._default_manager.filter(**of_it).order_by("-pk")
        return rows.iterator(chunk_size=20)

    def overwrite(self, row: Any, words: Words) -> bool:
        """Take the words out of a row; tell whether it had them."""
        old = {name: getattr(row, name) for name in self.fields}
        new = {name: _without(words, row, name, old[name]) for name in self.fields}
        changed = {name: new[name] for name in new if new[name] != old[name]}
        if "body" in changed and self.model is Revision:
            changed["text"] = body.text_of(changed["body"])
        if changed:
            found: Any = self.model._default_manager.filter(pk=row.pk)
            # Revisions and events are changed for this alone, by this name.
            change = getattr(found, "overwrite", found.update)
            change(**changed)
        return bool(changed)


_CONTENT = tuple(
    field.name
    for field in StoryContent._meta.fields
    if isinstance(field, (models.CharField, models.TextField)) and not field.choices
)


def _at(place: object) -> Callable[[Any], object]:
    return lambda row: place


_WORKING_COPY = _at(gettext_lazy("Working copy"))

HOLDERS = (
    Holder(
        Revision,
        (*_CONTENT, "note", "byline", "related"),
        lambda revision: _("Revision %(number)d") % {"number": revision.number},
    ),
    Holder(Article, (*_CONTENT, "withdrawal_reason"), _WORKING_COPY),
    Holder(Byline, ("guest",), _WORKING_COPY),
    Holder(RelatedLink, ("title", "url"), _WORKING_COPY),
    Holder(UnsavedCopy, ("fields",), _at(gettext_lazy("Typed and not saved"))),
    Holder(
        Correction,
        ("text", "withdrawal_reason"),
        lambda note: note.get_kind_display(),
    ),
    Holder(
        PublishedVersion,
        ("withheld_because",),
        _at(gettext_lazy("Why an older version is withheld")),
    ),
    Holder(Banner, ("text", "url"), _at(gettext_lazy("Banner"))),
    Holder(EditionStory, ("heading", "summary"), _at(gettext_lazy("Newsletter"))),
    Holder(Note, ("text",), _at(gettext_lazy("Notes among colleagues"))),
    Holder(PreviewLink, ("reader", "words"), _at(gettext_lazy("Preview links"))),
    Holder(
        Event,
        ("object_name", "reason", "before", "after"),
        _at(gettext_lazy("Record of events")),
    ),
    Holder(
        LogEntry, ("object_repr", "change_message"), _at(gettext_lazy("Log of changes"))
    ),
    Holder(Redaction, ("words", "reason"), _at(""), is_said=False),
)


def texts_of(article: Article) -> Iterator[tuple[str, str]]:
    """Yield all texts of a story, each with the name of where it stands."""
    for holder in HOLDERS:
        if holder.is_said:
            for row in holder.rows_of(article):
                where = str(holder.where(row))
                for name in holder.fields:
                    for text in _texts(name, getattr(row, name)):
                        yield where, text


def overwrite(article: Article, words: Words) -> list[int]:
    """Take the words out of all texts of a story.

    Return the numbers of the revisions that had them.
    """
    numbers = []
    for holder in HOLDERS:
        for row in holder.rows_of(article):
            if holder.overwrite(row, words) and isinstance(row, Revision):
                numbers.append(row.number)
    return sorted(numbers)


# --- The fields that are more than a text ------------------------------------------

# What a line of a revision's byline or links says, and the column it comes back to.
_SAID_IN_LINES: dict[str, Any] = {
    "guest": Byline._meta.get_field("guest"),
    "title": RelatedLink._meta.get_field("title"),
    "url": RelatedLink._meta.get_field("url"),
}


def _texts(name: str, value: Any) -> Iterator[str]:
    match name, value:
        case "body", str():
            yield from texts_of_html(value)
        case "change_message", str():
            yield from _strings(_message(value))
        case "fields", list():
            for field, values in value:
                for one in values:
                    yield from texts_of_html(one) if field == "body" else [one]
        case (("byline" | "related"), list()):
            for line in value:
                yield from (line[said] for said in _SAID_IN_LINES if said in line)
        case _:
            yield from _strings(value)


def _strings(thing: Any) -> Iterator[str]:
    match thing:
        case str():
            yield thing
        case list():
            for one in thing:
                yield from _strings(one)
        case dict():
            yield from _strings(list(thing.values()))


def _without(words: Words, row: Any, name: str, value: Any) -> Any:
    match name, value:
        case "body", str():
            return words.out_of_html(value)
        case "change_message", str():
            new = words.out_of_all(message := _message(value))
            return value if new == message else _written(new)
        case "fields", list():
            return [
                [field, [_typed_without(words, field, one) for one in values]]
                for field, values in value
            ]
        case (("byline" | "related"), list()):
            return [_line_without(words, line) for line in value]
        case _, str():
            return _fitting(row._meta.get_field(name), words.out_of(value))
    return words.out_of_all(value)


def _typed_without(words: Words, field: str, value: str) -> str:
    return words.out_of_html(value) if field == "body" else words.out_of(value)


def _line_without(words: Words, line: dict[str, Any]) -> dict[str, Any]:
    said = {
        name: _fitting(field, words.out_of(line[name]))
        for name, field in _SAID_IN_LINES.items()
        if name in line
    }
    return line | said


def _fitting(field: Any, value: str) -> str:
    # A mark may be longer than what it covers.
    return value[: field.max_length] if field.max_length else value


def _message(stored: str) -> Any:
    """Return Django's note of a change: a structure, or in old ones a text."""
    try:
        return json.loads(stored)
    except ValueError:
        return stored


def _written(message: Any) -> str:
    return message if isinstance(message, str) else json.dumps(message)
