"""Revisions at the desk: listed, read, compared word by word, and restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from articles import publishing, workflow
from articles.comparison import compare
from articles.models import Article, Revision
from articles.permissions import may_publish
from articles.story_page import gather
from newsroom.admin.base import ReadOnly
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

A_PAGE = 50  # revisions


def of(article: Article) -> QuerySet[Revision]:
    """Return what a list shows of the story's revisions, newest first."""
    revisions = article.revisions.select_related("editor").order_by("-number")
    return revisions.only(
        "number", "created_at", "note", "changed", "article", "editor"
    )


@require_safe
def listed(request: HttpRequest, pk: int) -> HttpResponse:
    """List all revisions of a story, any two of which can be chosen to compare."""
    article = _viewable(request, pk)
    page = Paginator(of(article), A_PAGE).get_page(request.GET.get("page"))
    context = _context(request, article) | {
        "page": page,
        "revisions": page.object_list,
        "title": _("Revisions"),
        "shown": article.shown(),
    }
    return render(request, "admin/articles/article/revisions.html", context)


@require_safe
def compared(request: HttpRequest, pk: int) -> HttpResponse:
    """Show two revisions, ``?old=3&new=7`` by number, side by side, word by word.

    Without ``old`` it is the one before; without ``new`` the newest.
    """
    article = _viewable(request, pk)
    revisions = article.revisions.select_related("editor").order_by("-number")
    if number := request.GET.get("new"):
        new = revisions.filter(number=_number(number)).first()
    else:
        new = revisions.first()
    if new is None:
        raise Http404
    if number := request.GET.get("old"):
        old = revisions.filter(number=_number(number)).first()
    else:
        old = revisions.filter(number__lt=new.number).first()
    if old is None:
        raise Http404
    if old.number > new.number:
        old, new = new, old
    context = _context(request, article) | {
        "title": _("Revision %(new)d beside revision %(old)d")
        % {"new": new.number, "old": old.number},
        "old": old,
        "new": new,
        "comparison": compare(old, new),
        "old_name": _("Revision %(number)d") % {"number": old.number},
        "new_name": _("Revision %(number)d") % {"number": new.number},
        "may_restore": request.user.has_perm("articles.change_article"),
    }
    return render(request, "admin/articles/article/compare.html", context)


def _viewable(request: HttpRequest, pk: int) -> Article:
    if not request.user.has_perm("articles.view_revision"):
        raise PermissionDenied
    return get_object_or_404(Article.objects.select_related("live", "next"), pk=pk)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Http404
    return int(text)


def _context(request: HttpRequest, article: Article) -> dict[str, Any]:
    return admin.site.each_context(request) | {
        "original": article,
        "opts": Article._meta,
    }


@admin.register(Revision)
class RevisionAdmin(ReadOnly, admin.ModelAdmin):
    """What a story said at each save: to be read, and restored from."""

    list_display = ["article", "number", "created_at", "editor", "note"]
    list_select_related = ["article", "editor"]
    search_fields = ["headline", "note"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    fields = [
        "article",
        "number",
        "created_at",
        "editor",
        "note",
        "headline",
        "standfirst",
        "rendered_body",
        "lead_image",
        "lead_caption",
        "label",
        "names",
        "links",
    ]
    readonly_fields = ["rendered_body", "names", "links"]

    def get_urls(self) -> list[Any]:
        restore = self.admin_site.admin_view(require_POST(self.restore))
        name = "articles_revision_restore"
        return [path("<int:pk>/restore/", restore, name=name), *super().get_urls()]

    def may_restore(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_article")

    def restore(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the revision the working copy again, and lead there."""
        if not self.may_restore(request):
            raise PermissionDenied
        revision = get_object_or_404(Revision.objects.select_related("article"), pk=pk)
        editor = staff_of(request)
        publishing.restore(revision, editor=editor)
        if not may_publish(editor, revision.article.section_id):
            workflow.reopen(revision.article)
        said = _(
            "The working copy says again what revision %(number)d said. Readers keep "
            "what they have until it is published."
        )
        messages.success(request, said % {"number": revision.number})
        restored = Article.objects.get(pk=revision.article_id)
        for reason in publishing.reasons_against(restored):
            messages.warning(request, reason)
        return HttpResponseRedirect(
            reverse("admin:articles_article_change", args=[revision.article_id])
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["can_restore"] = self.may_restore(request)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("body"))
    def rendered_body(self, revision: Revision) -> SafeString:
        return gather(revision.article, revision, timezone.now()).body

    @admin.display(description=gettext_lazy("byline"))
    def names(self, revision: Revision) -> str:
        named = gather(revision.article, revision, timezone.now()).byline
        return ", ".join(f"{name.role} {name}" for name in named) or "–"

    @admin.display(description=gettext_lazy("related links"))
    def links(self, revision: Revision) -> str:
        related = gather(revision.article, revision, timezone.now()).related
        return ", ".join(link.title for link in related) or "–"
