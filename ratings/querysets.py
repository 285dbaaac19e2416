"""Which settings hold, and which stories readers like most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import JSONField, Q, Subquery
from django.db.models.functions import JSONObject

if TYPE_CHECKING:
    from articles.models import Article
    from ratings.models import Burst, RatingSettings


class RatingSettingsQuerySet(models.QuerySet["RatingSettings"]):
    def current(self) -> RatingSettings:
        """Return what was saved, else the defaults, unsaved."""
        return self.first() or self.model()

    def as_column(self) -> Subquery:
        """Return the row as one JSON value, to come along in another query.

        ``RatingSettings(**value)`` is what was saved; None: nothing was.
        """
        names = [field.name for field in self.model._meta.fields]
        row = self.values(json=JSONObject(**{name: name for name in names}))
        return Subquery(row[:1], output_field=JSONField())


class BurstQuerySet(models.QuerySet["Burst"]):
    def waiting(self) -> Self:
        """Return those that no moderator has decided on, oldest first."""
        return self.filter(state="waiting").order_by("pk")

    def on(self, article: Article) -> Self:
        """Return those that hold or held votes on ``article``, newest first."""
        return self.filter(
            Q(article=article) | Q(article=None, votes__article=article)
        ).distinct()
