"""Pieces of a story that templates put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import uri_to_iri
from django.utils.formats import date_format
from django.utils.translation import pgettext

from articles import social_cards
from articles import structured_data as for_machines
from articles.models import Author, Image, Rendition
from newsroom.syndication import absolute, printable

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.template import Context
    from django.utils.safestring import SafeString

    from articles.models import Article, Revision
    from articles.story_page import StoryPage

register = template.Library()


@register.filter
def shown(article: Article) -> Revision | None:
    """Return the revision of ``article`` that readers get now."""
    return article.shown(timezone.now())


@register.filter
def readable(address: str) -> str:
    """Return ``address`` with the letters of its language, as browsers show it."""
    return uri_to_iri(address)


register.filter(absolute)
register.filter(printable)


@register.filter
def machine_readable(at: datetime) -> str:
    """Return ``at`` (aware) as ``<time datetime>`` has it, in the publication's zone."""
    return timezone.localtime(at).isoformat(timespec="seconds")


@register.filter
def moment(at: datetime, today: date) -> str:
    """Return the time of ``at`` (aware) if it is of ``today``, else its day, in words."""
    local = timezone.localtime(at)
    if local.date() == today:
        return date_format(local, pgettext("time", "H:i"))
    return date_format(local, pgettext("date", "j F"))


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


@register.inclusion_tag("articles/_social_card.html", takes_context=True)
def social_card(context: Context, story: StoryPage | None = None) -> dict[str, object]:
    """Render the picture that other sites show: the story's, else a drawn card."""
    publication = context["publication"]
    picture = social_picture(story.lead_image) if story else None
    if story and story.lead_image and picture:
        url, size = picture.file.url, (picture.width, picture.height)
        return {"url": url, "size": size, "alt": story.lead_image.alt}
    card = (
        social_cards.card_of(story.article, story.revision, publication)
        if story
        else social_cards.card_of_paper(publication)
    )
    url, size = card.get_absolute_url(), (social_cards.WIDTH, social_cards.HEIGHT)
    return {"url": url, "size": size, "alt": card.headline}


@register.simple_tag(takes_context=True)
def structured_data(context: Context, story: StoryPage) -> SafeString:
    """Render the story for machines, and the way to it, as JSON-LD."""
    publication, article = context["publication"], story.article
    told = for_machines.news_article(story, publication, context["pages"])
    way = for_machines.breadcrumbs(
        (publication.name, reverse("articles:front")),
        (article.section.name, article.section.get_absolute_url()),
        (story.revision.headline, article.get_absolute_url()),
    )
    return for_machines.script(told) + for_machines.script(way)


@register.simple_tag(takes_context=True)
def structured_list(context: Context, subject: Any) -> SafeString:
    """Render the way to the page of ``subject``, and who it is, as JSON-LD."""
    way = for_machines.breadcrumbs(
        (context["publication"].name, reverse("articles:front")),
        (str(subject), subject.get_absolute_url()),
    )
    if not isinstance(subject, Author):
        return for_machines.script(way)
    who = for_machines.profile(subject, context["publication"])
    return for_machines.script(who) + for_machines.script(way)


@register.simple_tag(takes_context=True)
def structured_site(context: Context) -> SafeString:
    """Render the name of the site for machines: the front page alone says it."""
    return for_machines.script(for_machines.site(context["publication"]))


@register.simple_tag(takes_context=True)
def structured_paper(context: Context) -> SafeString:
    """Render the paper itself for machines, with its policies, as JSON-LD."""
    paper = for_machines.organization(context["publication"], context["pages"])
    return for_machines.script({"@context": "https://schema.org"} | paper)
