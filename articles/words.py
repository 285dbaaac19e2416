"""Find words in text and in a body's HTML, and overwrite them."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "█" * 5  # of one length, whatever it covers

# Possessive, and no tag goes past the next one's start: what was typed and not yet
# cleaned may hold any number of “<”, and is read once.
_TOKEN = re.compile(r'(<[/!a-zA-Z](?:[^"<>]++|"[^"]*+")*+>)')
_BLOCK = re.compile(
    r"</?(?:p|h\d|ul|ol|li|blockquote|hr|figure|figcaption|div|section|table|t[rhd])\b"
)
_END_OF_BLOCK = re.compile(r"</(?:p|h[2-4]|li|blockquote|figcaption|div|t[hd]|tr)>")
# A footnote stands in its sentence and is none of its words.
_APART = re.compile(r"<br|</?span")
_SAID_IN_TAGS = re.compile(
    r'\b(data-title|title|data-href|href|data-embed|data-caption)="([^"]*)"'
)


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
            (" " if _APART.match(tokens[i]) else "")
            if i % 2
            else html.unescape(tokens[i])
            for i in range(start, end)
        ]
        spans = [found.span() for found in self.pattern.finditer("".join(texts))]
        at, first = 0, 0
        for i, text in zip(range(start, end), texts, strict=True):
            while first < len(spans) and spans[first][1] <= at:
                first += 1
            if i % 2 == 0 and (here := _before(at + len(text), spans, first)):
                tokens[i] = html.escape(_cut(text, at, here), quote=False)
            at += len(text)

    def _out_of_tag(self, tag: str) -> str:
        def value(found: re.Match[str]) -> str:
            old = html.unescape(found[2])
            new = self.out_of(old)
            return found[0] if new == old else f'{found[1]}="{html.escape(new)}"'

        return _SAID_IN_TAGS.sub(value, tag)


def _is_cased(letter: str) -> bool:
    return letter.lower() != letter.upper() or letter.isdigit()


def _before(
    end: int, spans: list[tuple[int, int]], first: int
) -> list[tuple[int, int]]:
    """Return those ``spans`` from the ``first`` one on that begin before ``end``."""
    last = first
    while last < len(spans) and spans[last][0] < end:
        last += 1
    return spans[first:last]


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


def texts_of_html(source: str) -> Iterator[str]:
    """Yield the text of each block of a body, and what its tags say to readers."""
    for block in _END_OF_BLOCK.split(source):
        tags = _SAID_IN_TAGS.findall(block)
        yield html.unescape(_TOKEN.sub("", _APART.sub(r" \g<0>", block)))
        for _name, value in tags:
            yield html.unescape(value)
