"""The desk's pages for stories and all that they are made of, one file a noun."""

from .corrections import CorrectionInline
from .images import ImageAdmin
from .links import OldAddressAdmin
from .people import AuthorAdmin
from .redactions import RedactionAdmin
from .revisions import RevisionAdmin
from .sections import SectionAdmin, TagAdmin
from .stories import ArticleAdmin

__all__ = [
    "ArticleAdmin",
    "AuthorAdmin",
    "CorrectionInline",
    "ImageAdmin",
    "OldAddressAdmin",
    "RedactionAdmin",
    "RevisionAdmin",
    "SectionAdmin",
    "TagAdmin",
]
