"""Read a body as blocks of words, for those who compare two of them."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from articles import embeds


@dataclass
class Block:
    """One paragraph, subhead, entry, row or node of a body, as words."""

    text: str = ""
    image: int = 0
    layout: str = ""
    story: int = 0
    recording: int = 0

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it to compare."""
        return bool(self.text or self.image or self.story or self.recording)


def blocks_of(body: str) -> list[Block]:
    """Return the blocks of a clean ``body`` that say something, in order."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    for block in reader.blocks:
        block.text = " ".join(block.text.split())
    return [block for block in reader.blocks if block.says_something]


class _Reader(HTMLParser):
    """A link's address stands after its words, a note in brackets, a cell after a bar."""

    OPENING = {
        *("p", "h2", "h3", "h4", "li", "figure", "div", "hr", "blockquote"),
        *("table", "tr"),
    }
    MARKS = {"h2": "## ", "h3": "### ", "h4": "#### ", "li": "• ", "hr": "* * *"}

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.href = ""
        self.in_row = False

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        if tag in self.OPENING and not self._goes_on(tag):
            self.blocks.append(Block(self.MARKS.get(tag, "")))
        if tag == "figure":
            self.blocks[-1].image = int(attributes.get("data-image") or 0)
            self.blocks[-1].recording = int(attributes.get("data-recording") or 0)
            self.blocks[-1].layout = attributes.get("data-layout", "")
        if tag == "div":
            self._handle_node(attributes)
        if tag == "table":
            self.handle_data(attributes.get("data-caption", ""))
        if tag == "tr":
            self.in_row = True
        if tag in {"td", "th"} and self.blocks and self.blocks[-1].text:
            self.handle_data(" | ")
        if tag == "span":
            self.handle_data(" [")
        if tag == "a":
            self.href = attributes.get("href", "")
        if tag == "br":
            self.handle_data(" ")

    def _goes_on(self, tag: str) -> bool:
        """Tell whether the element only goes on with the block that it stands in."""
        if self.in_row:
            self.handle_data(" ")
            return True
        return tag == "p" and bool(self.blocks) and self.blocks[-1].text == "• "

    def _handle_node(self, attributes: dict[str, str]) -> None:
        title = attributes.get("data-title", "")
        if "data-read-more" in attributes:
            self.blocks[-1].story = int(attributes["data-read-more"] or 0)
            if title:
                address = attributes.get("data-href", "")
                self.handle_data(f"READ MORE: {title} ({address})")
        if elsewhere := attributes.get("data-embed"):
            known = embeds.recognise(elsewhere)
            provider = known.provider if known else embeds.host_of(elsewhere)
            self.handle_data(f"{provider}: {title} ({elsewhere})")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self.in_row = False
        if tag == "span":
            self.handle_data("] ")
        elif tag == "a" and self.href:
            self.handle_data(f" ({self.href})")
            self.href = ""
        elif tag in self.OPENING and not self.in_row:
            self.blocks.append(Block())

    def handle_data(self, data: str) -> None:
        if not self.blocks:
            self.blocks.append(Block())
        self.blocks[-1].text += data
