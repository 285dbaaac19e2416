"""A small Markdown subset, rendered once when a comment is written."""

import re

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    "p",
    "br",
    "em",
    "strong",
    "s",
    "a",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
}
_markdown = MarkdownIt(
    "zero", {"breaks": True, "html": False, "maxNesting": 20}
).enable(
    [
        "autolink",
        "backticks",
        "blockquote",
        "emphasis",
        "entity",
        "escape",
        "fence",
        "link",
        "list",
        "newline",
        "strikethrough",
    ]
)
_LINK = re.compile(
    r"<a\s.*?</a>|https?://(?:www\.)?|\bwww\.", re.IGNORECASE | re.DOTALL
)


def render(source: str) -> str:
    """Return the HTML of a comment's ``source``: safe, and with no link that pays.

    Links get ``nofollow ugc`` (what search engines ask for on readers' links). Keep
    ``source`` at most some thousand characters: emphasis takes quadratic time.
    """
    return nh3.clean(
        _markdown.render(source),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="nofollow ugc noopener",
    ).strip()


def links_in(source: str) -> int:
    """Return how many addresses ``source`` holds, as links or bare.

    Counted in what readers would get: Markdown has many ways to write an address.
    """
    return len(_LINK.findall(render(source)))
