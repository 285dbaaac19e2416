from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Page(models.Model):
    """A page of the paper about itself: how it works, who pays for it, what it promises."""

    class Kind(models.TextChoices):
        PRINCIPLES = "principles", _("publishing principles")
        ETHICS = "ethics", _("ethics policy")
        CORRECTIONS = "corrections", _("corrections policy")
        VERIFICATION = "verification", _("verification and fact-checking policy")
        SOURCES = "sources", _("policy on unnamed sources")
        NO_BYLINES = "no-bylines", _("policy on stories without a byline")
        FEEDBACK = "feedback", _("policy on readers' feedback")
        DIVERSITY = "diversity", _("diversity policy")
        STAFFING = "staffing", _("report on the diversity of the staff")
        MISSION = "mission", _("mission and priorities of coverage")
        OWNERSHIP = "ownership", _("ownership and funding")
        MASTHEAD = "masthead", _("masthead")
        PRIVACY = "privacy", _("privacy")
        ACCESSIBILITY = "accessibility", _("accessibility statement")
        IMPRINT = "imprint", _("imprint")
        OTHER = "other", _("another page")

    kind = models.CharField(
        _("kind"),
        choices=Kind,
        default=Kind.OTHER,
        max_length=13,
        help_text=_("Search engines are told of policies by their kind."),
    )
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(
        _("slug"),
        max_length=60,
        unique=True,
        allow_unicode=True,
        help_text=_("The last part of the address, as in “privacy”."),
    )
    body = models.TextField(_("body"), blank=True)
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("Lower numbers stand first at the foot of every page."),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=~Q(kind="other"),
                name="page_one_of_each_kind",
                violation_error_message=_(
                    "There is a page of this kind: edit that one, or choose another kind."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("articles:page", args=[self.slug])
