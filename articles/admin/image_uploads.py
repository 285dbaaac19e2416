"""Pictures into the library, one by one for scripts or many at once, and then named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from articles import library, renditions, uploads
from articles.models import Image
from newsroom.models import Event, move_site_version
from newsroom.staff import staff_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

# As many as Django takes in one form; a script sends one after the other.
MOST_AT_ONCE = settings.DATA_UPLOAD_MAX_NUMBER_FILES or 100
DIGITS_OF_A_KEY = 18


def upload(request: HttpRequest) -> HttpResponse:
    """Take one picture, ``file``, for a script: answer what it is in the library.

    201 for a new one, 200 for one that is there already; else ``error`` in a sentence.
    """
    if not admin.site.has_permission(request):
        return _refusal(_("You are signed out. Sign in again in another tab."), 403)
    if not request.user.has_perm("articles.add_image"):
        return _refusal(_("You may not add pictures to the library."), 403)
    if request.method != "POST":
        return _refusal(_("Send the picture with POST."), 405)
    file = request.FILES.get("file")
    try:
        image, is_new = library.take(file, editor=staff_of(request))
    except ValidationError as refusal:
        return _refusal(" ".join(refusal.messages), 422)
    answer = {
        "id": image.pk,
        "text": str(image),
        "caption": image.caption,
        "picture": reverse("admin:articles_image_picture", args=[image.pk]),
        "lacks": image.lacks,
        "duplicate": not is_new,
    }
    return JsonResponse(answer, status=201 if is_new else 200)


def _refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


class Outcome(NamedTuple):
    """What became of one of several files: a picture, or the reason against it."""

    name: str
    image: Image | None = None
    is_new: bool = False
    error: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def several(request: HttpRequest) -> HttpResponse:
    """Take many pictures; what was refused is said beside each file's name."""
    if not request.user.has_perm("articles.add_image"):
        raise PermissionDenied
    outcomes = [_outcome(request, one) for one in request.FILES.getlist("files")]
    new = [one.image for one in outcomes if one.image and one.is_new]
    if outcomes and len(new) == len(outcomes):
        return HttpResponseRedirect(describe_url(new))
    context = admin.site.each_context(request) | {
        "title": _("Upload several pictures"),
        "opts": Image._meta,
        "outcomes": outcomes,
        "nothing_chosen": request.method == "POST" and not outcomes,
        "describe_url": describe_url(new) if new else "",
        "most_at_once": MOST_AT_ONCE,
        "most_bytes": settings.IMAGE_MAX_BYTES,
        "most_megapixels": settings.IMAGE_MAX_PIXELS // 1_000_000,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "admin/articles/image/several.html", context, status=status)


def _outcome(request: HttpRequest, file: UploadedFile) -> Outcome:
    name = uploads.name_of(file)
    try:
        image, is_new = library.take(file, editor=staff_of(request))
    except ValidationError as refusal:
        return Outcome(name, error=" ".join(refusal.messages))
    return Outcome(name, image, is_new)


def describe_url(images: Iterable[Image]) -> str:
    """Return the address of the form that names ``images``."""
    ids = ",".join(str(image.pk) for image in images)
    return f"{reverse('admin:articles_image_describe')}?ids={ids}"


class DescriptionForm(forms.ModelForm):
    """What has to be said of a picture before a story with it can be published."""

    class Meta:
        model = Image
        fields = ["alt", "decorative", "caption", "credit"]
        widgets = {
            "alt": AdminTextareaWidget({"rows": 2}),
            "caption": AdminTextareaWidget({"rows": 2}),
            "credit": forms.TextInput({"class": "vTextField"}),
        }


class ForAllForm(forms.ModelForm):
    """What goes into each picture that has nothing of its own there."""

    class Meta:
        model = Image
        fields = ["credit", "copyright", "licence", "licence_expires_on", "keywords"]
        widgets = {
            "credit": forms.TextInput({"class": "vTextField"}),
            "copyright": forms.TextInput({"class": "vTextField"}),
            "licence": forms.TextInput({"class": "vTextField"}),
            "licence_expires_on": forms.DateInput({"type": "date"}, "%Y-%m-%d"),
            "keywords": forms.TextInput({"class": "vTextField"}),
        }
        help_texts = {
            "credit": gettext_lazy(
                "Goes into each picture whose own credit, below, is left empty."
            )
        }


Descriptions = forms.modelformset_factory(
    Image, DescriptionForm, extra=0, absolute_max=MOST_AT_ONCE, max_num=MOST_AT_ONCE
)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def describe(request: HttpRequest) -> HttpResponse:
    """Fill in what is said of many pictures, on one page."""
    if not request.user.has_perm("articles.change_image"):
        raise PermissionDenied
    images = _images(request, _ids(request))
    data = _numbered_anew(request.POST, images) if request.POST else None
    for_all = ForAllForm(data, prefix="all")
    descriptions = Descriptions(data, queryset=images)
    if data and images and for_all.is_valid() and descriptions.is_valid():
        return _describe(request, descriptions, for_all.cleaned_data)
    context = admin.site.each_context(request) | {
        "title": _("Say what the pictures are"),
        "opts": Image._meta,
        "for_all": for_all,
        "descriptions": descriptions,
        "errors": bool(data),
    }
    return render(
        request,
        "admin/articles/image/describe.html",
        context,
        status=422 if data else 200,
    )


def _ids(request: HttpRequest) -> set[int]:
    asked = request.GET.get("ids", "").split(",")[:MOST_AT_ONCE]
    if request.POST:
        asked = [request.POST.get(name, "") for name in _fields_named("id")]
    return {
        int(one)
        for one in asked
        if one.isascii() and one.isdecimal() and len(one) <= DIGITS_OF_A_KEY
    }


def _fields_named(name: str) -> list[str]:
    return [f"form-{number}-{name}" for number in range(MOST_AT_ONCE)]


def _images(request: HttpRequest, ids: set[int]) -> QuerySet[Image]:
    """Return the images that are there and for this member of staff to describe.

    Say so, if these are fewer. While they are changed, others who do so wait.
    """
    images = Image.objects.filter(pk__in=ids)
    kept = library.kept_from(staff_of(request), images)
    images = images.exclude(pk__in=kept).order_by("pk").prefetch_related("renditions")
    if request.method == "POST":
        images = images.select_for_update()
    if missing := len(ids) - len(images):
        said = ngettext(
            "%d picture is left out: it is gone, or readers see it and changing it is "
            "not up to you.",
            "%d pictures are left out: they are gone, or readers see them and changing "
            "them is not up to you.",
            missing,
        )
        messages.warning(request, said % missing)
    return images


def _numbered_anew(sent: QueryDict, images: Iterable[Image]) -> QueryDict:
    """Return what was ``sent``, without what it says of others than ``images``."""
    data = QueryDict(mutable=True)
    data.update({name: sent[name] for name in sent if not name.startswith("form-")})  # type: ignore[misc]  # a QueryDict's values are texts
    there, number = {str(image.pk) for image in images}, 0
    for old in _fields_named("id"):
        pk = sent.get(old, "")
        if pk not in there:
            continue
        there.remove(pk)  # each once
        for name in ("id", *DescriptionForm.Meta.fields):
            if (value := sent.get(f"{old.removesuffix('id')}{name}")) is not None:
                data[f"form-{number}-{name}"] = value
        number += 1
    data["form-TOTAL_FORMS"] = data["form-INITIAL_FORMS"] = str(number)
    return data


def _describe(
    request: HttpRequest, descriptions: Any, for_all: dict[str, Any]
) -> HttpResponse:
    to_draw = []
    for form in descriptions.forms:
        image, changed = form.instance, set(form.changed_data)
        for name, value in for_all.items():
            if value and not getattr(image, name):
                setattr(image, name, value)
                changed.add(name)
        if changed:
            image.save(update_fields=changed)
            after = {name: str(getattr(image, name)) for name in sorted(changed)}
            Event.objects.record(
                staff_of(request), "describe image", image, after=after
            )
        if changed & set(renditions.DRAWN):
            to_draw.append(image)
    library.make_sizes(to_draw, again=True)
    move_site_version()
    number = len(descriptions.forms)
    said = ngettext("%d picture is saved.", "%d pictures are saved.", number) % number
    messages.success(request, said)
    if lacking := sum(bool(form.instance.lacks) for form in descriptions.forms):
        still = ngettext(
            "%d still lacks a credit or an alternative text.",
            "%d still lack a credit or an alternative text.",
            lacking,
        )
        messages.warning(request, still % lacking)
    return HttpResponseRedirect(reverse("admin:articles_image_changelist"))
