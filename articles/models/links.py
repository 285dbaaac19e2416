from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .images import Image
from .people import Author
from .recordings import Recording
from .stories import Article, Revision


class RelatedLink(models.Model):
    """One of the ordered links after the working copy of a story."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="related_links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    target = models.ForeignKey(
        Article,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("story"),
    )
    url = models.URLField(_("address elsewhere"), blank=True)
    title = models.CharField(
        _("title"), max_length=255, blank=True, help_text=_("For an address elsewhere.")
    )

    class Meta:
        verbose_name = _("related link")
        verbose_name_plural = _("related links")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(target__isnull=False, url="", title="")
                | Q(target=None) & ~Q(url="") & ~Q(title=""),
                name="related_link_story_or_address",
                violation_error_message=_(
                    "Choose one of our stories, or give an address with its title."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.target)


def _one_of(*names: str) -> Q:
    """Return the condition that exactly one of the fields is filled."""
    alone = (Q(**{f"{one}__isnull": one != name for one in names}) for name in names)
    return reduce(or_, alone)


class Reference(models.Model):
    """What a revision's body names, or an author in its byline, read once."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="references")
    image = models.ForeignKey(
        Image, models.CASCADE, null=True, related_name="references"
    )
    article = models.ForeignKey(
        Article, models.CASCADE, null=True, related_name="references"
    )
    author = models.ForeignKey(
        Author, models.PROTECT, null=True, related_name="references"
    )
    recording = models.ForeignKey(
        Recording, models.CASCADE, null=True, related_name="references"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_one_of("image", "article", "author", "recording"),
                name="reference_to_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=["revision", thing], name=f"reference_{thing}_once"
                )
                for thing in ("image", "article", "author", "recording")
            ),
        ]

    def __str__(self) -> str:
        thing = self.image or self.article or self.author or self.recording
        return f"{self.revision_id} → {thing}"


class OldAddress(models.Model):
    """A path that led to a story once, here or in another system, and still does."""

    path = models.CharField(
        _("path"),
        max_length=500,
        unique=True,
        help_text=_("From the first slash on, as in “/news/bridge-reopens.html”."),
    )
    article = models.ForeignKey(
        Article,
        models.CASCADE,
        related_name="old_addresses",
        verbose_name=_("article"),
    )

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(path__startswith="/"),
                name="old_address_from_the_root",
                violation_error_message=_("A path begins with a slash."),
            )
        ]

    def __str__(self) -> str:
        return self.path
