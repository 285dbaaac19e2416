"""The form of one picture, which looks its file through to the end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files import File
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import library, uploads
from articles.models import Image

OF_THE_FILE = ("file", "keep_both", "same_as")
LARGEST_KEY = 10**18 - 1


class ImageForm(forms.ModelForm):
    """An image with what must be said about it; the file is looked at to its end.

    A file that the library has already is taken a second time only on purpose. Browsers
    forget a chosen file when a form comes back, so the copy is then made from the one
    that is there.
    """

    file = uploads.ImageFileField(
        label=_("File"),
        help_text=_(
            "JPEG, PNG, WebP, AVIF, GIF or TIFF. What the file says of its caption, "
            "credit, copyright, licence and keywords goes into the fields left empty."
        ),
    )
    same_as = forms.IntegerField(
        label="",
        required=False,
        min_value=1,
        max_value=LARGEST_KEY,
        widget=forms.HiddenInput,
    )
    keep_both = forms.BooleanField(
        label=_("Keep this one as well"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = Image
        fields = "__all__"  # noqa: DJ007  # the admin's fieldsets choose

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is to be stored in place of what is there; None: nothing new.
        self.new_file: File | None = None
        if "file" not in self.fields:
            return  # kept from this member of staff
        if self.instance.pk:
            self.fields["file"].help_text = _(
                "Another file takes this one's place wherever the picture is used. "
                "Readers have the old one until the sizes of the new one are made."
            )
        if self.data.get("same_as"):
            self._offer_to_keep_both()
            self.fields["file"].required &= not self.data.get("keep_both")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "file" not in self.fields:
            self._refuse_what_is_kept()
        if "file" not in cleaned:
            return cleaned
        chosen = cleaned["file"]
        wants_both = cleaned.get("keep_both", False)
        if chosen and chosen != self.instance.file:
            self._look_for_the_same(chosen, wants_both=wants_both)
        elif wants_both and cleaned.get("same_as"):
            self._copy_of(cleaned["same_as"])
        if self.new_file is None:
            cleaned["file"] = self.instance.file
        else:
            cleaned["file"] = self.new_file
        return cleaned

    def _refuse_what_is_kept(self) -> None:
        # Sent by a form that was open when the story went out, or by no form at all.
        if any(name in self.data or name in self.files for name in library.SHOWN):
            self.add_error(
                None,
                _(
                    "Readers see this picture by now, in a story that you may not "
                    "publish. What they get of it was left as it is; save the rest "
                    "again."
                ),
            )

    def _look_for_the_same(self, file: File, *, wants_both: bool) -> None:
        if self.instance.checksum == uploads.checksum(file):
            return  # the file that is here already
        same = library.same_as(file, but=self.instance)
        if same is None or wants_both:
            self.new_file = file
            return
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["same_as"] = str(same.pk)  # type: ignore[index]
        self._offer_to_keep_both()
        self.add_error(
            "file",
            format_html(
                gettext(
                    'The library has this very file already: <a href="{}">{}</a>. Use '
                    "that picture, or keep this one as well: you need not choose the "
                    "file again."
                ),
                reverse("admin:articles_image_change", args=[same.pk]),
                same,
            ),
        )

    def _offer_to_keep_both(self) -> None:
        self.fields["keep_both"].widget = forms.CheckboxInput()

    def _copy_of(self, pk: int) -> None:
        same = Image.objects.filter(pk=pk).first()
        try:
            if same is None:
                raise FileNotFoundError
            name = same.original_name or str(same.file.name)
            self.new_file = File(same.file.open("rb"), name=name)
        except OSError:
            self.add_error("file", gettext("That picture is gone. Choose the file."))
