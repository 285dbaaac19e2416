from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import recording_files, recordings
from articles.models import Recording, Revision
from newsroom.admin.base import ReaderFacingAdmin
from newsroom.models import move_site_version
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from django.core.files import File
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

MOST_USES = 100
WHY_IT_IS_KEPT = _(
    "Readers have this recording in a story that you may not publish. It is changed by "
    "those who may."
)


class RecordingForm(forms.ModelForm):
    """A recording with what goes with it; its files are looked at before they are kept."""

    is_kept = False  # from the one who sends it; set by the admin

    file = recording_files.RecordingFileField(
        label=_("File"),
        help_text=_(
            "MP3, M4A, OGG, FLAC or WAV; MP4 or WebM. What a telephone wrote into an "
            "MP4 file of itself and the place is taken out."
        ),
    )

    class Meta:
        model = Recording
        fields = "__all__"  # noqa: DJ007  # the admin's fieldsets choose

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is to be stored in place of what is there; None: nothing new.
        self.new_file: File | None = None
        self.new_captions: File | None = None
        if "captions" not in self.fields:
            return  # to be looked at alone
        self.fields["captions"].widget.attrs["accept"] = ".vtt,text/vtt"
        if self.instance.pk:
            self.fields["file"].help_text = _(
                "Another file takes this one's place wherever the recording is used."
            )

    def clean(self) -> dict[str, Any]:
        if self.is_kept:  # the form was open when the story went out
            raise forms.ValidationError(WHY_IT_IS_KEPT)
        return super().clean() or self.cleaned_data

    def clean_file(self) -> Any:
        chosen = self.cleaned_data["file"]
        if chosen and chosen != self.instance.file:
            self.new_file = chosen
        return chosen

    def clean_captions(self) -> Any:
        chosen = self.cleaned_data["captions"]
        if chosen is False:
            return False  # the box “clear”
        if chosen and chosen != self.instance.captions:
            self.new_captions = recording_files.captions_of(chosen)
        return self.new_captions or self.instance.captions


@admin.register(Recording)
class RecordingAdmin(ReaderFacingAdmin):
    """The library of sound and film."""

    recorded_by_acts = frozenset({"add", "change", "delete"})

    form = RecordingForm
    list_display = ["title", "kind", "length", "credit", "has_captions", "uploaded_at"]
    list_filter = ["kind", "uploaded_at"]
    search_fields = ["title", "description", "credit", "original_name"]
    autocomplete_fields = ["poster"]
    readonly_fields = ["player", "about_file", "used_in"]
    fieldsets = [
        (None, {"fields": ["title", "file", "player", "about_file", "seconds"]}),
        (_("What readers are told"), {"fields": ["description", "credit", "poster"]}),
        (
            _("For those who do not hear it"),
            {"fields": ["captions", "captions_language", "transcript"]},
        ),
        (_("Where it is used"), {"fields": ["used_in"]}),
    ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, *args, **kwargs)
        form.is_kept = self._is_kept(request, obj)
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let who may not publish what readers have of a recording look at it alone.

        What was sent is answered by the form, with the reason and with what was typed.
        """
        may_change = super().has_change_permission(request, obj)
        is_sent = request.method == "POST"
        return may_change and (is_sent or not self._is_kept(request, obj))

    def _is_kept(self, request: HttpRequest, recording: Recording | None) -> bool:
        if recording is None:
            return False
        if not hasattr(recording, "_is_kept"):  # asked several times in one request
            kept = recordings.is_kept_from(staff_of(request), recording)
            recording._is_kept = kept  # type: ignore[attr-defined]
        return recording._is_kept  # type: ignore[attr-defined]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out of the form for a new one what it has nothing of yet.

        And say of one that is kept from the user why it is.
        """
        if self._is_kept(request, obj):
            (name, first), *others = super().get_fieldsets(request, obj)
            return [(name, {**first, "description": WHY_IT_IS_KEPT}), *others]
        if obj:
            return super().get_fieldsets(request, obj)
        return [
            (name, {**one, "fields": fields})
            for name, one in super().get_fieldsets(request, obj)
            if (fields := [f for f in one["fields"] if f not in self.readonly_fields])
        ]

    def get_urls(self) -> list[Any]:
        name_of = self.admin_site.admin_view(self.name_of)
        return [
            path("<int:pk>/name/", name_of, name="articles_recording_name"),
            *super().get_urls(),
        ]

    def name_of(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with a recording's kind and title, for the body's editor."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        recording = get_object_or_404(Recording, pk=pk)
        said = f"{recording.get_kind_display()}: {recording.title}"
        return HttpResponse(said, content_type="text/plain; charset=utf-8")

    @admin.display(description=_("recording"))
    def player(self, recording: Recording) -> SafeString:
        """Play it here."""
        tag = "video" if recording.is_video else "audio"
        return format_html(
            '<{tag} controls preload="none" src="{url}"></{tag}>',
            tag=tag,
            url=recording.file.url,
        )

    @admin.display(description=_("file"))
    def about_file(self, recording: Recording) -> str:
        size = filesizeformat(recording.size)
        pixels = f"{recording.width} × {recording.height}" if recording.width else ""
        facts = [recording.original_name, recording.get_kind_display(), size, pixels]
        return ", ".join(str(fact) for fact in facts if fact)

    @admin.display(description=_("length"), empty_value="–")
    def length(self, recording: Recording) -> str | None:
        return recording.length or None

    @admin.display(description=_("captions"), boolean=True)
    def has_captions(self, recording: Recording) -> bool:
        return bool(recording.captions)

    @admin.display(description=_("used in"))
    def used_in(self, recording: Recording) -> SafeString | str:
        """List the stories whose newest, live or next revision has it."""
        revisions = (
            Revision.objects.in_use()
            .filter(references__recording=recording)
            .select_related("article")
            .only("article__headline")
        )
        stories = {one.article_id: one.article for one in revisions[:MOST_USES]}
        rows = format_html_join(
            "",
            '<li><a href="{}">{}</a></li>',
            (
                (
                    reverse("admin:articles_article_change", args=[pk]),
                    story.headline or gettext("(no headline)"),
                )
                for pk, story in stories.items()
            ),
        )
        if not rows:
            return gettext("no story")
        return format_html('<ul class="image-uses">{}</ul>', rows)

    @override
    def save_model(
        self, request: HttpRequest, obj: Recording, form: RecordingForm, change: bool
    ) -> None:
        recordings.save(
            obj,
            editor=staff_of(request),
            file=form.new_file,
            captions=form.new_captions,
        )

    @override
    def delete_model(self, request: HttpRequest, obj: Recording) -> None:  # type: ignore[override]
        self.delete_queryset(request, [obj])

    @override
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for recording in queryset:
            recordings.remove(recording, editor=staff_of(request))
        move_site_version()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep a recording that a story's newest, live or next revision has."""
        if obj and recordings.is_in_use(obj):
            return False
        return super().has_delete_permission(request, obj)
