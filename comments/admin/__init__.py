"""The desk's pages for comments: the queue, the threads, and what is asked of both."""

from .bans import BanAdmin
from .comments import CommentAdmin
from .discussion import DiscussionAdmin
from .mail import ModeratorMailAdmin
from .objections import AppealAdmin, IllegalNoticeAdmin
from .threads import ThreadAdmin

__all__ = [
    "AppealAdmin",
    "BanAdmin",
    "CommentAdmin",
    "DiscussionAdmin",
    "IllegalNoticeAdmin",
    "ModeratorMailAdmin",
    "ThreadAdmin",
]
