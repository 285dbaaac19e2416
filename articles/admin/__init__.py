"""The desk's pages for stories and all that they are made of, one file a noun."""

from .banners import BannerAdmin
from .corrections import CorrectionInline
from .editions import EditionAdmin
from .front import FrontSlotAdmin
from .images import ImageAdmin
from .links import OldAddressAdmin
from .newsletter import NewsletterAdmin, SubscriberAdmin
from .pages import PageAdmin
from .people import AuthorAdmin
from .recordings import RecordingAdmin
from .redactions import RedactionAdmin
from .revisions import RevisionAdmin
from .sections import SectionAdmin, TagAdmin
from .stories import ArticleAdmin

__all__ = [
    "ArticleAdmin",
    "AuthorAdmin",
    "BannerAdmin",
    "CorrectionInline",
    "EditionAdmin",
    "FrontSlotAdmin",
    "ImageAdmin",
    "NewsletterAdmin",
    "OldAddressAdmin",
    "PageAdmin",
    "RecordingAdmin",
    "RedactionAdmin",
    "RevisionAdmin",
    "SectionAdmin",
    "SubscriberAdmin",
    "TagAdmin",
]
