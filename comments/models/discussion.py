from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Section

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _yes_or_no(
    label: StrOrPromise, help_text: StrOrPromise = ""
) -> models.BooleanField:
    return models.BooleanField(label, null=True, blank=True, help_text=help_text)


def _number(
    label: StrOrPromise, least: int, most: int, help_text: StrOrPromise = ""
) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        validators=[MinValueValidator(least), MaxValueValidator(most)],
        help_text=help_text,
    )


class Discussion(models.Model):
    """What is asked of comments: on the whole site, in one section, or on one story.

    A setting left empty is that of the next wider scope; on the site, the default
    that ``comments.rules.Rules`` names.
    """

    class Order(models.TextChoices):
        OLDEST = "oldest", _("oldest first")
        NEWEST = "newest", _("newest first")
        RECOMMENDED = "recommended", _("most recommended first")

    class Avatar(models.TextChoices):
        INITIALS = "initials", _("the name’s initials")
        PATTERN = "pattern", _("a pattern")
        NOBODY = "nobody", _("mystery person")

    section = models.OneToOneField(
        Section,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="discussion",
        verbose_name=_("section"),
    )
    article = models.OneToOneField(
        Article,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="discussion",
        verbose_name=_("story"),
    )

    comments_open = _yes_or_no(
        _("readers may comment"),
        _("Where this is “no”, a story can still say “yes” for itself."),
    )
    close_after_days = _number(
        _("close comments after so many days"),
        0,
        3650,
        _("Counted from the publication of the story, as in 14. 0: never."),
    )
    staff_only = _yes_or_no(
        _("only people with an account may comment"),
        _("They are your staff, and write in the moderation queue."),
    )
    name_and_email_required = _yes_or_no(_("name and email are required"))
    consent_box = _yes_or_no(
        _("offer to remember name, email and website"),
        _("In the reader’s own browser; nothing of it comes here."),
    )
    guidelines = models.TextField(
        _("community guidelines"),
        blank=True,
        help_text=_(
            "Stand above the form. *Emphasis*, lists and links as in comments."
        ),
    )

    levels = _number(
        _("levels of replies"), 1, 10, _("1: no replies, only comments on the story.")
    )
    roots_a_page = _number(
        _("comments on a page"),
        5,
        50,
        _("Counted without replies; 50 at most, so that a page stays light."),
    )
    order = models.CharField(_("order"), choices=Order, max_length=11, blank=True)
    avatars = _yes_or_no(_("show avatars"), _("Drawn here: no one else is asked."))
    avatar = models.CharField(_("drawn as"), choices=Avatar, max_length=8, blank=True)
    recommendations = _yes_or_no(_("readers may recommend comments"))

    hold_all = _yes_or_no(
        _("hold every comment"), _("Nothing stands there before a moderator read it.")
    )
    hold_unknown = _yes_or_no(
        _("hold comments by people of whom none was approved yet"),
    )
    links_held = _number(
        _("hold comments with so many links"), 0, 100, _("0: no limit.")
    )
    hold_words = models.TextField(
        _("hold comments with these words"),
        blank=True,
        help_text=_(
            "One word or phrase a line. They are looked for in the comment, name, "
            "email and website. Those of the section and the site hold as well."
        ),
    )
    refuse_words = models.TextField(
        _("refuse comments with these words"),
        blank=True,
        help_text=_("The same; the writer is told, and you find it under “removed”."),
    )
    words_inside = _yes_or_no(
        _("find these words inside other words"),
        _("“ass” would then hold “class” and “Passau”."),
    )
    flood_seconds = _number(_("seconds between two comments by one person"), 0, 3600)
    learner_holds = _yes_or_no(
        _("hold what the spam learner takes for spam"),
        _("It learns from your own decisions here, and never refuses."),
    )
    learner_percent = _number(
        _("from this score on"), 50, 100, _("In percent: 95 holds what is almost sure.")
    )
    akismet = _yes_or_no(
        _("ask Akismet"),
        _("Sends each comment and its writer’s address to Akismet; needs AKISMET_KEY."),
    )

    edit_minutes = _number(
        _("minutes in which one’s own comment can be changed"), 0, 1440
    )
    reports_held = _number(
        _("hold a comment after so many reports"), 0, 1000, _("0: never.")
    )
    slow_after = _number(
        _("slow down after so many reports and refusals in an hour"),
        0,
        1000,
        _("On one story. 0: never."),
    )
    slow_minutes = _number(
        _("minutes between two comments by one person, when slow"), 1, 240
    )
    slow_lasts_minutes = _number(_("minutes after which that ends"), 5, 1440)

    mail_author = _yes_or_no(
        _("mail the authors of a story about each comment"),
        _("Those who have an account with an email address."),
    )
    mail_held = _yes_or_no(
        _("mail moderators about comments that are held"),
        _("Each as they chose for themselves."),
    )

    class Meta:
        verbose_name = _("discussion settings")
        verbose_name_plural = _("discussion settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(section=None) | Q(article=None),
                name="discussion_of_section_or_story",
                violation_error_message=_("Choose a section or a story, not both."),
            ),
            models.UniqueConstraint(
                Coalesce("section", 0),
                Coalesce("article", 0),
                name="discussion_one_per_scope",
                violation_error_message=_("These settings are there: edit those."),
            ),
        ]

    def __str__(self) -> str:
        if self.section:
            return f"{_('Section')}: {self.section}"
        if self.article:
            return f"{_('Story')}: {self.article}"
        return str(_("The whole site"))
