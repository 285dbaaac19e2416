from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from newsroom.models import profiles_among, validate_addresses

from .images import Image


class Author(models.Model):
    """Someone whose name stands over stories: public, with an account or without."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)
    role = models.CharField(
        _("role"),
        max_length=100,
        blank=True,
        help_text=_("What they do here, as in “Countryside reporter”."),
    )
    biography = models.TextField(_("biography"), blank=True)
    elsewhere = models.TextField(
        _("elsewhere"),
        blank=True,
        max_length=2000,
        validators=[validate_addresses],
        help_text=_(
            "Their pages on other sites, one address a line. Readers find them on the "
            "author's page, search engines know by them who it is."
        ),
    )
    photograph = models.ForeignKey(
        Image,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("photograph"),
        help_text=_("From the library; readers see it on the author's page."),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="author",
        verbose_name=_("account"),
        help_text=_("Their account in the admin, if they have one."),
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:author", args=[self.slug])

    @property
    def profiles(self) -> dict[str, str]:
        """Their pages elsewhere: of each address what readers see."""
        return profiles_among(self.elsewhere)


class Byline(models.Model):
    """One person named over the working copy of a story, in order, with their part."""

    class Role(models.TextChoices):
        BY = "by", _("by")
        REPORTING = "reporting", _("reporting by")
        PHOTOGRAPHS = "photographs", _("photographs by")
        TRANSLATED = "translated", _("translated by")

    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="bylines"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    role = models.CharField(_("role"), choices=Role, default=Role.BY, max_length=12)
    author = models.ForeignKey(
        Author,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bylines",
        verbose_name=_("author"),
    )
    guest = models.CharField(
        _("guest"),
        max_length=100,
        blank=True,
        help_text=_("A name without a page of its own, in place of an author."),
    )

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("byline")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(author=None) ^ Q(guest=""),
                name="byline_author_or_guest",
                violation_error_message=_(
                    "Choose an author or name a guest, not both."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.author or self.guest}"
