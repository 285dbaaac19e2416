from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from articles.querysets import ArticleQuerySet, RevisionQuerySet

from .images import Image
from .sections import Section, Tag

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from .links import Reference

WORDS_A_MINUTE = 230  # silent reading of English prose: Brysbaert 2019, 238 ± 10 %


def languages() -> list[tuple[str, StrPromise]]:
    """Return the languages a story can be in: a callable, so that migrations list none."""
    return [(code, gettext_lazy(name)) for code, name in settings.LANGUAGES]


class StoryContent(models.Model):
    """What a story says: the desk's working copy and each revision hold it alike."""

    class Label(models.TextChoices):
        ANALYSIS = "analysis", _("Analysis")
        OPINION = "opinion", _("Opinion")
        REVIEW = "review", _("Review")
        SPONSORED = "sponsored", _("Sponsored")

    headline = models.CharField(_("headline"), max_length=255)
    standfirst = models.CharField(
        _("standfirst"),
        max_length=500,
        blank=True,
        help_text=_("One or two sentences under the headline."),
    )
    body = models.TextField(_("body"), blank=True)
    lead_image = models.ForeignKey(
        Image,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead image"),
    )
    lead_caption = models.CharField(
        _("lead caption"),
        max_length=500,
        blank=True,
        help_text=_("What the picture shows in this story; empty: the image's own."),
    )
    label = models.CharField(
        _("label"),
        choices=Label,
        max_length=10,
        blank=True,
        help_text=_("Stands over the headline before the section. Empty for news."),
    )
    sponsor = models.CharField(
        _("sponsor"),
        max_length=120,
        blank=True,
        help_text=_("Who pays for a sponsored story; readers see it over the story."),
    )
    seo_headline = models.CharField(
        _("headline for search"), max_length=120, blank=True
    )
    seo_description = models.CharField(
        _("description for search"), max_length=300, blank=True
    )
    social_headline = models.CharField(
        _("headline for sharing"), max_length=120, blank=True
    )
    social_description = models.CharField(
        _("description for sharing"), max_length=300, blank=True
    )
    canonical_url = models.URLField(
        _("canonical address"),
        blank=True,
        help_text=_("Only if the story first stood elsewhere: its address there."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.headline

    @property
    def is_sponsored(self) -> bool:
        """Whether somebody paid for it."""
        return self.label == self.Label.SPONSORED


class Article(StoryContent):
    """A story: the desk's working copy, and what is true of it at any version."""

    class Stage(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "review", _("in review")
        READY = "ready", _("ready")

    section = models.ForeignKey(
        Section, models.PROTECT, related_name="articles", verbose_name=_("section")
    )
    tags = models.ManyToManyField(
        Tag, blank=True, related_name="articles", verbose_name=_("tags")
    )
    language = models.CharField(
        _("language"),
        choices=languages,
        max_length=10,
        blank=True,
        help_text=_("Empty: the publication's own."),
    )
    comments_open = models.BooleanField(_("readers may comment"), default=True)
    ratings_open = models.BooleanField(_("readers may rate"), default=True)
    noindex = models.BooleanField(
        _("keep from search engines"),
        default=False,
        help_text=_("They are asked not to list it; readers of the site have it."),
    )

    stage = models.CharField(
        _("stage"),
        choices=Stage,
        default=Stage.DRAFT,
        max_length=6,
        help_text=_("How far the desk is with it; readers see nothing of this."),
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_articles",
        limit_choices_to={"is_active": True, "is_staff": True},
        verbose_name=_("assignee"),
        help_text=_("Whose turn it is."),
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)

    day = models.DateField(_("day of publication"), null=True, editable=False)
    slug = models.SlugField(
        _("slug"),
        max_length=100,
        blank=True,
        allow_unicode=True,
        help_text=_(
            "Last part of the address, as in “bridge-reopens”. Empty: made from the "
            "headline when the story is first published."
        ),
    )
    live = models.ForeignKey(
        "articles.Revision",
        models.RESTRICT,
        null=True,
        editable=False,
        related_name="+",
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    updated_at = models.DateTimeField(_("updated"), null=True, editable=False)
    embargoed = models.BooleanField(_("under embargo"), default=False, editable=False)
    next = models.ForeignKey(
        "articles.Revision",
        models.RESTRICT,
        null=True,
        editable=False,
        related_name="+",
    )
    next_at = models.DateTimeField(_("changes at"), null=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawal_reason = models.CharField(
        _("reason for the withdrawal"), max_length=500, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-pk"]
        permissions = [("publish_article", "Can publish and withdraw stories")]
        indexes = [
            # Holds all that ``live()`` asks for: a count reads no story's row.
            models.Index(
                fields=["-published_at", "-id", "withdrawn_at", "expires_at"],
                name="article_newest_live",
            ),
            models.Index(
                fields=[
                    *("section", "-published_at", "-id"),
                    *("withdrawn_at", "expires_at"),
                ],
                name="article_live_in_section",
            ),
            models.Index(
                fields=["-day", "-published_at", "-id"], name="article_by_day"
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(due_at__isnull=False),
                name="article_due",
            ),
            models.Index(
                fields=["next_at"],
                condition=Q(next_at__isnull=False),
                name="article_next_change",
            ),
            models.Index(fields=["stage", "-id"], name="article_by_stage"),
            # Holds all that the list of sitemaps asks for: it reads no story's row.
            models.Index(
                fields=[
                    *("day", "published_at", "updated_at"),
                    *("withdrawn_at", "expires_at", "noindex"),
                ],
                name="article_for_sitemaps",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "slug"],
                name="article_one_per_address",
                violation_error_message=_(
                    "Another story of that day has this slug. Choose another one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(published_at=None)
                | Q(live__isnull=False, day__isnull=False) & ~Q(slug=""),
                name="article_published_has_revision_and_address",
            ),
            models.CheckConstraint(
                condition=Q(next=None, next_at=None)
                | Q(next__isnull=False, next_at__isnull=False),
                name="article_next_has_revision_and_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("published_at")),
                name="article_expires_after_publication",
                violation_error_message=_("A story expires after it is published."),
            ),
        ]

    def get_absolute_url(self) -> str:
        """Return the story's path; "" before it has an address."""
        if not (self.day and self.slug):
            return ""
        return reverse("articles:story", args=[self.day, self.slug])

    def shown(self, at: datetime | None = None) -> Revision | None:
        """Return the revision readers get at ``at`` (aware; now if omitted)."""
        at = at or timezone.now()
        if self.next_at and self.next_at <= at:
            return self.next
        return self.live

    def is_live(self, at: datetime | None = None) -> bool:
        """Tell of this row what ``Article.objects.live(at)`` tells of all."""
        at = at or timezone.now()
        return bool(
            self.published_at
            and self.published_at <= at
            and not self.withdrawn_at
            and not (self.expires_at and self.expires_at <= at)
        )

    def was_seen(self, at: datetime | None = None) -> bool:
        """Tell whether readers could see the story at some time until ``at``."""
        until = self.withdrawn_at or at or timezone.now()
        return bool(self.published_at and self.published_at <= until)

    def state(self, at: datetime | None = None) -> str:
        """Return in a word what the story is to readers at ``at``, translated."""
        at = at or timezone.now()
        if self.withdrawn_at:
            return gettext("withdrawn")
        if not self.published_at:
            return gettext("draft")
        if self.published_at > at:
            return gettext("under embargo") if self.embargoed else gettext("scheduled")
        return gettext("live") if self.is_live(at) else gettext("expired")

    @property
    def language_code(self) -> str:
        """The story's language, or "" if it is the publication's."""
        return "" if self.language == settings.LANGUAGE_CODE else self.language

    @property
    def direction(self) -> str:
        """The direction of the story's script: "rtl" or "ltr"."""
        info = translation.get_language_info(self.language or settings.LANGUAGE_CODE)
        return "rtl" if info["bidi"] else "ltr"

    @cached_property
    def newest_revision(self) -> Revision | None:
        """The last snapshot of the working copy; None before the first save."""
        return self.revisions.order_by("-number").first()


class Revision(StoryContent):
    """An immutable snapshot of a story: what readers see, and all that it ever said."""

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="revisions", verbose_name=_("article")
    )
    number = models.PositiveIntegerField(_("number"))
    created_at = models.DateTimeField(_("saved"), default=timezone.now)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("saved by"),
    )
    note = models.CharField(_("internal note"), max_length=300, blank=True)
    # [{"role": "by", "author": 3} or {"role": "by", "guest": "A name"}, …]
    byline = models.JSONField(_("byline"), default=list)
    # [{"article": 5} or {"url": "https://…", "title": "…"}, …]
    related = models.JSONField(_("related links"), default=list)
    text = models.TextField(_("text"), editable=False)  # the body without its markup
    # Names of the fields that differ from the revision before; none for the first.
    changed = models.JSONField(_("changed"), default=list, editable=False)
    lead_image = models.ForeignKey(
        Image,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("lead image"),
    )

    objects = RevisionQuerySet.as_manager()

    references: models.Manager[Reference]

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="revision_one_per_number"
            )
        ]

    @property
    def what_changed(self) -> str:
        """Names of what differs from the revision before, in words."""
        fields = {field.name: field for field in self._meta.fields}
        names = (fields[name].verbose_name for name in self.changed if name in fields)
        return ", ".join(map(str, names))

    @property
    def reading_minutes(self) -> int:
        """Minutes that reading takes, at least one, at ``WORDS_A_MINUTE``."""
        return max(1, round(len(self.text.split()) / WORDS_A_MINUTE))
