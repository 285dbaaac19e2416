"""The familiar Discussion page, for the site, a section or one story."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Section
from comments import akismet
from comments.models import Discussion
from comments.rehearsal import rehearse
from comments.rules import WORD_LISTS, Rules, combined
from newsroom.admin.base import OfTheWholePaper, ReaderFacingAdmin
from newsroom.models import Event
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

YES_NO = [("true", _("yes")), ("false", _("no"))]
CHOICES = {
    "order": Discussion.Order.choices,
    "avatar": Discussion.Avatar.choices,
}


SCOPES: dict[str, type[Section | Article]] = {"section": Section, "article": Article}
TRIALS = [1000, 5000, 10_000]  # decided comments


class DiscussionForm(forms.ModelForm):
    """Every setting, with what holds where it is left empty.

    With the button “Try it” what was typed is checked, and not saved.
    """

    class Meta:
        model = Discussion
        fields = forms.ALL_FIELDS
        widgets = {
            name: forms.Textarea({"rows": 6, "class": "vLargeTextField"})
            for name in ("guidelines", "hold_words", "refuse_words")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:  # the field of suggestions fails on what is no number
            typed = {name: self.data.get(name, "") for name in SCOPES}
            odd = {name: "" for name, value in typed.items() if not _number(value)}
            self.data = {name: self.data[name] for name in self.data} | odd
        self.is_trial = "_try" in self.data
        wider = combined(self._wider())
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

    def _wider(self) -> Iterable[Discussion]:
        """Return the settings that hold where these say nothing."""
        if self._is_of_site():
            return []
        article = (
            self.instance.article
            or Article.objects.filter(pk=_number(self.initial.get("article"))).first()
        )
        of_section = Q(section=article.section_id) if article else Q()
        of_site = Q(section=None, article=None)
        return Discussion.objects.filter(of_site | of_section if article else of_site)

    @override
    def is_valid(self) -> bool:
        """Tell whether it can be saved: not while it is only tried."""
        return super().is_valid() and not self.is_trial

    def clean_akismet(self) -> bool | None:
        wanted = self.cleaned_data["akismet"]
        if wanted and not akismet.is_on():
            message = _("There is no AKISMET_KEY yet: whoever runs the site sets it.")
            raise forms.ValidationError(message)
        if wanted and "akismet" in self.changed_data and akismet.refuses_key():
            message = _("Akismet does not know this site’s AKISMET_KEY: correct it.")
            raise forms.ValidationError(message)
        return wanted

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


def _number(value: Any) -> int:
    typed = str(value)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


def _said(settings: Discussion) -> dict[str, Any]:
    """Return what ``settings`` say, by name, without what is as usual."""
    values = {field.name: getattr(settings, field.name) for field in fields(Rules)}
    return {name: value for name, value in values.items() if value not in (None, "")}


@admin.register(Discussion)
class DiscussionAdmin(OfTheWholePaper, ReaderFacingAdmin):
    """Settings left empty are those of the wider scope, and in the end the defaults."""

    recorded_by_acts = frozenset({"add", "change", "delete"})
    form = DiscussionForm
    list_display = ["__str__", "changes"]
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
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.of)
        name = "comments_discussion_of"
        return [path("of/<str:scope>/<int:pk>/", view, name=name), *super().get_urls()]

    def of(self, request: HttpRequest, scope: str, pk: int) -> HttpResponse:
        """Lead to the settings of one section or story, new if there are none."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if scope not in SCOPES or pk >= 2**63:
            raise Http404
        get_object_or_404(SCOPES[scope], pk=pk)
        found = Discussion.objects.filter(**{scope: pk}).first()
        if found:
            return redirect("admin:comments_discussion_change", found.pk)
        return redirect(
            f"{reverse('admin:comments_discussion_add')}?{urlencode({scope: pk})}"
        )

    @admin.display(description=_("what it changes"))
    def changes(self, settings: Discussion) -> str:
        said = []
        for name, value in _said(settings).items():
            label = Discussion._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            if name in WORD_LISTS:
                number = len(value.split("\n"))
                shown = ngettext("%(n)d line", "%(n)d lines", number) % {"n": number}
            elif isinstance(value, bool):
                shown = gettext("yes") if value else gettext("no")
            elif name in CHOICES:
                shown = str(dict(CHOICES[name])[value])
            else:
                shown = Truncator(value).words(6)
            said.append(f"{label}: {shown}")
        return "; ".join(said) or gettext("nothing: all is as usual")

    @override
    def save_model(
        self, request: HttpRequest, obj: Discussion, form: Any, change: bool
    ) -> None:
        """Save, and write down who changed what."""
        before = _said(Discussion.objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)
        after = _said(obj)
        if before != after:
            self._record(request, "change discussion", obj, before, after)

    @override
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record(request, "reset discussion", obj, _said(obj), {})
        super().delete_model(request, obj)

    @override
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for settings in queryset:
            self._record(request, "reset discussion", settings, _said(settings), {})
        super().delete_queryset(request, queryset)

    def _record(
        self,
        request: HttpRequest,
        act: str,
        settings: Discussion,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        names = {
            name
            for name in before.keys() | after.keys()
            if before.get(name) != after.get(name)
        }
        Event.objects.record(
            staff_of(request),
            act,
            settings,
            before={name: before.get(name) for name in sorted(names)},
            after={name: after.get(name) for name in sorted(names)},
        )

    @override
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show what the settings in the form would have done, if that was asked."""
        form = context["adminform"].form
        newest = _number(request.POST.get("newest"))
        context |= {"trials": TRIALS, "newest": newest}
        if getattr(form, "is_trial", False) and not form.errors:
            newest = newest if newest in TRIALS else TRIALS[0]
            context["rehearsal"] = rehearse(form.instance, newest=newest)
        return super().render_change_form(request, context, *args, **kwargs)

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Take the scope from the address, where it names one."""
        initial = super().get_changeform_initial_data(request)
        return {
            name: value
            for name, value in initial.items()
            if name not in SCOPES or _number(value)
        }

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
