"""The talk under a story."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from comments.querysets import CommentQuerySet

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
STEP = 6  # base-36 digits of one comment's number: two thousand million a thread


def new_status_key() -> str:
    """Return what proves to be a commenter: 128 random bits for an address."""
    return secrets.token_urlsafe(16)


class Thread(models.Model):
    """All comments on one article: whether it takes more, and how many there are."""

    article = models.OneToOneField(
        Article,
        models.CASCADE,
        primary_key=True,
        related_name="thread",
        verbose_name=_("article"),
    )
    closed = models.BooleanField(
        _("closed"),
        default=False,
        help_text=_("Readers see the comments and can write none."),
    )
    last_number = models.PositiveIntegerField(default=0, editable=False)
    approved = models.PositiveIntegerField(_("approved"), default=0, editable=False)
    pending = models.PositiveIntegerField(_("pending"), default=0, editable=False)

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        permissions = [("moderate_thread", "Can decide on comments")]

    def __str__(self) -> str:
        return str(self.article)

    @property
    def is_open(self) -> bool:
        """Whether readers may write here: the desk and the moderators both say so."""
        return self.article.comments_open and not self.closed


class Comment(models.Model):
    """What one reader wrote under one article, and what became of it."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        APPROVED = "approved", _("approved")
        SPAM = "spam", _("spam")
        REMOVED = "removed", _("removed")

    thread = models.ForeignKey(
        Thread, models.CASCADE, related_name="comments", verbose_name=_("thread")
    )
    number = models.PositiveIntegerField(_("number"), editable=False)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="replies",
        verbose_name=_("in reply to"),
    )
    root = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="branch"
    )
    # The numbers from the root down, so that sorting by it is reading order.
    path = models.CharField(max_length=10 * STEP, editable=False)
    depth = models.PositiveSmallIntegerField(editable=False)  # 0: answers the story
    approved_replies = models.PositiveIntegerField(default=0, editable=False)

    state = models.CharField(
        _("state"), choices=State, default=State.PENDING, max_length=8
    )
    name = models.CharField(_("name"), max_length=245)
    email = models.EmailField(_("email"), max_length=100)
    website = models.URLField(_("website"), max_length=200, blank=True)
    source = models.TextField(_("comment"))
    html = models.TextField(editable=False)  # rendered and cleaned once, at writing
    verdicts = models.JSONField(_("why"), default=list, editable=False)
    reader_hash = models.CharField(max_length=64, editable=False)
    network_key = models.CharField(max_length=32, editable=False)
    status_key = models.CharField(
        max_length=22, default=new_status_key, unique=True, editable=False
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["thread", "depth", "number"], name="comment_roots_in_order"
            ),
            models.Index(
                fields=["root", "number"], name="comment_replies_as_they_came"
            ),
            models.Index(fields=["state", "-id"], name="comment_queue"),
            models.Index(fields=["email", "-created_at"], name="comment_by_email"),
            models.Index(
                fields=["reader_hash", "-created_at"], name="comment_by_reader"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "number"], name="comment_one_per_number"
            ),
            models.UniqueConstraint(
                fields=["thread", "path"], name="comment_one_per_path"
            ),
            models.CheckConstraint(
                condition=Q(depth=0, parent=None, root=None)
                | Q(depth__range=(1, 9), parent__isnull=False, root__isnull=False),
                name="comment_depth_agrees_with_parent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.source[:60]}"

    def get_absolute_url(self) -> str:
        """Return the permanent address, which leads to the page that holds it."""
        return reverse("comments:comment", args=[self.pk])

    @property
    def rendered(self) -> SafeString:
        """The comment as readers get it."""
        return mark_safe(self.html)  # noqa: S308  # cleaned by ``text.render``

    @property
    def is_approved(self) -> bool:
        """Whether readers see its words; a visible one without is a tombstone."""
        return self.state == self.State.APPROVED

    @property
    def takes_replies(self) -> bool:
        """Whether an answer to it has room, and words to answer."""
        return self.is_approved and self.depth + 1 < settings.COMMENT_MAX_DEPTH

    @property
    def ancestor_paths(self) -> list[str]:
        """The paths of the comments it answers, from the root down to its parent."""
        return [self.path[: end * STEP] for end in range(1, self.depth + 1)]


def step(number: int) -> str:
    """Return ``number`` as one step of a path: base 36, of fixed width."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits.rjust(STEP, "0")
