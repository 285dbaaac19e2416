from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles import addresses, embeds, page_versions, publishing, unsaved, workflow
from articles.checks import checks_of
from articles.models import Article
from articles.permissions import may_publish
from articles.publishing import PublishingRefused
from newsroom.admin.base import ReaderFacingAdmin
from newsroom.models import Event, move_site_version
from newsroom.staff import staff_of

from . import calendar, corrections, notes, previews, revisions
from . import unsaved as unsaved_forms
from .conflicts import FACTS, WORK
from .corrections import CorrectionInline
from .forms import ArticleForm, PossibleKeys, to_come
from .lines import BylineInline, RelatedLinkInline
from .story_filters import AssigneeFilter, DueFilter, StateFilter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.forms import BaseFormSet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

# What readers are told of a change to a story they know.
PUBLISHED_AGAIN = ("note_kind", "note_text")
REMOVED_WORDS = ("removed_words", "withheld_because")
SHOWN_IN_FORM = 8  # revisions
BESIDE = "desk-side"  # fieldsets that stand beside the story where there is room
PUBLISHING = {"_publish", "_unschedule", "_withdraw"}  # the buttons


@admin.register(Article)
class ArticleAdmin(ReaderFacingAdmin):
    """Stories: written here, and published, scheduled and withdrawn."""

    form = ArticleForm
    recorded_by_acts = frozenset({"add", "change"})
    list_display = [
        "headline_or_none",
        "section",
        "state_and_stage",
        "assignee_name",
        "due_at",
        "published_at",
        "saved_at",
    ]
    list_filter = [
        StateFilter,
        "stage",
        AssigneeFilter,
        DueFilter,
        "section",
        "label",
        "published_at",
    ]
    list_select_related = ["section", "assignee"]
    search_fields = ["headline", "standfirst", "slug"]
    date_hierarchy = "published_at"
    show_full_result_count = False
    autocomplete_fields = ["lead_image", "tags"]
    radio_fields = {"stage": admin.HORIZONTAL}

    readonly_fields = ["publication", "checklist", "history"]
    inlines = [BylineInline, RelatedLinkInline, CorrectionInline]
    actions = ["publish_selected", "withdraw_selected"]
    save_on_top = True
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "headline",
                    "standfirst",
                    "body",
                    "lead_image",
                    "lead_caption",
                    ("label", "sponsor"),
                    "base",
                    "copy",
                ]
            },
        ),
        (
            gettext_lazy("Publishing"),
            {
                "fields": [
                    "publication",
                    "checklist",
                    "publish_at",
                    "embargo",
                    "expires",
                    *PUBLISHED_AGAIN,
                    *REMOVED_WORDS,
                    "withdrawal_note",
                ],
                "classes": [BESIDE],
            },
        ),
        (
            gettext_lazy("Work on the story"),
            {"fields": ["stage", "assignee", "due_at"], "classes": [BESIDE]},
        ),
        (
            gettext_lazy("Facts of the story"),
            {
                "fields": [
                    "section",
                    "tags",
                    "slug",
                    "language",
                    "comments_open",
                    "ratings_open",
                    "noindex",
                ],
                "classes": [BESIDE],
                "description": gettext_lazy(
                    "These take effect for readers as soon as the form is saved; what "
                    "the story says, when it is published."
                ),
            },
        ),
        (
            gettext_lazy("Search engines and sharing"),
            {
                "fields": [
                    "seo_headline",
                    "seo_description",
                    "social_headline",
                    "social_description",
                    "canonical_url",
                ],
                "classes": ["collapse"],
            },
        ),
        (gettext_lazy("Revisions"), {"fields": ["note", "history"]}),
    ]

    class Media:
        css = {"all": ["css/editor.css", "css/editor-longread.css"]}

    # --- What is shown ----------------------------------------------------------

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  # Django's
        **kwargs: Any,
    ) -> Any:
        """Offer “ready” to those alone who may publish, or where it is set."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.editor = staff_of(request)
        is_ready = obj and obj.stage == Article.Stage.READY
        if "stage" in form.base_fields and not (
            is_ready or self.has_publish_permission(request, obj)
        ):
            form.base_fields["stage"].choices = [
                choice for choice in Article.Stage.choices if choice[0] != "ready"
            ]
        return form

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the story, locked where it is about to be changed.

        What is saved is the whole row: another act may not come between. What refers
        to the story, as a vote does, may.
        """
        article = super().get_object(request, object_id, from_field)
        if article and request.method == "POST" and connection.in_atomic_block:
            stories = self.get_queryset(request)
            locked = stories.select_for_update(of=("self",), no_key=True)
            article.refresh_from_db(from_queryset=locked)
        return article

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["form_class"] = PossibleKeys
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        headline, keep = view(self.headline_of), view(unsaved_forms.keep)
        return [
            path("<int:pk>/headline/", headline, name="articles_article_headline"),
            path("at/", view(self.story_at), name="articles_article_at"),
            path("unsaved/", keep, name="articles_article_unsaved"),
            path(
                "<int:pk>/revisions/",
                view(revisions.listed),
                name="articles_article_revisions",
            ),
            path(
                "<int:pk>/revisions/compare/",
                view(revisions.compared),
                name="articles_article_compare",
            ),
            path("preview/", view(self.preview), name="articles_article_preview"),
            path(
                "<int:pk>/previews/",
                view(previews.links),
                name="articles_article_previews",
            ),
            path(
                "<int:pk>/previews/<int:link>/revoke/",
                view(previews.revoke),
                name="articles_article_revoke_preview",
            ),
            path("<int:pk>/notes/", view(notes.add), name="articles_article_notes"),
            path("calendar/", view(self.calendar), name="articles_article_calendar"),
            *super().get_urls(),
        ]

    def headline_of(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with a story's headline alone, for the editor's READ MORE lines."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        article = get_object_or_404(Article.objects.only("headline"), pk=pk)
        return HttpResponse(article.headline, content_type="text/plain")

    def story_at(self, request: HttpRequest) -> JsonResponse:
        """Answer what is at an address: a story of ours, or what a provider shows."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        address = request.GET.get("address", "")[:2000]
        article = addresses.stories_at([address]).get(address)
        if article:
            return JsonResponse({"id": article.pk, "headline": article.headline})
        embed = embeds.recognise(address)
        return JsonResponse({"provider": embed.provider} if embed else {})

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Show what was sent with the form as readers would get it; save nothing."""
        return previews.of_form(self, request)

    def calendar(self, request: HttpRequest) -> HttpResponse:
        """Show a month or a week of what is published, due and to come."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | calendar.context_of(request)
        return render(request, "admin/articles/article/calendar.html", context)

    @admin.display(description=gettext_lazy("headline"), ordering="headline")
    def headline_or_none(self, article: Article) -> str:
        return article.headline or _("(no headline)")

    @admin.display(description=gettext_lazy("assignee"), empty_value="–")
    def assignee_name(self, article: Article) -> str | None:
        return article.assignee.name if article.assignee else None

    @admin.display(description=gettext_lazy("state"))
    def state_and_stage(self, article: Article) -> str:
        """Say what the story is to readers, and how far the desk is if it works on it."""
        settled = Article.Stage.READY if article.published_at else Article.Stage.DRAFT
        if article.stage == settled:
            return article.state()
        return f"{article.state()}, {article.get_stage_display()}"

    @admin.display(description=gettext_lazy("readers see"))
    def publication(self, article: Article) -> SafeString | str:
        """Say in a sentence what readers get of the story, and what is to come."""
        if not article.pk or not article.published_at:
            return _("Nothing yet: this is a draft.")
        shown, newest = article.shown(), article.newest_revision
        parts = [
            f"{article.state()}, {date_format(_local(article.published_at), 'DATETIME_FORMAT')}"
        ]
        if shown and newest and shown.number != newest.number:
            parts.append(
                _("Readers have revision %(shown)d; the working copy is at %(newest)d.")
                % {"shown": shown.number, "newest": newest.number}
            )
        if article.next_at and article.next_at > timezone.now():
            parts.append(
                _("It changes at %(time)s.")
                % {"time": date_format(_local(article.next_at), "DATETIME_FORMAT")}
            )
        return format_html_join("; ", "{}", ((part,) for part in parts))

    @admin.display(description=gettext_lazy("before publishing"))
    def checklist(self, article: Article) -> SafeString | str:
        """List what was looked at in the saved working copy, and what was found."""
        if not article.pk:
            return _("Save first: what is saved is looked at.")
        context = {"checks": checks_of(article)}
        return render_to_string("admin/articles/article/_checks.html", context)

    @admin.display(description=gettext_lazy("revisions"))
    def history(self, article: Article) -> SafeString | str:
        """List the newest revisions: who, when, what changed, each with its comparison."""
        if not article.pk:
            return "–"
        newest = list(revisions.of(article)[:SHOWN_IN_FORM])
        context = {"revisions": newest, "original": article}
        return render_to_string("admin/articles/article/_revisions.html", context)

    def view_on_site(self, article: Article) -> str | None:
        """Return the story's address while readers can open it."""
        return article.get_absolute_url() if article.is_live() else None

    # --- Who may do what --------------------------------------------------------

    def has_publish_permission(
        self, request: HttpRequest, obj: Article | None = None
    ) -> bool:
        """Tell whether they may publish ``obj``; without it, whether any story."""
        user = staff_of(request)
        return may_publish(user, obj.section_id) if obj else may_publish(user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep what was ever published: it is withdrawn, with its votes and comments.

        And the drafts of other sections from an editor of some.
        """
        if obj and (obj.published_at or self._is_elsewhere(request, obj)):
            return False
        return super().has_delete_permission(request, obj)

    def _is_elsewhere(self, request: HttpRequest, article: Article) -> bool:
        user = staff_of(request)
        return may_publish(user) and not may_publish(user, article.section_id)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Let a draft go with its revisions, and keep what was ever published."""
        deleted, counts, _needed, protected = super().get_deleted_objects(objs, request)
        protected += [
            str(article)
            for article in objs
            if not self.has_delete_permission(request, article)
        ]
        return deleted, counts, set(), protected

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the facts of a story that readers know from those who cannot publish."""
        fields = list(super().get_readonly_fields(request, obj))
        if obj and obj.published_at and not self.has_publish_permission(request, obj):
            fields += FACTS
        return fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out what is not to be asked: of whom cannot publish, or not yet."""
        hidden: set[str] = set()
        if not self.has_publish_permission(request, obj):
            hidden = {"publish_at", "embargo", "expires"}
            hidden |= {*PUBLISHED_AGAIN, *REMOVED_WORDS, "withdrawal_note"}
        elif not (obj and obj.published_at):
            hidden = {*PUBLISHED_AGAIN, *REMOVED_WORDS, "withdrawal_note"}
        if not self.has_change_permission(request, obj):
            hidden |= {"base", "copy", "note"}
        if obj and obj.was_seen():
            hidden.add("embargo")
        return [
            (name, {**one, "fields": [f for f in one["fields"] if f not in hidden]})
            for name, one in super().get_fieldsets(request, obj)
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        article: Any = kwargs.get("obj")
        can_publish = self.has_publish_permission(request, article)
        was_seen = bool(article and article.was_seen())
        context |= {
            "notes": notes.notes_of(article) if article else [],
            "note_form": notes.NoteForm(),
            "can_publish": can_publish,
            "is_published": was_seen,
            "can_withdraw": can_publish and was_seen and article.is_live(),
            "can_unschedule": can_publish and bool(article and to_come(article)),
            "can_submit": not can_publish
            and (article is None or article.stage == Article.Stage.DRAFT),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    # --- What saving does -------------------------------------------------------

    @override
    def save_model(
        self, request: HttpRequest, obj: Article, form: ArticleForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if "slug" in form.changed_data and obj.was_seen():
            publishing.change_slug(
                obj, editor=staff_of(request), old_path=form.old_path
            )

    @override
    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Iterable[BaseFormSet],
        change: bool,
    ) -> None:
        # Not the base class's: a draft that was saved changes no page.
        formsets = list(formsets)
        admin.ModelAdmin.save_related(self, request, form, formsets, change)
        article, editor = form.instance, staff_of(request)
        newest = article.newest_revision
        revision = publishing.save_working_copy(
            article, editor=editor, note=form.cleaned_data.get("note", "")
        )
        if (
            change
            and revision != newest
            and not may_publish(editor, article.section_id)
        ):
            workflow.reopen(article)
        if key := form.cleaned_data.get("copy"):
            unsaved.settle(key, editor=editor, article=article)
        work = [name for name in WORK if name in form.changed_data]
        if work or "_review" in request.POST:
            workflow.hand_over(
                article,
                editor=editor,
                before={name: form.initial.get(name) for name in WORK},
                submit="_review" in request.POST,
            )
        self._act(request, form)
        corrections.record(formsets, editor=editor)
        facts = [name for name in FACTS if name in form.changed_data]
        if facts and change:
            Event.objects.record(
                staff_of(request),
                "change facts",
                article,
                before={name: str(form.initial.get(name)) for name in facts},
                after={name: str(form.cleaned_data[name]) for name in facts},
            )
        if facts:
            page_versions.move(article)
            move_site_version()

    def _act(self, request: HttpRequest, form: ArticleForm) -> None:
        article = form.instance
        sections = form.initial.get("section"), article.section_id
        if not may_publish(staff_of(request), *sections):
            if PUBLISHING & set(request.POST):
                said = _("Saved, but not published: that section is not one of yours.")
                messages.error(request, said)
            return
        try:
            with transaction.atomic():  # all that was asked for, or nothing of it
                acted = self._publish(request, form)
        except PublishingRefused as refusal:
            said = _("Saved, but not published. ")
            if "_unschedule" in request.POST:
                said = _("Saved, but the schedule is not cancelled. ")
            for reason in refusal.reasons:
                messages.error(request, said + reason)
        else:
            if acted:
                self._say_what_readers_get(request, acted)

    def _publish(self, request: HttpRequest, form: ArticleForm) -> Article | None:
        """Do what the pressed button says; return the story if readers notice."""
        article, editor, chosen = form.instance, staff_of(request), form.cleaned_data
        acted = None
        is_touched = "embargo" in form.changed_data
        is_held = article.embargoed and not article.was_seen()
        if is_touched and is_held and not chosen.get("embargo"):
            article = publishing.lift_embargo(article, editor=editor)
        if "expires" in form.changed_data:
            at = chosen.get("expires")
            article = acted = publishing.expire(article, editor=editor, at=at)
        if "_publish" in request.POST:
            told: Any = {
                "note_to_readers": form.note_to_readers,
                "withhold_because": form.withhold_because,
            }
            if at := chosen.get("publish_at"):
                acted = publishing.schedule(article, editor=editor, at=at, **told)
            else:
                acted = publishing.publish(article, editor=editor, **told)
        elif "_unschedule" in request.POST:
            acted = publishing.unschedule(article, editor=editor)
        elif "_withdraw" in request.POST:
            reason = chosen.get("withdrawal_note", "")
            acted = publishing.withdraw(article, editor=editor, reason=reason)
        article = acted or article
        if is_touched and chosen.get("embargo") and not article.embargoed:
            acted = publishing.embargo(article, editor=editor)
        return acted

    def _say_what_readers_get(self, request: HttpRequest, article: Article) -> None:
        if article.withdrawn_at:
            said = _("It is withdrawn: readers no longer see it.")
        elif not article.published_at:
            said = _("Nothing is scheduled any more: it is a draft.")
        elif article.next_at:
            said = _("The change will be published: %(when)s") % {
                "when": date_format(_local(article.next_at), "DATETIME_FORMAT")
            }
        elif article.is_live():
            said = format_html(
                '{} <a href="{}">{}</a>',
                _("Readers can see it:"),
                article.get_absolute_url(),
                article,
            )
        elif article.published_at:
            said = _("It will be published: %(when)s") % {
                "when": date_format(_local(article.published_at), "DATETIME_FORMAT")
            }
        messages.success(request, said)

    def response_add(self, request: HttpRequest, obj: Article, *args: Any) -> Any:
        return self._response(request, obj) or super().response_add(request, obj, *args)

    def response_change(self, request: HttpRequest, obj: Article) -> Any:
        return self._response(request, obj) or super().response_change(request, obj)

    def _response(self, request: HttpRequest, article: Article) -> HttpResponse | None:
        if not PUBLISHING & set(request.POST):
            return None
        return HttpResponseRedirect(
            reverse("admin:articles_article_change", args=[article.pk])
        )

    # --- Acts on many -----------------------------------------------------------

    @admin.action(
        description=gettext_lazy("Publish selected stories"), permissions=["publish"]
    )
    def publish_selected(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> None:
        done = 0
        for article in queryset:
            if not self.has_publish_permission(request, article):
                messages.error(
                    request,
                    _("%(story)s: not in one of your sections.") % {"story": article},
                )
                continue
            if article.is_live() or (article.was_seen() and _is_changed(article)):
                messages.warning(
                    request,
                    _(
                        "%(story)s: readers know it already. Publish its changes in its "
                        "form, which asks what they are told."
                    )
                    % {"story": article},
                )
                continue
            try:
                publishing.publish(article, editor=staff_of(request))
            except PublishingRefused as refusal:
                messages.error(request, f"{article}: {refusal}")
            else:
                done += 1
        if done:
            said = ngettext("%d story is published.", "%d stories are published.", done)
            messages.success(request, said % done)

    @admin.action(
        description=gettext_lazy("Withdraw selected stories"), permissions=["publish"]
    )
    def withdraw_selected(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> None:
        done = 0
        for article in queryset.filter(published_at__isnull=False, withdrawn_at=None):
            if not self.has_publish_permission(request, article):
                messages.error(
                    request,
                    _("%(story)s: not in one of your sections.") % {"story": article},
                )
                continue
            publishing.withdraw(article, editor=staff_of(request))
            done += 1
        if done:
            said = ngettext("%d story is withdrawn.", "%d stories are withdrawn.", done)
            messages.success(request, said % done)


def _is_changed(article: Article) -> bool:
    return article.shown() != article.newest_revision


def _local(at: Any) -> Any:
    return timezone.localtime(at)
