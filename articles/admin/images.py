from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import tasks, uploads
from articles.models import Article, Image, Rendition, Revision
from newsroom.admin.base import ReaderFacingAdmin, ReadOnly

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseBase
    from django.utils.safestring import SafeString

# What is drawn into the renditions, or decides how they are cut.
DRAWN = {"file", "focal_x", "focal_y", "credit", "copyright"}


class ImageForm(forms.ModelForm):
    """An image with what must be said about it; the file is looked at to its end."""

    file = uploads.ImageFileField(
        label=_("File"), help_text=_("JPEG, PNG, WebP, AVIF, GIF or TIFF.")
    )

    class Meta:
        model = Image
        fields = "__all__"  # noqa: DJ007  # the admin's fieldsets choose


class RenditionInline(ReadOnly, admin.TabularInline):
    """The public copies there are."""

    model = Rendition
    fields = ["crop", "format", "width", "height", "file"]


class WhatIsMissing(admin.SimpleListFilter):
    """Images that keep a story from being published."""

    title = _("what is missing")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("credit", gettext("a credit")),
            ("alt", gettext("an alternative text")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> Any:
        lacking = {"credit": Q(credit=""), "alt": Q(alt="", decorative=False)}
        return queryset.filter(lacking.get(self.value() or "", Q()))


@admin.register(Image)
class ImageAdmin(ReaderFacingAdmin):
    """The picture library."""

    form = ImageForm
    list_display = ["thumbnail", "__str__", "credit", "licence", "size", "uploaded_at"]
    list_display_links = ["thumbnail", "__str__"]
    list_filter = [WhatIsMissing, "licence", "uploaded_at"]
    search_fields = ["alt", "caption", "credit"]
    date_hierarchy = "uploaded_at"
    readonly_fields = ["preview", "size", "used_in"]
    inlines = [RenditionInline]
    fieldsets = [
        (None, {"fields": ["file", "preview", "size"]}),
        (_("What readers are told"), {"fields": ["alt", "decorative", "caption"]}),
        (
            _("Whose it is"),
            {"fields": ["credit", "copyright", "licence", "source_url"]},
        ),
        (_("How it is cropped"), {"fields": [("focal_x", "focal_y")]}),
        (_("Where it is used"), {"fields": ["used_in"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        return super().get_queryset(request).prefetch_related("renditions")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/picture/", view(self.picture), name="articles_image_picture"
            ),
            path(
                "<int:pk>/original/",
                view(self.original),
                name="articles_image_original",
            ),
            *super().get_urls(),
        ]

    def picture(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show the smallest whole rendition, or the original until there is one."""
        image = self._viewable(request, pk)
        if renditions := image.rendered(Rendition.Crop.WHOLE):
            return HttpResponseRedirect(renditions[0].file.url)
        return FileResponse(image.file.open("rb"))

    def original(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Hand out the file as it was uploaded."""
        image = self._viewable(request, pk)
        return FileResponse(image.file.open("rb"), as_attachment=True)

    def _viewable(self, request: HttpRequest, pk: int) -> Image:
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = get_object_or_404(Image, pk=pk)
        if not image.file.storage.exists(str(image.file.name)):
            raise Http404
        return image

    @admin.display(description=_("picture"))
    def thumbnail(self, image: Image) -> SafeString | str:
        small = image.rendered(Rendition.Crop.SQUARE)
        if not small:
            return gettext("being made…")
        return format_html(
            '<img src="{}" width="80" height="80" alt="">', small[0].file.url
        )

    @admin.display(description=_("picture"))
    def preview(self, image: Image) -> SafeString | str:
        if not image.pk:
            return "–"
        return format_html(
            '<a href="{}"><img class="image-preview" src="{}" alt=""></a>',
            reverse("admin:articles_image_original", args=[image.pk]),
            reverse("admin:articles_image_picture", args=[image.pk]),
        )

    @admin.display(description=_("size"))
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}" if image.pk else "–"

    @admin.display(description=_("used in"))
    def used_in(self, image: Image) -> SafeString | str:
        if not image.pk:
            return "–"
        stories = Article.objects.filter(
            Q(lead_image=image)
            | Q(pk__in=Revision.objects.in_use().naming(image).values("article"))
        )
        rows = [
            (reverse("admin:articles_article_change", args=[story.pk]), story.headline)
            for story in stories.only("headline")[:100]
        ]
        return format_html_join(", ", '<a href="{}">{}</a>', rows) or gettext(
            "no story"
        )

    @override
    def save_model(
        self, request: HttpRequest, obj: Image, form: ImageForm, change: bool
    ) -> None:
        if "file" in form.changed_data:
            obj.checksum = uploads.checksum(obj.file.file)
        super().save_model(request, obj, form, change)
        if not change:
            tasks.make_renditions.enqueue(obj.pk)
        elif DRAWN & set(form.changed_data):
            tasks.make_renditions_again.enqueue(obj.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep an image that a story's newest, live or next revision shows."""
        if obj and Revision.objects.in_use().naming(obj).exists():
            return False
        return super().has_delete_permission(request, obj)
