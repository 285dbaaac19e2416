"""What the desk does to the picture library: each act is one transaction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import metadata, tasks, uploads
from articles.models import Author, Image, Recording, Reference, Revision
from articles.permissions import may_publish
from newsroom.models import Event
from newsroom.storage import StorageGone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files import File
    from django.db.models.fields.files import FieldFile

    from newsroom.models import User


# What readers get of a picture, wherever it stands: all but how the desk finds it.
SHOWN = (
    *("file", "alt", "decorative", "caption", "credit", "copyright", "licence"),
    *("licence_expires_on", "source_url", "focal_x", "focal_y"),
)


class Taken(NamedTuple):
    """What an upload came to: a picture, and whether it is a new one."""

    image: Image
    is_new: bool


def take(file: File | None, *, editor: User | None) -> Taken:
    """Add one uploaded file, unless the library has the very same already.

    Raise ``ValidationError`` with the reason if it is no picture that can be taken, or
    if the storage does not answer.
    """
    try:
        return _take(file, editor)
    except StorageGone as error:
        raise ValidationError(
            _("The storage of pictures does not answer. Try again in a minute.")
        ) from error


@transaction.atomic
def _take(file: File | None, editor: User | None) -> Taken:
    checked = cast("File", uploads.ImageFileField().clean(file))
    if same := same_as(checked):
        return Taken(same, is_new=False)
    image = Image(file=checked)
    add(image, editor=editor)
    return Taken(image, is_new=True)


def kept_from(user: User, images: Iterable[Image]) -> set[int]:
    """Return the numbers of those ``images`` whose ``SHOWN`` is not for ``user`` to say.

    They stand in a story that readers have, or will at a set time, and that the user
    may not publish, there or for a film; or beside an author's name, and the user may
    publish nowhere.
    """
    shown = Revision.objects.released(timezone.now())
    leading = shown.filter(lead_image__in=images)
    uses: set[tuple[int, int | None]] = {
        *leading.values_list("lead_image", "article__section")
    }
    inside = Reference.objects.filter(revision__in=shown.values("pk"))
    section = "revision__article__section"
    named = inside.filter(image__in=images).values_list("image", section)
    of_films = inside.filter(recording__poster__in=images)
    # A union: of two tables in one condition no index would serve.
    uses |= {*named.union(of_films.values_list("recording__poster", section))}
    portraits = Author.objects.filter(photograph__in=images)
    uses |= {(image, None) for image in portraits.values_list("photograph", flat=True)}
    return {image for image, place in uses if not may_publish(user, place)}


def is_in_use(image: Image) -> bool:
    """Tell whether a story shows ``image``, an author's page, or a film as its poster.

    Of a story the newest revision counts, the live one and the one to come.
    """
    return (
        Revision.objects.in_use().naming(image).exists()
        or Author.objects.filter(photograph=image).exists()
        or Recording.objects.filter(poster=image).exists()
    )


def same_as(file: File, *, but: Image | None = None) -> Image | None:
    """Return the image with the same bytes as ``file``, if there is one (not ``but``)."""
    same = Image.objects.filter(checksum=uploads.checksum(file)).order_by("pk")
    return next((image for image in same if image != but), None)


@transaction.atomic
def add(image: Image, *, editor: User | None) -> list[str]:
    """Save a new image with its checked file, and have its sizes made.

    Return the names of the empty fields that the file's own metadata filled.
    """
    filled = _read(image)
    image.sizes_state = Image.Sizes.WAITING
    image.save()
    Event.objects.record(editor, "add image", image, after=_facts(image))
    tasks.make_renditions.enqueue(image.pk)
    return filled


@transaction.atomic
def replace_file(image: Image, *, editor: User | None) -> list[str]:
    """Save an image that was given another checked file, wherever it is used.

    Readers have the old sizes until the new ones are made; the old original goes when
    the transaction commits. Return what the new file's metadata filled.
    """
    old = Image.objects.select_for_update().get(pk=image.pk)
    filled = _read(image)
    image.save()
    Event.objects.record(
        editor, "replace file", image, before=_facts(old), after=_facts(image)
    )
    transaction.on_commit(partial(_delete, [old.file]))
    make_sizes([image], again=True)
    return filled


@transaction.atomic
def make_sizes(images: Iterable[Image], *, again: bool = False) -> int:
    """Have what the images lack made in the background; ``again``: all that there is.

    Return how many images that are.
    """
    task = tasks.make_renditions_again if again else tasks.make_renditions
    number = 0
    for number, image in enumerate(images, 1):  # noqa: B007  # counts
        image.sizes_state, image.sizes_fault = Image.Sizes.WAITING, ""
        image.save(update_fields=["sizes_state", "sizes_fault"])
        task.enqueue(image.pk)
    return number


@transaction.atomic
def remove(image: Image, *, editor: User | None) -> None:
    """Delete an image, and its files when the transaction commits."""
    files = [image.file, *(one.file for one in image.renditions.all())]
    Event.objects.record(editor, "delete image", image, before=_facts(image))
    image.delete()
    transaction.on_commit(partial(_delete, files))


def _read(image: Image) -> list[str]:
    file = image.file.file
    image.original_name = uploads.name_of(file)
    image.checksum = uploads.checksum(file)
    # The storage names it anew, and takes over the suffix.
    image.file.name = f"picture{uploads.suffix_of(file)}"
    return metadata.fill(image, metadata.read(file))


def _facts(image: Image) -> dict[str, Any]:
    return {
        "name": image.original_name,
        "checksum": image.checksum,
        "size": f"{image.width} × {image.height}",
    }


def _delete(files: Iterable[FieldFile]) -> None:
    for file in files:
        file.storage.delete(str(file.name))
