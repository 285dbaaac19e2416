"""Our stories on other sites, for those who ask by oEmbed: https://oembed.com/"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from articles import addresses, page_versions, social_cards
from articles.models import Article, Revision
from articles.story_page import authors_of, byline_of, images_of
from articles.templatetags.articles import social_picture
from newsroom.page_cache import shared_page
from newsroom.syndication import absolute, printable

if TYPE_CHECKING:
    from datetime import datetime

    from newsroom.models import Publication

WIDTH, HEIGHT = 600, 200  # pixels, about what the words take
AN_HOUR = 3600  # seconds


@require_safe
@shared_page(
    version=page_versions.of_site,
    parameters=("url", "format", "maxwidth", "maxheight"),
)
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer with a live story as a quotation that links to it: words alone, no frame.

    501 for a format that oEmbed does not know, 404 for an address of no live story.
    """
    form = request.GET.get("format", "json")
    if form not in {"json", "xml"}:
        return HttpResponse("json or xml", content_type="text/plain", status=501)
    now = timezone.now()
    address = request.GET.get("url", "")[:2000]
    found = addresses.stories_at([address]).get(address)
    stories = Article.objects.select_related("section", "live", "next").live(now)
    article = stories.filter(pk=found.pk).first() if found else None
    shown = article.shown(now) if article else None
    if article is None or shown is None:
        raise Http404
    publication = request.publication  # type: ignore[attr-defined]
    widest = _pixels(request.GET.get("maxwidth", ""))
    highest = _pixels(request.GET.get("maxheight", ""))
    data = _quotation(article, shown, publication)
    data |= {"width": min(WIDTH, widest), "height": min(HEIGHT, highest)}
    picture = _picture(article, shown, publication, now)
    if picture["thumbnail_width"] <= widest and picture["thumbnail_height"] <= highest:
        data |= picture
    return _as_xml(data) if form == "xml" else JsonResponse(data)


def _quotation(
    article: Article, shown: Revision, publication: Publication
) -> dict[str, Any]:
    url = absolute(article.get_absolute_url())
    data = {
        "version": "1.0",
        "type": "rich",
        "title": shown.headline,
        "provider_name": publication.name,
        "provider_url": absolute(reverse("articles:front")),
        "cache_age": AN_HOUR,
        "html": format_html(
            '<blockquote cite="{}"><p><a href="{}">{}</a></p><p>{}</p>'
            "<footer>{}</footer></blockquote>",
            url,
            url,
            shown.headline,
            shown.standfirst,
            publication.name,
        ),
    }
    people = [one for one in byline_of(shown, authors_of([shown])) if one.author]
    if people and people[0].author:
        data["author_name"] = str(people[0])
        data["author_url"] = absolute(people[0].author.get_absolute_url())
    return data


def _picture(
    article: Article, shown: Revision, publication: Publication, now: datetime
) -> dict[str, Any]:
    leading = {shown.lead_image_id} if shown.lead_image_id else set()
    image = images_of(leading, now).get(shown.lead_image_id or 0)
    if rendition := social_picture(image):
        url, size = rendition.file.url, (rendition.width, rendition.height)
    else:
        card = social_cards.card_of(article, shown, publication)
        url, size = card.get_absolute_url(), (social_cards.WIDTH, social_cards.HEIGHT)
    return {
        "thumbnail_url": absolute(url),
        "thumbnail_width": size[0],
        "thumbnail_height": size[1],
    }


def _pixels(typed: str) -> int:
    """Return the number that was asked for; what is none asks for nothing."""
    is_number = typed.isascii() and typed.isdecimal() and 0 < len(typed) <= 6
    return int(typed) if is_number else 10**6


def _as_xml(data: dict[str, Any]) -> HttpResponse:
    root = ET.Element("oembed")
    for name, value in data.items():
        ET.SubElement(root, name).text = printable(str(value))
    text = ET.tostring(root, encoding="unicode")
    head = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n'
    return HttpResponse(head + text, content_type="text/xml; charset=utf-8")
