"""The desk's pages for comments: the queue, the threads, and what is asked of both."""

from .comments import CommentAdmin
from .discussion import DiscussionAdmin
from .threads import ThreadAdmin

__all__ = ["CommentAdmin", "DiscussionAdmin", "ThreadAdmin"]
