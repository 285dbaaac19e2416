"""Make valid objects, given only what matters to the test that asks."""

from __future__ import annotations

import struct
import wave
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone

import PIL.Image

from articles import publishing, recordings, renditions, search
from articles.models import (
    Article,
    Author,
    Byline,
    Edition,
    EditionStory,
    Image,
    Newsletter,
    Recording,
    Section,
    Subscriber,
)
from comments.models import Comment, Discussion
from comments.posting import import_comments
from newsroom.models import User, move_site_version

if TYPE_CHECKING:
    from datetime import datetime

_numbers = count(1)


def make_section(name: str = "Town Hall", slug: str = "town-hall") -> Section:
    """Return the section with ``slug``, made if need be."""
    return Section.objects.get_or_create(slug=slug, defaults={"name": name})[0]


def make_author(name: str = "Odalys Fenwright") -> Author:
    """Return a new author."""
    return Author.objects.create(name=name, slug=f"author-{next(_numbers)}")


def make_draft(*, author: Author | None = None, **fields: Any) -> Article:
    """Return a working copy with its first revision, which no reader has seen."""
    defaults = {
        "headline": "Estuary bridge reopens",
        "standfirst": "Traffic is back after eleven weeks.",
        "body": "<p>The first lorry crossed at six.</p>",
    }
    section = fields.pop("section", None) or make_section()
    article = Article.objects.create(section=section, **(defaults | fields))
    if author:
        Byline.objects.create(article=article, author=author)
    publishing.save_working_copy(article, editor=None)
    return article


def make_article(*, published_at: datetime | None = None, **fields: Any) -> Article:
    """Return a story that readers see, from ``published_at`` (aware; else now) on."""
    article = make_draft(**fields)
    if published_at and published_at > timezone.now():
        return publishing.schedule(article, editor=None, at=published_at)
    article = publishing.publish(article, editor=None)
    if published_at:
        article.published_at = published_at
        article.day = published_at.date()
        if not publishing.is_free(article, article.slug):
            article.slug = f"{article.slug}-{article.pk}"
        article.save()
        article.versions.update(shown_from=published_at)
        search.index(article)
    return article


def picture_file(
    width: int = 640, height: int = 400, format_: str = "JPEG", **options: Any
) -> ContentFile:
    """Return an uploadable picture of the size given, in pixels."""
    output = BytesIO()
    PIL.Image.new("RGB", (width, height), "steelblue").save(output, format_, **options)
    return ContentFile(output.getvalue(), name=f"picture.{format_.lower()}")


def make_image(*, rendered: bool = True, **fields: Any) -> Image:
    """Return an image of the library, with its renditions unless told otherwise."""
    defaults = {
        "file": picture_file(),
        "checksum": "0" * 64,
        "alt": "A bridge",
        "credit": "Ilse Brandreth",
    }
    image = Image(**(defaults | fields))
    image.save()
    if rendered:
        renditions.make(image)
    return image


def make_comment(
    article: Article,
    *,
    parent: Comment | None = None,
    state: str = Comment.State.APPROVED,
    **fields: Any,
) -> Comment:
    """Return a comment in its place under ``article``, counted, past all screening."""
    number = next(_numbers)
    defaults = {
        "name": f"Reader {number}",
        "email": f"reader{number}@example.org",
        "source": f"Comment number {number}.",
        "reader_hash": f"{number:064x}",
        "created_at": timezone.now() - timedelta(hours=1),
    }
    comment = Comment(parent=parent, state=state, **(defaults | fields))
    import_comments(article, [comment])
    return comment


def set_discussion(**settings: Any) -> Discussion:
    """Change the site's discussion settings, or those of ``section`` or ``article``."""
    scope = {name: settings.pop(name, None) for name in ("section", "article")}
    discussion, _created = Discussion.objects.update_or_create(
        **scope, defaults=settings
    )
    move_site_version()
    return discussion


def make_staff(group: str = "", **fields: Any) -> User:
    """Return a member of staff in ``group``: Reporter, Editor or Moderator."""
    name = fields.pop("username", f"staff{next(_numbers)}")
    user = User.objects.create_user(name, is_staff=True, password="x", **fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def wave_file(seconds: int = 2, name: str = "bell.wav") -> ContentFile:
    """Return an uploadable recording of silence, 8000 bytes a second."""
    output = BytesIO()
    with wave.open(output, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * seconds)
    return ContentFile(output.getvalue(), name=name)


def film_file(seconds: int = 2, *, told: bytes = b"") -> ContentFile:
    """Return an uploadable MP4 file without pictures, of 640 × 360 pixels.

    ``told`` is what the camera wrote of itself and the place.
    """

    def box(kind: bytes, *content: bytes) -> bytes:
        whole = b"".join(content)
        return struct.pack(">I4s", 8 + len(whole), kind) + whole

    header = struct.pack(">IIIII", 0, 0, 0, 600, 600 * seconds) + bytes(80)
    track = box(
        b"trak",
        box(b"tkhd", bytes(76), struct.pack(">II", 640 << 16, 360 << 16)),
        box(b"mdia", box(b"hdlr", bytes(8), b"vide", bytes(12))),
        box(b"udta", told),
    )
    movie = box(b"moov", box(b"mvhd", header), track, box(b"udta", told))
    data = box(b"ftyp", b"isom", bytes(4), b"isom") + movie + box(b"mdat", b"frames")
    return ContentFile(data, name="film.mov")


CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.500\nThe bell rings.\n"


def make_recording(*, captions: str = "", **fields: Any) -> Recording:
    """Return a recording of the library; its captions are the text of a WebVTT file."""
    file = fields.pop("file", None) or wave_file()
    defaults = {"title": "The tide bell", "credit": "Ilse Brandreth"}
    recording = Recording(**(defaults | fields))
    track = ContentFile(captions.encode()) if captions else None
    recordings.save(recording, editor=None, file=file, captions=track)
    return recording


def make_newsletter(**fields: Any) -> Newsletter:
    """Return the newsletter, which readers can sign up for unless told otherwise."""
    defaults = {
        "name": "The Friday letter",
        "imprint": "The Courier, 3 Slip Street, Wrenmouth",
        "is_open": True,
    }
    newsletter, _created = Newsletter.objects.update_or_create(
        pk=1, defaults=defaults | fields
    )
    move_site_version()
    return newsletter


def make_subscriber(
    email: str = "", *, state: str = Subscriber.State.CONFIRMED, **fields: Any
) -> Subscriber:
    """Return a new subscriber, who gets the newsletter unless told otherwise."""
    now = timezone.now()
    had = state not in {Subscriber.State.PENDING}
    is_gone = state in {Subscriber.State.UNSUBSCRIBED, Subscriber.State.BOUNCED}
    defaults = {
        "email": email or f"subscriber{next(_numbers)}@example.org",
        "confirmed_at": now if had else None,
        "left_at": now if is_gone else None,
    }
    return Subscriber.objects.create(state=state, **(defaults | fields))


def make_edition(*stories: Article, **fields: Any) -> Edition:
    """Return a draft with ``stories`` in their order."""
    defaults = {
        "subject": "The week the bridge came back",
        "introduction": "Good morning.",
    }
    edition = Edition.objects.create(**(defaults | fields))
    for position, article in enumerate(stories, start=1):
        EditionStory.objects.create(edition=edition, article=article, position=position)
    return edition
