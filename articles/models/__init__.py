"""What a story is made of, one file a noun."""

from .corrections import Correction
from .desk import Note, OpenForm, PreviewLink, UnsavedCopy
from .images import Image, Rendition
from .links import OldAddress, Reference, RelatedLink
from .page_versions import PageVersion
from .people import Author, Byline
from .sections import Section, Tag
from .stories import Article, Revision, StoryContent
from .versions import PublishedVersion

__all__ = [
    "Article",
    "Author",
    "Byline",
    "Correction",
    "Image",
    "Note",
    "OldAddress",
    "OpenForm",
    "PageVersion",
    "PreviewLink",
    "PublishedVersion",
    "Reference",
    "RelatedLink",
    "Rendition",
    "Revision",
    "Section",
    "StoryContent",
    "Tag",
    "UnsavedCopy",
]
