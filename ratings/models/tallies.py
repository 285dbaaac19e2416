from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Article

from .votes import STARS, Rating

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a story is taken for before anybody voted: as if it had these votes already.
PRIOR_VOTES = 10
PRIOR_AVERAGE = 3.5


class Stars(models.Model):
    """How many readers gave each number of stars."""

    stars_1 = models.PositiveIntegerField(_("one star"), default=0)
    stars_2 = models.PositiveIntegerField(_("two stars"), default=0)
    stars_3 = models.PositiveIntegerField(_("three stars"), default=0)
    stars_4 = models.PositiveIntegerField(_("four stars"), default=0)
    stars_5 = models.PositiveIntegerField(_("five stars"), default=0)

    class Meta:
        abstract = True

    @property
    def counts(self) -> Mapping[int, int]:
        """How many readers gave each number of stars, from five down to one."""
        return {stars: getattr(self, f"stars_{stars}") for stars in reversed(STARS)}

    @property
    def total(self) -> int:
        """How many votes count."""
        return sum(self.counts.values())

    @property
    def points(self) -> int:
        """The sum of the stars that count."""
        return sum(stars * count for stars, count in self.counts.items())

    @property
    def average(self) -> float:
        """The mean of the votes that count; 0 if there are none."""
        return self.points / self.total if self.total else 0


class Tally(Stars):
    """The sums of one article: a narrow row that each vote changes."""

    article = models.OneToOneField(
        Article,
        models.CASCADE,
        primary_key=True,
        related_name="tally",
        verbose_name=_("article"),
    )
    excluded = models.PositiveIntegerField(_("excluded"), default=0)
    removed = models.PositiveIntegerField(_("removed"), default=0)
    votes = models.PositiveIntegerField(_("votes"), default=0, editable=False)
    mean = models.FloatField(_("average"), default=0, editable=False)
    # The Bayesian average, stored for the order of the rankings.
    rank = models.FloatField(_("rank"), default=PRIOR_AVERAGE, editable=False)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        indexes = [
            models.Index(fields=["-rank", "-article"], name="tally_top_rated"),
            models.Index(fields=["-votes", "-article"], name="tally_most_rated"),
        ]

    def __str__(self) -> str:
        return f"[{self.total}: {self.average:.1f}] {self.article}"

    def count(self, vote: Rating, by: int) -> None:
        """Add ``by``, unsaved, where ``vote`` is counted in its present state.

        Once with -1 before a vote changes and once with 1 after it. The row must be
        locked. A vote taken back is counted nowhere.
        """
        if vote.score is None:
            return
        column = {
            Rating.State.COUNTED: f"stars_{vote.score}",
            Rating.State.QUARANTINED: "excluded",
            Rating.State.REMOVED: "removed",
        }[Rating.State(vote.state)]
        setattr(self, column, getattr(self, column) + by)
        self.votes = self.total
        self.mean = self.average
        self.rank = bayesian_average(self.points, self.votes)


class DayTally(Stars):
    """The votes that count of one article, by the day (UTC) they were first given."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="day_tallies")
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "article"], name="day_tally_one_per_day"
            )
        ]
        indexes = [models.Index(fields=["article", "day"], name="day_tally_of_story")]

    def __str__(self) -> str:
        return f"{self.day}: {self.total}"


def bayesian_average(points: int, votes: int) -> float:
    """Return the average of ``votes`` with those of the prior.

    (C·m + Σ) / (C + n), with C = PRIOR_VOTES and m = PRIOR_AVERAGE: few votes move a
    story little. The prior is fixed, so that a story's rank depends on its own votes.
    """
    return (PRIOR_VOTES * PRIOR_AVERAGE + points) / (PRIOR_VOTES + votes)
