"""Previews: of what the form holds, at the desk; of one revision, for readers outside."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from articles import body, preview_links, publishing
from articles.models import Article, Byline, Correction, RelatedLink, Revision
from articles.story_page import StoryPage, gather
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.forms import BaseFormSet

    from .forms import ArticleForm

DAYS = (1, 3, 7, 14, 30)
_SCRIPT = re.compile(r"<script[^>]* src=[^>]*></script>")


def of_form(options: Any, request: HttpRequest) -> HttpResponse:
    """Answer with the page that the sent form would make, phone and desktop wide.

    ``options`` is the stories' ``ModelAdmin``. Nothing is saved, and what is wrong in
    fields that the page does not need is no matter. A GET comes from whose session was
    over: they had to sign in first, and what they sent is in the form alone.
    """
    if request.method != "POST":
        said = _(
            "You are signed in again. Close this tab and press “Preview” once more."
        )
        return render(request, "admin/articles/article/preview.html", {"wrong": [said]})
    number = request.GET.get("article", "")
    article = options.get_object(request, number) if number.isdecimal() else None
    may = (
        options.has_view_or_change_permission(request, article)
        if article
        else options.has_add_permission(request)
    )
    if not may:
        raise PermissionDenied
    with transaction.atomic():
        form = options.get_form(request, article, change=bool(article))(
            request.POST, instance=article
        )
        form.is_valid()
        formsets, _inlines = options._create_formsets(
            request, form.instance, change=bool(article)
        )
        for formset in formsets:
            formset.is_valid()
    wrong = form.errors.get("body") or form.errors.get("lead_image")
    context: dict[str, Any] = {"wrong": wrong, "headline": form.data.get("headline")}
    if not wrong:
        context["page"] = _rendered(request, form, formsets)
    return render(request, "admin/articles/article/preview.html", context)


def _rendered(
    request: HttpRequest, form: ArticleForm, formsets: Sequence[BaseFormSet]
) -> str:
    article = form.instance
    lines = {
        Byline: _lines(formsets, Byline),
        RelatedLink: _lines(formsets, RelatedLink),
    }
    revision = Revision(
        article=article,
        text=body.text_of(article.body),
        **publishing.snapshot(article, lines[Byline], lines[RelatedLink]),
    )
    now = timezone.now()
    _date(article, form.cleaned_data.get("publish_at") or now)
    story = gather(article, revision, now)
    if "tags" in form.cleaned_data:
        story = replace(story, tags=list(form.cleaned_data["tags"]))
    story = _with_note(story, form.note_to_readers, at=now)
    context = {"story": story, "article": article, "preview": {"of": "form"}}
    page = render_to_string("articles/article.html", context, request)
    return _SCRIPT.sub("", page)  # none would run there, and the console would say so


def _with_note(story: StoryPage, note: Correction | None, *, at: datetime) -> StoryPage:
    """Return ``story`` with what the form tells readers of the change, if anything."""
    if note is None or not note.text:
        return story
    note.published_at = at
    if note.kind == Correction.Kind.RETRACTION:
        return replace(story, updated_at=at, retraction=note)
    if note.stands_above:
        notes = [*story.corrections_above, note]
        return replace(story, updated_at=at, corrections_above=notes)
    notes = [*story.corrections_below, note]
    return replace(story, updated_at=at, corrections_below=notes)


def _lines(formsets: Sequence[BaseFormSet], model: type) -> list[Any]:
    """Return the lines that a save would leave, in their order."""
    lines = [
        form.instance
        for formset in formsets
        if formset.model is model  # type: ignore[attr-defined]
        for form in formset.forms
        if form.is_valid()
        and form.has_changed() | bool(form.instance.pk)
        and not form.cleaned_data.get("DELETE")
    ]
    return sorted(lines, key=lambda line: line.position or 0)


def _date(article: Article, at: datetime) -> None:
    """Give a story that was never published what a published one has, for the page."""
    if not article.published_at:
        article.published_at = at
        article.day = timezone.localdate(at)
        article.slug = article.slug or "preview"


class LinkForm(forms.Form):
    """For whom a preview is, and for how long."""

    reader = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=100,
        help_text=gettext_lazy(
            "As in “Dr. Brandt, solicitor”. They see it on the page."
        ),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Open for"),
        coerce=int,
        initial=7,
        choices=lambda: [
            (days, ngettext("%d day", "%d days", days) % days) for days in DAYS
        ],
    )


def links(request: HttpRequest, pk: int) -> HttpResponse:
    """List the preview links of a story; a POST makes one to its newest revision."""
    article = _changeable(request, pk)
    newest = article.newest_revision
    if newest is None:
        raise Http404
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _link, address = preview_links.make(
            newest,
            reader=form.cleaned_data["reader"],
            open_for=timedelta(days=form.cleaned_data["days"]),
            editor=staff_of(request),
        )
        said = format_html(
            '{} <input class="preview-address" readonly value="{}" aria-label="{}">',
            _("Copy this address now; it is not shown again:"),
            address,
            _("Address"),
        )
        messages.success(request, said)
        return HttpResponseRedirect(request.path)
    context = admin.site.each_context(request) | {
        "title": _("Preview links"),
        "original": article,
        "opts": Article._meta,
        "form": form,
        "newest": newest,
        "links": preview_links.of(article),
    }
    status = 422 if form.errors else 200
    return render(
        request, "admin/articles/article/previews.html", context, status=status
    )


@require_POST
def revoke(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Shut one link."""
    article = _changeable(request, pk)
    found = get_object_or_404(article.preview_links, pk=link)
    preview_links.revoke(found, editor=staff_of(request))
    messages.success(request, _("The address opens nothing any more."))
    return HttpResponseRedirect(reverse("admin:articles_article_previews", args=[pk]))


def _changeable(request: HttpRequest, pk: int) -> Article:
    if not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    return get_object_or_404(Article, pk=pk)
