"""Pieces of a story that templates put together."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.utils import timezone

from articles import structured_data as for_machines
from articles.models import Image, Rendition

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.safestring import SafeString

    from articles.models import Article, Revision
    from articles.story_page import StoryPage
    from newsroom.models import Publication

register = template.Library()


@register.filter
def shown(article: Article) -> Revision | None:
    """Return the revision of ``article`` that readers get now."""
    return article.shown(timezone.now())


@register.filter
def absolute(path: str) -> str:
    """Return the address of ``path`` with the site's scheme and host before it.

    What has a host already, such as a picture in a bucket, stays as it is.
    """
    return urljoin(f"{settings.SITE_URL}/", path)


@register.filter
def machine_readable(at: datetime) -> str:
    """Return ``at`` (aware) as ``<time datetime>`` has it, in the publication's zone."""
    return timezone.localtime(at).isoformat(timespec="seconds")


@register.inclusion_tag("articles/_picture.html")
def picture(
    image: Image | None,
    *,
    crop: str = Rendition.Crop.WHOLE,
    sizes: str = "100vw",
    first: bool = False,
    alt: str | None = None,
) -> dict[str, object]:
    """Render an image in one crop for every width it has; nothing if it has none.

    ``sizes`` is the attribute of that name. ``first`` is for the one picture seen
    before any scrolling: it is fetched at once, all others when they come near.
    """
    renditions = image.rendered(crop) if image else []
    return {
        "image": image,
        "renditions": renditions,
        "largest": renditions[-1] if renditions else None,
        "sizes": sizes,
        "first": first,
        "alt": (image.alt if image else "") if alt is None else alt,
    }


@register.filter
def social_picture(image: Image | None) -> Rendition | None:
    """Return the rendition that cards on other sites show, if there is one."""
    wide = image.rendered(Rendition.Crop.WIDE, "jpeg") if image else []
    return wide[-1] if wide else None


@register.simple_tag
def structured_data(story: StoryPage, publication: Publication) -> SafeString:
    """Render the story for machines, as JSON-LD."""
    return for_machines.script(for_machines.news_article(story, publication))
