"""Make valid objects, given only what matters to the test that asks."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone

import PIL.Image

from articles import publishing, renditions
from articles.models import Article, Author, Byline, Image, Section
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
        article.save()
        article.versions.update(shown_from=published_at)
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
