"""Comments, what readers and moderators do with them, and what the site asks of them."""

from .bans import Ban
from .comments import STEP, Comment, Wording, new_status_key, step
from .correspondents import Correspondent, ModeratorMail
from .discussion import Discussion
from .learning import Word
from .objections import Appeal, IllegalNotice, Report
from .recommendations import Recommendation
from .threads import Thread

__all__ = [
    "STEP",
    "Appeal",
    "Ban",
    "Comment",
    "Correspondent",
    "Discussion",
    "IllegalNotice",
    "ModeratorMail",
    "Recommendation",
    "Report",
    "Thread",
    "Word",
    "Wording",
    "new_status_key",
    "step",
]
