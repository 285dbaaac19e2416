from django.db import models

from .stories import Article


class PageVersion(models.Model):
    """The number that moves with everything on one story's page; see page_versions."""

    article = models.OneToOneField(
        Article, models.CASCADE, primary_key=True, related_name="page_version"
    )
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.article_id}: {self.number}"
