"""The familiar Discussion page, for the site, a section or one story."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from comments.models import Discussion
from comments.rules import Rules, combined
from newsroom.admin.base import ReaderFacingAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest

YES_NO = [("true", _("yes")), ("false", _("no"))]
CHOICES = {
    "order": Discussion.Order.choices,
    "avatar": Discussion.Avatar.choices,
}


class DiscussionForm(forms.ModelForm):
    """Every setting, with what holds where it is left empty."""

    class Meta:
        model = Discussion
        fields = forms.ALL_FIELDS
        widgets = {
            name: forms.Textarea({"rows": 6, "class": "vLargeTextField"})
            for name in ("guidelines", "hold_words", "refuse_words")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wider = Rules() if self._is_of_site() else combined(_site())
        for name, value in asdict(wider).items():
            field = self.fields.get(name)
            if isinstance(field, forms.NullBooleanField):
                _offer(field, YES_NO, unset="unknown", usual=str(value).lower())
            elif isinstance(field, forms.TypedChoiceField):
                _offer(field, CHOICES[name], unset="", usual=value)
            elif isinstance(field, forms.IntegerField):
                field.widget.attrs["placeholder"] = value

    def _is_of_site(self) -> bool:
        one = self.instance
        return bool(one.pk) and not (one.section_id or one.article_id)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.pk and not (
            cleaned.get("section") or cleaned.get("article")
        ):
            self.add_error(
                "section",
                _("Choose a section or a story; the whole site has its own settings."),
            )
        return cleaned


def _offer(field: Any, choices: Any, *, unset: str, usual: str) -> None:
    said = _("as usual: %(value)s") % {"value": dict(choices)[usual]}
    field.widget.choices = [(unset, said), *choices]


def _site() -> Any:
    return Discussion.objects.filter(section=None, article=None)


@admin.register(Discussion)
class DiscussionAdmin(ReaderFacingAdmin):
    """Settings left empty are those of the wider scope, and in the end the defaults."""

    form = DiscussionForm
    list_display = ["__str__"]
    list_select_related = ["section", "article"]
    autocomplete_fields = ["article"]
    search_fields = ["section__name", "article__headline"]
    view_on_site = False
    fieldsets = [
        (None, {"fields": ["section", "article"]}),
        (
            _("Who may comment, and how long"),
            {
                "fields": [
                    "comments_open",
                    "close_after_days",
                    "name_and_email_required",
                    "staff_only",
                    "consent_box",
                    "edit_minutes",
                    "guidelines",
                ]
            },
        ),
        (
            _("How comments are shown"),
            {
                "fields": [
                    "levels",
                    "roots_a_page",
                    "order",
                    "avatars",
                    "avatar",
                    "recommendations",
                ]
            },
        ),
        (
            _("What waits for a moderator, and what is refused"),
            {
                "fields": [
                    "hold_all",
                    "hold_unknown",
                    "links_held",
                    "hold_words",
                    "refuse_words",
                    "words_inside",
                    "flood_seconds",
                    "learner_holds",
                    "learner_percent",
                    "akismet",
                ]
            },
        ),
        (
            _("When a discussion gets heated"),
            {
                "fields": [
                    "reports_held",
                    "slow_after",
                    "slow_minutes",
                    "slow_lasts_minutes",
                ]
            },
        ),
        (_("Mail"), {"fields": ["mail_author", "mail_held"]}),
    ]

    @override
    def get_fieldsets(self, request: HttpRequest, obj: Discussion | None = None) -> Any:
        """Leave the scope out where it is the site, which has no other."""
        sets = super().get_fieldsets(request, obj)
        is_of_site = obj and not (obj.section_id or obj.article_id)
        return sets[1:] if is_of_site else sets

    @override
    def get_readonly_fields(
        self, request: HttpRequest, obj: Discussion | None = None
    ) -> Any:
        return ["section", "article"] if obj else []

    @override
    def has_delete_permission(
        self, request: HttpRequest, obj: Discussion | None = None
    ) -> bool:
        if obj and not (obj.section_id or obj.article_id):
            return False
        return super().has_delete_permission(request, obj)
