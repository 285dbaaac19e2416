"""The desk's pages for ratings: to look at votes, and to decide on suspected ones."""

from .bursts import BurstAdmin
from .settings import RatingSettingsAdmin
from .tallies import TallyAdmin
from .votes import RatingAdmin

__all__ = ["BurstAdmin", "RatingAdmin", "RatingSettingsAdmin", "TallyAdmin"]
