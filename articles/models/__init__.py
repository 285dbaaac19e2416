"""What a story is made of, one file a noun."""

from .banners import Banner
from .corrections import Correction
from .desk import Note, OpenForm, PreviewLink, UnsavedCopy
from .editions import Copy, Edition, EditionStory
from .front import FrontSlot
from .images import Image, Rendition
from .links import OldAddress, Reference, RelatedLink
from .newsletter import ForgottenAddress, Newsletter, Subscriber
from .page_versions import PageVersion
from .pages import Page
from .people import Author, Byline
from .recordings import Recording
from .redactions import Redaction
from .search import SearchEntry, SearchWord
from .sections import Section, Tag
from .stories import Article, Revision, StoryContent
from .versions import PublishedVersion

__all__ = [
    "Article",
    "Author",
    "Banner",
    "Byline",
    "Copy",
    "Correction",
    "Edition",
    "EditionStory",
    "ForgottenAddress",
    "FrontSlot",
    "Image",
    "Newsletter",
    "Note",
    "OldAddress",
    "OpenForm",
    "Page",
    "PageVersion",
    "PreviewLink",
    "PublishedVersion",
    "Recording",
    "Redaction",
    "Reference",
    "RelatedLink",
    "Rendition",
    "Revision",
    "SearchEntry",
    "SearchWord",
    "Section",
    "StoryContent",
    "Subscriber",
    "Tag",
    "UnsavedCopy",
]
