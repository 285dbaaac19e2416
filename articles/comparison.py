"""Compare two versions of a story, word by word: what was taken out, what was put in.

Words are matched by ``difflib``, block by block, so that a moved paragraph or a long
body costs no more than the blocks that differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html.parser import HTMLParser
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article, Author, Byline, Image, StoryContent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_WORDS = 4000  # of a block; a longer one that differs is shown whole, twice
ALIKE = 0.3  # share of words in common from which two blocks are one that was edited
_WORD = re.compile(r"\S+\s*")


class Kind(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Part:
    """Some words in a row, and what became of them."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Row:
    """A block of the old version beside that of the new one; either may be missing."""

    old: Sequence[Part]
    new: Sequence[Part]

    @property
    def is_changed(self) -> bool:
        """Whether the two differ."""
        return any(part.kind != Kind.SAME for part in (*self.old, *self.new))


@dataclass(frozen=True)
class Field:
    """One field of the story that differs: its name in the model, and in words."""

    name: str
    label: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Comparison:
    """All that differs between two versions; nothing if ``fields`` is empty."""

    fields: Sequence[Field]


def compare(old: StoryContent, new: StoryContent) -> Comparison:
    """Return what differs between two revisions, saved or not, old before new.

    Names of people, pictures and stories are those of now: three queries.
    """
    names = _Names(old, new)
    fields = []
    for name in (*(field.name for field in StoryContent._meta.fields), *_LINES):
        before, after = names.blocks(old, name), names.blocks(new, name)
        if before != after:
            label = _LINES.get(name) or StoryContent._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            rows = rows_of(before, after)
            fields.append(Field(name, capfirst(str(label)), rows))
    return Comparison(fields)


def rows_of(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """Return two lists of blocks side by side, the words of each pair compared."""
    rows = []
    for act, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if act == "equal":
            rows += [Row(_whole(block), _whole(block)) for block in old[i:j]]
            continue
        for before, after in zip_longest(old[i:j], new[k:m]):
            rows += _compared(before, after)
    return rows


def _whole(block: str, kind: Kind = Kind.SAME) -> list[Part]:
    return [Part(kind, block)]


def _compared(before: str | None, after: str | None) -> Iterator[Row]:
    if before is None or after is None:
        yield Row(
            [] if before is None else _whole(before, Kind.REMOVED),
            [] if after is None else _whole(after, Kind.ADDED),
        )
        return
    words, others = _WORD.findall(before), _WORD.findall(after)
    bare = [word.rstrip() for word in words], [word.rstrip() for word in others]
    matcher = SequenceMatcher(None, *bare, autojunk=False)
    if max(len(words), len(others)) > MOST_WORDS or matcher.quick_ratio() < ALIKE:
        yield Row(_whole(before, Kind.REMOVED), _whole(after, Kind.ADDED))
        return
    old, new = [], []
    for act, i, j, k, m in matcher.get_opcodes():
        is_same = act == "equal"
        if j > i:
            kind = Kind.SAME if is_same else Kind.REMOVED
            old.append(Part(kind, "".join(words[i:j])))
        if m > k:
            kind = Kind.SAME if is_same else Kind.ADDED
            new.append(Part(kind, "".join(others[k:m])))
    yield Row(old, new)


_LINES = {"byline": gettext_lazy("byline"), "related": gettext_lazy("related links")}


class _Names:
    """Words for what revisions hold as numbers, read once for all of them."""

    def __init__(self, *versions: Any) -> None:
        lines = [line for one in versions for line in getattr(one, "byline", [])]
        links = [link for one in versions for link in getattr(one, "related", [])]
        blocks = [block for one in versions for block in _Blocks.of(one.body)]
        self.authors = Author.objects.in_bulk(
            {line["author"] for line in lines if "author" in line}
        )
        stories = {link["article"] for link in links if "article" in link}
        stories |= {block.story for block in blocks} - {0}
        self.stories = Article.objects.only("headline").in_bulk(stories)
        images = {one.lead_image_id for one in versions} - {None}
        images |= {block.image for block in blocks} - {0}
        self.images = Image.objects.in_bulk(images)

    def blocks(self, version: Any, name: str) -> list[str]:
        """Return one field of a version as blocks of plain text."""
        if name == "body":
            return [self._block(block) for block in _Blocks.of(version.body)]
        if name == "byline":
            return [self._line(line) for line in getattr(version, "byline", [])]
        if name == "related":
            return [self._link(link) for link in getattr(version, "related", [])]
        if name == "lead_image":
            number = version.lead_image_id
            return [self._image(number)] if number else []
        if name == "label":
            return [str(version.get_label_display())] if version.label else []
        value = getattr(version, name)
        return [value] if value else []

    def _block(self, block: Block) -> str:
        if block.image:
            what = _("Picture: %(name)s") % {"name": self._image(block.image)}
            return " ".join(filter(None, [f"[{what}]", block.layout, block.text]))
        if block.story:
            return _("READ MORE: %(story)s") % {"story": self._story(block.story)}
        return block.text

    def _image(self, number: int) -> str:
        image = self.images.get(number)
        return f"{image} ({number})" if image else str(number)

    def _story(self, number: int) -> str:
        return str(self.stories.get(number) or f"#{number}")

    def _line(self, line: dict[str, Any]) -> str:
        name = line.get("guest") or self.authors.get(line.get("author", 0)) or "?"
        return f"{Byline.Role(line['role']).label} {name}"

    def _link(self, link: dict[str, Any]) -> str:
        if "article" in link:
            return self._story(link["article"])
        return f"{link['title']} ({link['url']})"


@dataclass
class Block:
    """One paragraph, subhead, entry or node of a body, as words."""

    text: str = ""
    image: int = 0
    layout: str = ""
    story: int = 0


class _Blocks(HTMLParser):
    """Reads the blocks of a clean body; a link's address stands after its words."""

    OPENING = {"p", "h2", "h3", "h4", "li", "figure", "div", "hr", "blockquote"}
    MARKS = {"h2": "## ", "h3": "### ", "h4": "#### ", "li": "• ", "hr": "* * *"}

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.href = ""

    @classmethod
    def of(cls, body: str) -> list[Block]:
        """Return the blocks of ``body`` that say something, in order."""
        reader = cls()
        reader.feed(body)
        reader.close()
        for block in reader.blocks:
            block.text = " ".join(block.text.split())
        return [one for one in reader.blocks if one.text or one.image or one.story]

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        if tag in self.OPENING:
            is_inside_entry = (
                tag == "p" and self.blocks and self.blocks[-1].text == "• "
            )
            if not is_inside_entry:
                self.blocks.append(Block(self.MARKS.get(tag, "")))
        if tag == "figure":
            self.blocks[-1].image = int(attributes.get("data-image") or 0)
            self.blocks[-1].layout = attributes.get("data-layout", "")
        if tag == "div" and "data-read-more" in attributes:
            self.blocks[-1].story = int(attributes["data-read-more"] or 0)
            if title := attributes.get("data-title"):
                address = attributes.get("data-href", "")
                self.handle_data(f"READ MORE: {title} ({address})")
        if tag == "a":
            self.href = attributes.get("href", "")
        if tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.href:
            self.handle_data(f" ({self.href})")
            self.href = ""
        elif tag in self.OPENING:
            self.blocks.append(Block())

    def handle_data(self, data: str) -> None:
        if not self.blocks:
            self.blocks.append(Block())
        self.blocks[-1].text += data
