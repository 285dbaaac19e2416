"""What the HTML standard forbids and a browser would put right in its own way.

A part of what the Nu checker (https://validator.github.io/validator/) looks for, without
Java and without a network: tags that are left open, elements where they cannot stand,
ids that stand twice or nowhere, attributes that are needed or unknown to any page of ours.
"""

from collections import Counter
from html.parser import HTMLParser

VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"),
    *("source", "track", "wbr"),
}
BLOCKS = {
    *("address", "article", "aside", "blockquote", "details", "dialog", "div", "dl"),
    *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4"),
    *("header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary"),
    *("table", "ul"),
}
# What holds words and what stands among words, and no block.
OF_WORDS = {
    *("abbr", "b", "bdi", "button", "cite", "code", "em", "h1", "h2", "h3", "h4", "i"),
    *("label", "legend", "mark", "p", "s", "small", "span", "strong", "sub", "sup"),
    *("time",),
}
HEADINGS = {"h1", "h2", "h3", "h4"}
ONLY_IN = {
    "body": {"html"},
    "caption": {"table"},
    "dd": {"dl", "div"},
    "dt": {"dl", "div"},
    "figcaption": {"figure"},
    "head": {"html"},
    "legend": {"fieldset"},
    "li": {"menu", "ol", "ul"},
    "optgroup": {"select"},
    "option": {"datalist", "optgroup", "select"},
    "source": {"audio", "picture", "video"},
    "summary": {"details"},
    "tbody": {"table"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "title": {"head", "svg"},
    "tr": {"tbody", "tfoot", "thead"},
    "track": {"audio", "video"},
}
ONLY_HOLDS = {
    "dl": {"dd", "div", "dt"},
    "ol": {"li"},
    "picture": {"img", "source"},
    "select": {"hr", "optgroup", "option"},
    "table": {"caption", "tbody", "tfoot", "thead"},
    "tbody": {"tr"},
    "thead": {"tr"},
    "tr": {"td", "th"},
    "ul": {"li"},
}
ONLY_IN_HEAD = {"base", "meta", "style", "title"}
TO_CLICK = {
    "a",
    "button",
    "details",
    "iframe",
    "input",
    "select",
    "summary",
    "textarea",
}
NEEDED = {"html": "lang", "iframe": "title", "img": "alt", "time": "datetime"}
POINTERS = (
    *("aria-activedescendant", "aria-controls", "aria-describedby", "aria-details"),
    *("aria-errormessage", "aria-labelledby", "aria-owns", "for", "form", "headers"),
    "list",
)


def faults_of(page: str) -> list[str]:
    """Return in words what is wrong with ``page``, a whole HTML document."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.faults + reader.at_the_end()


def _is_measured(attributes: dict[str, str | None]) -> bool:
    """Return whether a bar's length can be told from ``attributes``."""
    most, value = float(attributes.get("max") or 1), attributes.get("value")
    return most > 0 and (value is None or 0 <= float(value) <= most)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []
        self.children: list[list[str]] = []  # of each that is open
        self.ids: Counter[str] = Counter()
        self.pointed_at: set[str] = set()
        self.seen: Counter[str] = Counter()
        self.has_doctype = False

    def handle_decl(self, decl: str) -> None:
        self.has_doctype |= decl.lower() == "doctype html" and not self.seen

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "svg" not in self.open:
            self._place(tag, dict(attrs))
        self._attributes(tag, attrs)
        self._meaning(tag, dict(attrs))
        # A <title> in a drawing is its own.
        self.seen[tag] += "svg" not in self.open
        if self.children:
            self.children[-1].append(tag)
        if tag not in VOID:
            self.open.append(tag)
            self.children.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if "svg" in self.open:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self._say(f"</{tag}> ends nothing")
            return
        children = self.children.pop()
        if tag == "figure" and "figcaption" in children[1:-1]:
            self._say("<figcaption> is neither the first nor the last")
        if tag == "details" and children[:1] != ["summary"]:
            self._say("<details> does not begin with <summary>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1] in ONLY_HOLDS:
            self._say(f"words in <{self.open[-1]}>: {data.strip()[:40]!r}")

    def _place(self, tag: str, attributes: dict[str, str | None]) -> None:
        parent = self.open[-1] if self.open else ""
        if tag in BLOCKS:
            around = [one for one in self.open if one in OF_WORDS]
            is_heading = tag in HEADINGS and parent in {"legend", "summary"}
            if around and not is_heading:
                self._say(f"<{tag}> in <{around[-1]}>")
        if tag in ONLY_IN and parent not in ONLY_IN[tag]:
            self._say(f"<{tag}> in <{parent}>")
        if parent in ONLY_HOLDS and tag not in ONLY_HOLDS[parent] | {"template"}:
            self._say(f"<{tag}> in <{parent}>")
        if tag in ONLY_IN_HEAD and "body" in self.open:
            self._say(f"<{tag}> in the body")
        can_be_clicked = tag in TO_CLICK and attributes.get("type") != "hidden"
        if can_be_clicked and {"a", "button"} & {*self.open}:
            self._say(f"<{tag}> in what can be clicked")
        if tag in {"form", "label"} and tag in self.open:
            self._say(f"<{tag}> in <{tag}>")

    def _attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if len(attributes) < len(attrs):
            self._say(f"<{tag}> says something twice")
        if tag in NEEDED and NEEDED[tag] not in attributes:
            self._say(f"<{tag}> without {NEEDED[tag]}")
        if "style" in attributes:
            self._say(f"<{tag} style>")
        for name in ("href", "src"):
            if (value := attributes.get(name)) is not None and " " in value:
                self._say(f"<{tag} {name}> with a space: {value[:60]!r}")
        if (own := attributes.get("id")) is not None:
            self.ids[own] += 1
            if not own or any(map(str.isspace, own)):
                self._say(f"<{tag}> with an id that is none: {own!r}")
        for name in POINTERS:
            self.pointed_at |= {*(attributes.get(name) or "").split()}
        if tag == "a" and (target := attributes.get("href") or "").startswith("#"):
            self.pointed_at |= {target[1:]} - {"", "top"}

    def _meaning(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "li" and attributes.get("role", "listitem") != "listitem":
            self._say("<li> with a role that no list has")
        if tag in {"meter", "progress"} and not _is_measured(attributes):
            self._say(f"<{tag}> whose value is not between 0 and its max")

    def _say(self, fault: str) -> None:
        line, _column = self.getpos()
        self.faults.append(f"line {line}: {fault}")

    def at_the_end(self) -> list[str]:
        """Return what shows when all of it was read."""
        faults = [] if self.has_doctype else ["no doctype"]
        faults += [f"<{tag}> is left open" for tag in self.open]
        faults += [
            f"id {own!r} stands {n} times" for own, n in self.ids.items() if n > 1
        ]
        nowhere = sorted(self.pointed_at - {*self.ids})
        faults += [f"nothing has the id {own!r}" for own in nowhere]
        return faults + [
            f"{self.seen[tag]} of <{tag}>"
            for tag in ("title", "main", "h1")
            if self.seen[tag] != 1
        ]
