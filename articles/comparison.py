"""Compare two versions of a story, word by word: what was taken out, what was put in.

Words are matched by ``difflib``, block by block, so that a moved paragraph or a long
body costs no more than the blocks that differ. What would cost more than ``MOST_WORK``
is not taken apart: it is shown whole, as removed and as added.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.blocks import blocks_of
from articles.models import (
    Article,
    Author,
    Byline,
    Image,
    Recording,
    StoryContent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from articles.blocks import Block

MOST_WORDS = 4000  # of a block; a longer one that differs is shown whole, twice
MOST_WORK = 500_000  # pairs of equal words that difflib may look at in one field
MOST_PAIRED = 2_500  # pairs of blocks, among which the most alike are looked for
ALIKE = 0.3  # share of words in common from which two blocks are one that was edited
CONTEXT = 1  # unchanged blocks that readers get before and after a changed one
# Scripts without spaces between words are compared letter by letter.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"(?:[{_UNSPACED}]|[^\s{_UNSPACED}]+)\s*")


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

    @property
    def words(self) -> str:
        """The text without the space after it, which no mark should reach."""
        return self.text.rstrip()

    @property
    def space(self) -> str:
        """What stands between it and the next part, if anything does."""
        return " " if self.text != self.words else ""


@dataclass(frozen=True)
class Row:
    """One block in both versions, or in one alone: its words in their order."""

    parts: Sequence[Part]

    @property
    def old(self) -> list[Part]:
        """The words that the old version had."""
        return [part for part in self.parts if part.kind != Kind.ADDED]

    @property
    def new(self) -> list[Part]:
        """The words that the new version has."""
        return [part for part in self.parts if part.kind != Kind.REMOVED]

    @property
    def is_changed(self) -> bool:
        """Whether the two differ."""
        return any(part.kind != Kind.SAME for part in self.parts)


@dataclass(frozen=True)
class Run:
    """Blocks in a row that are shown, or ``unchanged`` ones that are only counted."""

    rows: Sequence[Row] = ()
    unchanged: int = 0


@dataclass(frozen=True)
class Field:
    """One field of the story that differs: its name in the model, and in words."""

    name: str
    label: str
    rows: Sequence[Row]

    @property
    def runs(self) -> list[Run]:
        """The changed blocks with a little around them; the others as their number."""
        changed = [i for i, row in enumerate(self.rows) if row.is_changed]
        near = {
            i for at in changed for i in range(at - CONTEXT, at + CONTEXT + 1) if i >= 0
        }
        runs: list[Run] = []
        start = 0
        while start < len(self.rows):
            is_near = start in near
            end = start
            while end < len(self.rows) and (end in near) == is_near:
                end += 1
            rows = self.rows[start:end]
            runs.append(Run(rows) if is_near else Run(unchanged=len(rows)))
            start = end
        return runs


@dataclass(frozen=True)
class Comparison:
    """All that differs between two versions; nothing if ``fields`` is empty."""

    fields: Sequence[Field]


def compare(old: StoryContent, new: StoryContent) -> Comparison:
    """Return what differs between two revisions, saved or not, old before new.

    For the desk: every field, and the names that people, pictures and stories have
    there now. Three queries, and one more for recordings if there are any.
    """
    names = (*(field.name for field in StoryContent._meta.fields), *_LINES)
    return _compared_by(_Names(old, new), old, new, names)


def compare_for_readers(
    old: StoryContent, new: StoryContent, at: datetime
) -> Comparison:
    """Return what readers can tell apart in two versions that were published.

    A story that is not live at ``at`` is left out, as it is on the page.
    """
    return _compared_by(_NamesForReaders(old, new, at=at), old, new, _READ)


def _compared_by(
    names: _Names, old: StoryContent, new: StoryContent, fields: Sequence[str]
) -> Comparison:
    found = []
    for name in fields:
        before, after = names.blocks(old, name), names.blocks(new, name)
        if before != after:
            label = _LINES.get(name) or StoryContent._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            rows = rows_of(before, after)
            found.append(Field(name, capfirst(str(label)), rows))
    return Comparison(found)


@dataclass
class _Work:
    """What a comparison may still cost."""

    left: int = MOST_WORK


def rows_of(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """Return the blocks of both in one list, the words of those alike compared."""
    rows, work = [], _Work()
    for act, i, j, k, m in _opcodes(old, new, work):
        if act == "equal":
            rows += [Row([Part(Kind.SAME, block)]) for block in old[i:j]]
        else:
            for before, after in _beside(_paired(old[i:j], new[k:m])):
                rows.append(_compared(before, after, work))
    return rows


def _opcodes(
    old: Sequence[str], new: Sequence[str], work: _Work
) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what ``SequenceMatcher.get_opcodes`` does, at a cost that has an end."""
    start = _same_at_start(old, new)
    end = _same_at_start(old[start:][::-1], new[start:][::-1])
    if start:
        yield "equal", 0, start, 0, start
    j, m = len(old) - end, len(new) - end
    a, b = old[start:j], new[start:m]
    counted = Counter(b)
    cost = sum(counted[one] for one in a)
    if cost > work.left:
        yield "replace", start, j, start, m
    else:
        work.left -= cost
        matcher = SequenceMatcher(None, a, b, autojunk=False)
        for act, *ends in matcher.get_opcodes():
            i, i2, k, k2 = (one + start for one in ends)
            yield act, i, i2, k, k2
    if end:
        yield "equal", j, len(old), m, len(new)


def _same_at_start(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = zip(old, new, strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _paired(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[str | None, str | None]]:
    """Yield blocks of both in their orders, together where they are most alike."""
    if len(old) * len(new) > MOST_PAIRED:
        size = max(1, MOST_PAIRED // max(len(old), len(new)))
        # Too many to try them all: a part of the one beside a part of the other.
        for at in range(0, max(len(old), len(new)), size):
            yield from _paired(old[at : at + size], new[at : at + size])
        return
    words = [Counter(_words(block)) for block in old]
    others = [Counter(_words(block)) for block in new]
    # best[i][k]: how alike the ends of both from there on are, at most.
    best = [[0.0] * (len(new) + 1) for _block in range(len(old) + 1)]
    likeness = [[_likeness(one, other) for other in others] for one in words]
    for i in reversed(range(len(old))):
        for k in reversed(range(len(new))):
            together = likeness[i][k] + best[i + 1][k + 1] if likeness[i][k] else 0
            best[i][k] = max(together, best[i + 1][k], best[i][k + 1])
    i = k = 0
    while i < len(old) or k < len(new):
        if i == len(old) or k == len(new):
            is_together = False
        else:
            together = likeness[i][k] + best[i + 1][k + 1]
            is_together = bool(likeness[i][k]) and together == best[i][k]
        if is_together:
            yield old[i], new[k]
            i, k = i + 1, k + 1
        elif k == len(new) or (i < len(old) and best[i + 1][k] == best[i][k]):
            yield old[i], None
            i += 1
        else:
            yield None, new[k]
            k += 1


def _beside(
    pairs: Iterable[tuple[str | None, str | None]],
) -> Iterator[tuple[str | None, str | None]]:
    """Put what was taken out beside what was put in at the same place."""
    out: list[str] = []
    put_in: list[str] = []
    for before, after in (*pairs, ("", "")):
        if after is None and before is not None:
            out.append(before)
        elif before is None and after is not None:
            put_in.append(after)
        else:
            yield from zip_longest(out, put_in)
            out, put_in = [], []
            if before or after:
                yield before, after


def _likeness(words: Counter[str], others: Counter[str]) -> float:
    """Return the share of words that two blocks have in common; 0 if it is small."""
    share = 2 * (words & others).total() / ((words.total() + others.total()) or 1)
    return share if share >= ALIKE else 0


def _words(block: str) -> list[str]:
    return [word.rstrip() for word in _WORD.findall(block)]


def _compared(before: str | None, after: str | None, work: _Work) -> Row:
    if before is None or after is None:
        kind = Kind.ADDED if before is None else Kind.REMOVED
        return Row([Part(kind, before or after or "")])
    words, others = _WORD.findall(before), _WORD.findall(after)
    bare, others_bare = _words(before), _words(after)
    if max(len(words), len(others)) > MOST_WORDS or not _likeness(
        Counter(bare), Counter(others_bare)
    ):
        return Row([Part(Kind.REMOVED, before), Part(Kind.ADDED, after)])
    parts = []
    for act, i, j, k, m in _opcodes(bare, others_bare, work):
        if act == "equal":
            parts.append(Part(Kind.SAME, "".join(others[k:m])))
            continue
        if j > i:
            parts.append(Part(Kind.REMOVED, "".join(words[i:j])))
        if m > k:
            parts.append(Part(Kind.ADDED, "".join(others[k:m])))
    return Row(parts)


_LINES = {"byline": gettext_lazy("byline"), "related": gettext_lazy("related links")}
_READ = (
    *("label", "sponsor", "headline", "standfirst", "byline"),
    *("lead_image", "lead_caption", "body", "related"),
)


class _Names:
    """Words for what revisions hold as numbers, read once for all of them."""

    def __init__(self, *versions: Any) -> None:
        lines = [line for one in versions for line in getattr(one, "byline", [])]
        links = [link for one in versions for link in getattr(one, "related", [])]
        blocks = [block for one in versions for block in blocks_of(one.body)]
        self.authors = Author.objects.in_bulk(
            {line["author"] for line in lines if "author" in line}
        )
        stories = {link["article"] for link in links if "article" in link}
        stories |= {block.story for block in blocks} - {0}
        self.stories = Article.objects.only("headline").in_bulk(stories)
        images = {one.lead_image_id for one in versions} - {None}
        images |= {block.image for block in blocks} - {0}
        self.images = Image.objects.in_bulk(images)
        recordings = {block.recording for block in blocks} - {0}
        self.recordings = (
            Recording.objects.only("title").in_bulk(recordings) if recordings else {}
        )

    def blocks(self, version: Any, name: str) -> list[str]:
        """Return one field of a version as blocks of plain text."""
        if name == "body":
            return self._said(self._block(block) for block in blocks_of(version.body))
        if name == "byline":
            return [self._line(line) for line in getattr(version, "byline", [])]
        if name == "related":
            links = getattr(version, "related", [])
            return self._said(self._link(link) for link in links)
        if name == "lead_image":
            number = version.lead_image_id
            return [self._image(number)] if number else []
        if name == "label":
            return [str(version.get_label_display())] if version.label else []
        value = getattr(version, name)
        return [value] if value else []

    def _said(self, blocks: Iterator[str]) -> list[str]:
        return [block for block in blocks if block]

    def _block(self, block: Block) -> str:
        if block.image:
            what = _("Picture: %(name)s") % {"name": self._image(block.image)}
            return " ".join(filter(None, [f"[{what}]", block.layout, block.text]))
        if block.recording:
            title = self.recordings.get(block.recording, "–")
            what = _("Recording: %(title)s") % {"title": title}
            return " ".join(filter(None, [f"[{what}]", block.text]))
        if block.story:
            story = self._story(block.story)
            return _("READ MORE: %(story)s") % {"story": story} if story else ""
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


class _NamesForReaders(_Names):
    """The same words as far as they are public, and no numbers."""

    def __init__(self, *versions: Any, at: datetime) -> None:
        super().__init__(*versions)
        live = Article.objects.live(at).for_links().in_bulk([*self.stories])
        self.headlines = {
            pk: shown.headline
            for pk, story in live.items()
            if (shown := story.shown(at))
        }

    def _block(self, block: Block) -> str:
        block.layout = ""
        return super()._block(block)

    def _image(self, number: int) -> str:
        return str(self.images.get(number) or "–")

    def _story(self, number: int) -> str:
        return self.headlines.get(number, "")
