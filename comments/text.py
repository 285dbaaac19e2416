"""A small Markdown subset, rendered once when a comment is written."""

import re
from functools import lru_cache

import nh3
from linkify_it import LinkifyIt
from linkify_it.main import Match
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
    "zero", {"breaks": True, "html": False, "linkify": True, "maxNesting": 20}
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
        "linkify",
        "list",
        "newline",
        "strikethrough",
    ]
)
_AFTER_WWW = re.compile(
    r"(?:[\w-]{1,63}\.){1,8}\w{2,63}(?::\d{1,5})?(?:/[^\s<>]{0,500}[^\s<>.,;:!?)\]'\"])?"
)


def _length_of_www(_linkify: LinkifyIt, text: str, start: int) -> int:
    found = _AFTER_WWW.match(text, start)
    return len(found[0]) if found else 0


def _with_scheme(_linkify: LinkifyIt, match: Match) -> None:
    match.url = f"https://{match.url}"


# Its own guesses would make links of “ass.is” and of every word before a lost space.
_bare_links = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
_bare_links.add("www.", {"validate": _length_of_www, "normalize": _with_scheme})
for _scheme in ("ftp:", "mailto:", "//"):
    _bare_links.add(_scheme, None)
_markdown.linkify = _bare_links
_LINK = re.compile(
    r"<a\s.*?</a>|https?://(?:www\.)?|\bwww\.", re.IGNORECASE | re.DOTALL
)


# Zero-width space and joiners of nothing, marks and overrides of direction, controls.
_UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def visible(name: str) -> str:
    """Return ``name`` without characters that only hide, reorder or break it.

    Joiners stay where a letter stands before them: Persian and emoji need them.
    """
    name = re.sub(r"(?<!\S)[\u200c\u200d]+", "", _UNSEEN.sub("", name))
    return " ".join(name.split())


@lru_cache(maxsize=32)  # screening, learning and storing each ask
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
