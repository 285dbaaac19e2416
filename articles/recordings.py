"""What the desk does to recordings: each act is one transaction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from articles import recording_files, uploads
from articles.models import Recording, Revision
from articles.permissions import may_publish
from newsroom.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files import File
    from django.db.models.fields.files import FieldFile

    from newsroom.models import User


@transaction.atomic
def save(
    recording: Recording,
    *,
    editor: User | None,
    file: File | None = None,
    captions: File | None = None,
) -> None:
    """Save a recording with what is new of its files, both checked; record who did.

    The files that they replace go when the transaction commits.
    """
    act = "change recording" if recording.pk else "add recording"
    old = Recording.objects.filter(pk=recording.pk).first()
    replaced = []
    if file:
        facts = recording_files.facts_of(file)
        recording.kind, recording.size = facts.kind, file.size
        recording.width, recording.height = facts.width, facts.height
        recording.seconds = facts.seconds or recording.seconds
        recording.original_name = uploads.name_of(file)
        clean = recording_files.without_place(file)
        recording.file.save(f"recording{facts.suffix}", clean, save=False)
        replaced += [old.file] if old else []
    if captions:
        recording.captions.save("captions.vtt", captions, save=False)
    if old and old.captions and old.captions.name != recording.captions.name:
        replaced.append(old.captions)
    recording.save()
    Event.objects.record(
        editor,
        act,
        recording,
        after={"title": recording.title, "file": recording.original_name},
    )
    transaction.on_commit(partial(_delete, replaced))


@transaction.atomic
def remove(recording: Recording, *, editor: User | None) -> None:
    """Delete a recording, and its files when the transaction commits."""
    files = [file for file in (recording.file, recording.captions) if file]
    Event.objects.record(
        editor, "delete recording", recording, before={"title": recording.title}
    )
    recording.delete()
    transaction.on_commit(partial(_delete, files))


def is_in_use(recording: Recording) -> bool:
    """Tell whether a story's newest revision, the live or the next one names it."""
    named = Revision.objects.in_use().filter(references__recording=recording)
    return named.exists()


def is_kept_from(user: User, recording: Recording) -> bool:
    """Tell whether ``user`` may not say what readers get of ``recording``.

    It stands in a story that readers have, or will at a set time, and that the user
    may not publish.
    """
    stories = Revision.objects.released(timezone.now())
    sections = stories.filter(references__recording=recording).values_list(
        "article__section", flat=True
    )
    return any(not may_publish(user, section) for section in set(sections))


def _delete(files: Iterable[FieldFile]) -> None:
    for file in files:
        file.storage.delete(str(file.name))
