"""Votes, their sums, what is suspected of them, and what is asked of readers."""

from .bursts import Burst
from .settings import RatingSettings
from .tallies import PRIOR_AVERAGE, PRIOR_VOTES, DayTally, Tally
from .votes import STARS, Rating

__all__ = [
    "PRIOR_AVERAGE",
    "PRIOR_VOTES",
    "STARS",
    "Burst",
    "DayTally",
    "Rating",
    "RatingSettings",
    "Tally",
]
