from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Any, override

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from articles import library, renditions, uploads
from articles.models import Article, Author, Image, Rendition, Revision
from articles.querysets import SOON
from newsroom.admin.base import ReaderFacingAdmin, ReadOnly
from newsroom.models import move_site_version
from newsroom.staff import staff_of

from . import image_uploads
from .image_filters import Licence, LicenceEnds, Use, WhatIsMissing
from .image_form import OF_THE_FILE, ImageForm

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseBase
    from django.utils.safestring import SafeString

MOST_USES = 100


WHY_IT_IS_KEPT = _(
    "Readers see this picture in a story that you may not publish, or beside an author’s "
    "name. The file and what they get with it are changed by those who may; you can "
    "change how the desk finds it."
)


class RenditionInline(ReadOnly, admin.TabularInline):
    """The public copies there are."""

    model = Rendition
    fields = ["crop", "format", "width", "height", "file"]


class Library(ChangeList):
    """The list of pictures, as lines or, with ``?view=grid``, as a grid."""

    is_grid = False

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        chosen = super().get_filters_params(params)
        self.is_grid = chosen.pop("view", None) == ["grid"]
        return chosen

    def link_to_grid(self) -> str:
        return self.get_query_string({"view": "grid"})

    def link_to_list(self) -> str:
        return self.get_query_string(remove=["view"])


@admin.register(Image)
class ImageAdmin(ReaderFacingAdmin):
    """The picture library."""

    records_values = True

    recorded_by_acts = frozenset({"add", "delete"})

    form = ImageForm
    list_display = [
        *("thumbnail", "__str__", "credit", "licence_and_end", "size_and_state"),
    ]
    list_display_links = ["__str__"]
    list_filter = [
        *(WhatIsMissing, LicenceEnds, Use, "sizes_state", ("licence", Licence)),
        "uploaded_at",
    ]
    list_per_page = 60
    show_full_result_count = False
    search_fields = ["alt", "caption", "credit", "keywords", "original_name"]
    search_help_text = _(
        "In the alternative text, the caption, the credit, the keywords and the file's "
        "name."
    )
    date_hierarchy = "uploaded_at"
    actions = ["make_missing_sizes"]
    readonly_fields = ["preview", "size", "original_name", "sizes", "used_in"]
    inlines = [RenditionInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("file", "keep_both", "same_as", "original_name", "preview"),
                    *("size", "sizes"),
                ]
            },
        ),
        (_("What readers are told"), {"fields": ["alt", "decorative", "caption"]}),
        (
            _("Whose it is"),
            {
                "fields": [
                    *("credit", "copyright", "licence", "licence_expires_on"),
                    "source_url",
                ]
            },
        ),
        (_("How it is found"), {"fields": ["keywords"]}),
        (_("How it is cropped"), {"fields": [("focal_x", "focal_y")]}),
        (_("Where it is used"), {"fields": ["used_in"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        return super().get_queryset(request).prefetch_related("renditions")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out of the form what a new image has nothing of yet.

        And of one that is kept from the user, the file, with the reason.
        """
        fieldsets = super().get_fieldsets(request, obj)
        if obj and not self._is_kept(request, obj):
            return fieldsets
        left_out = OF_THE_FILE if obj else self.readonly_fields
        left = [
            (name, {**one, "fields": fields})
            for name, one in fieldsets
            if (fields := [f for f in one["fields"] if f not in left_out])
        ]
        if obj:
            left[0][1]["description"] = WHY_IT_IS_KEPT
        return left

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep what readers see of a picture from those who may not publish it."""
        fields = super().get_readonly_fields(request, obj)
        if obj and self._is_kept(request, obj):
            return [*fields, *OF_THE_FILE, *library.SHOWN]
        return fields

    def _is_kept(self, request: HttpRequest, image: Any) -> bool:
        if not hasattr(image, "_is_kept"):  # asked several times in one request
            image._is_kept = bool(library.kept_from(staff_of(request), [image]))
        return image._is_kept

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return an image; others who change it at the same time wait."""
        image = super().get_object(request, *args, **kwargs)
        if image and request.method == "POST" and connection.in_atomic_block:
            # As it is once they are done.
            locked = self.get_queryset(request).select_for_update()
            return locked.filter(pk=image.pk).first()
        return image

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Library

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own: dict[str, tuple[Any, str]] = {
            "<int:pk>/picture/": (view(self.picture), "picture"),
            "<int:pk>/original/": (view(self.original), "original"),
            "<int:pk>/sizes/": (view(require_POST(self.make_sizes)), "sizes"),
            "upload/": (never_cache(image_uploads.upload), "upload"),
            "several/": (view(image_uploads.several), "several"),
            "describe/": (view(image_uploads.describe), "describe"),
        }
        return [
            *(
                path(address, one, name=f"articles_image_{name}")
                for address, (one, name) in own.items()
            ),
            *super().get_urls(),
        ]

    def picture(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show the smallest whole rendition, or a small picture until there is one."""
        image = self._viewable(request, pk)
        if image.smallest:
            return HttpResponseRedirect(image.smallest.file.url)
        if image.sizes_state == Image.Sizes.MADE:  # and yet there are none
            library.make_sizes([image])
        try:
            small = renditions.preview(image)
        except uploads.BROKEN as error:
            raise Http404 from error
        return HttpResponse(small, content_type="image/jpeg")

    def original(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Hand out the file as it was uploaded, by the name it had then."""
        image = self._viewable(request, pk)
        stored = str(image.file.name)
        return FileResponse(
            image.file.open("rb"),
            as_attachment=True,
            filename=image.original_name or stored,
            content_type=mimetypes.guess_type(stored)[0] or "application/octet-stream",
        )

    def _viewable(self, request: HttpRequest, pk: int) -> Image:
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = get_object_or_404(Image, pk=pk)
        if not image.file.storage.exists(str(image.file.name)):
            raise Http404
        return image

    # --- What the pages show ----------------------------------------------------

    @admin.display(description=_("picture"))
    def thumbnail(self, image: Image) -> SafeString | str:
        if not image.thumbnail:
            return image.state_of_sizes
        # The name beside it is the same link, for those who come by key or by ear.
        return format_html(
            '<a href="{}" tabindex="-1" aria-hidden="true">'
            '<img src="{}" width="80" height="80" alt="" loading="lazy"></a>',
            reverse("admin:articles_image_change", args=[image.pk]),
            image.thumbnail.file.url,
        )

    @admin.display(description=_("picture"))
    def preview(self, image: Image) -> SafeString | str:
        if not image.pk:
            return "–"
        return format_html(
            '<a href="{}"><img class="image-preview" src="{}" alt="{}"></a>',
            reverse("admin:articles_image_original", args=[image.pk]),
            image.smallest.file.url
            if image.smallest
            else reverse("admin:articles_image_picture", args=[image.pk]),
            gettext("Download the original"),
        )

    @admin.display(description=_("size"))
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}" if image.pk else "–"

    @admin.display(description=_("sizes for readers"))
    def sizes(self, image: Image) -> str:
        return image.state_of_sizes if image.pk else "–"

    @admin.display(description=_("size"))
    def size_and_state(self, image: Image) -> SafeString | str:
        if image.sizes_state == Image.Sizes.MADE and image.sizes:
            return self.size(image)
        return format_html("{}<br>{}", self.size(image), image.state_of_sizes)

    @admin.display(description=_("licence"), ordering="licence_expires_on")
    def licence_and_end(self, image: Image) -> SafeString | str:
        """Name the licence, and warn of its end when that is near or past."""
        last = image.licence_expires_on
        if last is None:
            return image.licence
        words = gettext("until %(day)s"), "licence-end"
        if not image.is_licensed():
            words = gettext("ended %(day)s: readers do not get it"), "licence-ended"
        elif last <= timezone.localdate(timezone.now() + SOON):
            words = gettext("ends %(day)s"), "licence-ending"
        said, name = words
        return format_html(
            '{} <span class="{}">{}</span>',
            image.licence,
            name,
            said % {"day": date_format(last, "SHORT_DATE_FORMAT")},
        )

    @admin.display(description=_("used in"))
    def used_in(self, image: Image) -> SafeString | str:
        """List the stories, and whether readers see the picture there, will, or might.

        After them come the authors and the films that it stands for.
        """
        if not image.pk:
            return "–"
        uses = [
            (
                reverse("admin:articles_article_change", args=[story.pk]),
                story.headline or gettext("(no headline)"),
                ", ".join(places),
            )
            for story, places in self._uses(image)
        ]
        uses += [
            (
                reverse("admin:articles_author_change", args=[author.pk]),
                author.name,
                gettext("photograph of the author"),
            )
            for author in Author.objects.filter(photograph=image)[:MOST_USES]
        ]
        uses += [
            (
                reverse("admin:articles_recording_change", args=[film.pk]),
                str(film),
                gettext("poster of the film"),
            )
            for film in image.posters.all()[:MOST_USES]
        ]
        if not uses:
            return gettext("not used anywhere")
        rows = format_html_join("", '<li><a href="{}">{}</a>: {}</li>', uses)
        return format_html('<ul class="image-uses">{}</ul>', rows)

    def _uses(self, image: Image) -> list[tuple[Article, list[str]]]:
        newest = (
            Revision.objects.filter(article=OuterRef("article"))
            .order_by("-number")
            .values("pk")[:1]
        )
        revisions = (
            Revision.objects.in_use()
            .naming(image)
            .select_related("article")
            .annotate(newest=Subquery(newest))
            .only(
                *("number", "article__headline", "article__live", "article__next"),
                *("article__next_at", "article__published_at"),
                *("article__withdrawn_at", "article__expires_at"),
            )
        )
        uses: dict[int, tuple[Article, list[str]]] = {}
        for revision in revisions[: 3 * MOST_USES]:
            article = revision.article
            _story, places = uses.setdefault(article.pk, (article, []))
            is_due = bool(article.next_at and article.next_at <= timezone.now())
            is_shown = revision.pk == (article.next_id if is_due else article.live_id)
            if is_shown and article.is_live():
                places.append(gettext("readers see it"))
            elif is_shown:
                places.append(article.state())
            elif revision.pk == article.next_id:
                places.append(gettext("in the change to come"))
            if revision.pk == revision.newest:
                places.append(gettext("in the working copy"))
        leading = Article.objects.filter(lead_image=image).exclude(pk__in=uses)
        for article in leading.only("headline")[:MOST_USES]:
            uses[article.pk] = article, [gettext("in the working copy")]
        return list(uses.values())[:MOST_USES]

    # --- What is done -----------------------------------------------------------

    @override
    def save_model(
        self, request: HttpRequest, obj: Image, form: ImageForm, change: bool
    ) -> None:
        if form.new_file is None:
            # Nothing else: a colleague may have given it another file by now.
            changed = set(form.changed_data) - set(OF_THE_FILE)
            obj.save(update_fields=changed)
            if set(renditions.DRAWN) & changed:
                library.make_sizes([obj], again=True)
            return
        act = library.replace_file if change else library.add
        if filled := act(obj, editor=staff_of(request)):
            names = [str(form.fields[name].label).lower() for name in filled]
            said = gettext("Read from the file, please check: %(fields)s.")
            messages.info(request, said % {"fields": ", ".join(names)})

    @override
    def delete_model(self, request: HttpRequest, obj: Image) -> None:  # type: ignore[override]
        self.delete_queryset(request, [obj])

    @override
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for image in queryset:
            library.remove(image, editor=staff_of(request))
        move_site_version()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep an image that a story, an author's page or a film shows."""
        if obj and library.is_in_use(obj):
            return False
        return super().has_delete_permission(request, obj)

    @admin.action(
        description=_("Make the missing sizes of the selected images"),
        permissions=["change"],
    )
    def make_missing_sizes(
        self, request: HttpRequest, queryset: QuerySet[Image]
    ) -> None:
        done = library.make_sizes(queryset)
        said = ngettext(
            "What %d picture lacks is being made.",
            "What %d pictures lack is being made.",
            done,
        )
        messages.success(request, said % done)

    def make_sizes(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have one picture's missing sizes made, and lead back to it."""
        image = get_object_or_404(Image, pk=pk)
        if not self.has_change_permission(request, image):
            raise PermissionDenied
        self.make_missing_sizes(request, Image.objects.filter(pk=pk))
        return HttpResponseRedirect(
            reverse("admin:articles_image_change", args=[image.pk])
        )
