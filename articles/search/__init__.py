"""Search: what readers may see, by its words; the index is kept by the acts."""

from .finding import HITS_A_PAGE, MOST_HITS, MOST_PAGES, Hit, Hits, Order, find
from .highlights import Highlights
from .index import index, rebuild, rewrite
from .questions import Question, Term, terms_of
from .suggestions import Suggestions, suggest

__all__ = [
    "HITS_A_PAGE",
    "MOST_HITS",
    "MOST_PAGES",
    "Highlights",
    "Hit",
    "Hits",
    "Order",
    "Question",
    "Suggestions",
    "Term",
    "find",
    "index",
    "rebuild",
    "rewrite",
    "suggest",
    "terms_of",
]
