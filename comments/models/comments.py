"""The talk under a story."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from comments.querysets import CommentQuerySet

from .threads import Thread

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
STEP = 6  # base-36 digits of one comment's number: two thousand million a thread


def new_status_key() -> str:
    """Return what proves to be a commenter: 128 random bits for an address."""
    return secrets.token_urlsafe(16)


class Comment(models.Model):
    """What one reader wrote under one article, and what became of it."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        APPROVED = "approved", _("approved")
        SPAM = "spam", _("spam")
        REMOVED = "removed", _("removed")
        WITHDRAWN = "withdrawn", _("withdrawn by its writer")

    class Mark(models.TextChoices):
        STAFF = "staff", _("Staff")
        AUTHOR = "author", _("Author of the story")

    class Fault(models.TextChoices):
        """Why a comment is not published, as its writer reads it."""

        OFF_TOPIC = "off topic", _("It is not about the story.")
        INSULT = "insult", _("It insults or threatens someone.")
        HATE = "hate", _("It is hateful towards a group of people.")
        PRIVATE = "private", _("It gives away something private.")
        FALSE = "false", _("It states as a fact what is false, and does harm.")
        SPAM = "spam", _("It was taken for advertising.")
        ILLEGAL = "illegal", _("It breaks the law.")
        REPEATED = "repeated", _("It repeats what was said.")
        OTHER = "other", _("It does not keep to the guidelines.")

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
    # Whether readers see it or its tombstone: a column, for the indexes of the pages.
    is_shown = models.GeneratedField(
        expression=Case(
            When(
                Q(state="approved") | Q(approved_replies__gt=0), then=Value(value=True)
            ),
            default=Value(value=False),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    state = models.CharField(
        _("state"), choices=State, default=State.PENDING, max_length=9
    )
    name = models.CharField(_("name"), max_length=245, blank=True)
    email = models.EmailField(_("email"), max_length=100, blank=True)
    website = models.URLField(_("website"), max_length=200, blank=True)
    source = models.TextField(_("comment"))
    html = models.TextField(editable=False)  # rendered and cleaned once, at writing
    verdicts = models.JSONField(_("why"), default=list, editable=False)
    # What screening made of it, whatever moderators decided since.
    screened_as = models.CharField(
        choices=State, max_length=9, blank=True, editable=False
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="comments",
        verbose_name=_("member of staff"),
    )
    mark = models.CharField(
        _("mark"), choices=Mark, max_length=6, blank=True, editable=False
    )
    recommended = models.PositiveIntegerField(
        _("recommended"), default=0, editable=False
    )
    picked_at = models.DateTimeField(_("editors’ pick"), null=True, editable=False)
    # Reports that no moderator has looked at yet.
    open_reports = models.PositiveIntegerField(_("reports"), default=0, editable=False)
    wants_mail = models.BooleanField(_("asked for mail"), default=False)
    edited_at = models.DateTimeField(_("edited"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    fault = models.CharField(_("fault"), choices=Fault, max_length=9, blank=True)
    word = models.CharField(_("a word to its writer"), max_length=500, blank=True)
    # What the spam learner was taught with it: spam, ham or nothing.
    learned_as = models.CharField(max_length=4, blank=True, editable=False)
    reader_hash = models.CharField(max_length=64, editable=False)
    network_key = models.CharField(max_length=32, editable=False)
    status_key = models.CharField(
        max_length=22, default=new_status_key, unique=True, editable=False
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now)

    # The keys of its network under this week's salt and the last; set by who posts it.
    network_keys: tuple[str, ...] = ()
    # Whether an answer to it has room; set by ``pages``, for it depends on the rules.
    takes_replies = False

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["thread", "depth", "is_shown", "number"],
                name="comment_roots_in_order",
            ),
            models.Index(
                fields=["root", "is_shown", "number"],
                name="comment_replies_as_they_came",
            ),
            models.Index(
                fields=["thread", "is_shown", "path"], name="comment_in_reading_order"
            ),
            models.Index(fields=["state", "-id"], name="comment_queue"),
            models.Index(fields=["created_at"], name="comment_by_time"),
            models.Index(fields=["email", "-created_at"], name="comment_by_email"),
            models.Index(
                fields=["reader_hash", "-created_at"], name="comment_by_reader"
            ),
            models.Index(
                fields=["thread", "depth", "is_shown", "-recommended", "number"],
                name="comment_most_recommended",
            ),
            models.Index(
                fields=["thread", "-picked_at"],
                condition=Q(picked_at__isnull=False),
                name="comment_picks",
            ),
            models.Index(
                fields=["-decided_at"],
                condition=Q(decided_at__isnull=False),
                name="comment_newest_decided",
            ),
            models.Index(
                fields=["-open_reports"],
                condition=Q(open_reports__gt=0),
                name="comment_reported",
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
    def statement(self) -> str:
        """The statement of reasons, if it was removed as illegal."""
        if self.fault != self.Fault.ILLEGAL:
            return ""
        upheld = self.illegal_notices.filter(state="upheld")
        return upheld.values_list("statement", flat=True).first() or ""

    @property
    def ancestor_paths(self) -> list[str]:
        """The paths of the comments it answers, from the root down to its parent."""
        return [self.path[: end * STEP] for end in range(1, self.depth + 1)]


class Wording(models.Model):
    """What a comment said before its writer changed it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="wordings")
    source = models.TextField(_("comment"))
    replaced_at = models.DateTimeField(_("replaced"), default=timezone.now)

    class Meta:
        verbose_name = _("earlier wording")
        verbose_name_plural = _("earlier wordings")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.source[:60]


def step(number: int) -> str:
    """Return ``number`` as one step of a path: base 36, of fixed width."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits.rjust(STEP, "0")
