"""The pages of the paper."""

from . import archive
from .embeds import embed
from .lists import about, author, corrections_page, front, latest, section, tag
from .media import media
from .pages import page
from .previews import answer_preview, preview
from .search import search
from .stories import story, version, versions

__all__ = [
    "about",
    "answer_preview",
    "archive",
    "author",
    "corrections_page",
    "embed",
    "front",
    "latest",
    "media",
    "page",
    "preview",
    "search",
    "section",
    "story",
    "tag",
    "version",
    "versions",
]
