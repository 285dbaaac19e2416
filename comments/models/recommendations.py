from django.db import models
from django.utils import timezone

from .comments import Comment


class Recommendation(models.Model):
    """One reader's word that a comment is worth reading."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="recommendations")
    reader_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "reader_hash"], name="recommendation_one_per_reader"
            )
        ]

    def __str__(self) -> str:
        return str(self.comment)
