"""oEmbed: other sites quote a story with its headline and its picture."""

import html
import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from urllib.parse import quote

from django.utils import timezone

import pytest

from articles import publishing
from newsroom.models import Publication
from tests.factories import (
    make_article,
    make_author,
    make_draft,
    make_image,
    picture_file,
)

SITE = "http://testserver"


def ask(client, url, **more):
    return client.get("/oembed/", {"url": url} | more)


def test_a_story_says_where_it_can_be_asked_for(client):
    Publication.objects.create(pk=1, name="The Courier")
    story = make_article(headline="Bridge & <ferry>")
    page = client.get(story.get_absolute_url()).text

    places = re.findall(r'type="(\S+)\+oembed" title="[^"]*" href="([^"]*)"', page)
    kinds = [kind for kind, _place in places]
    answers = [client.get(html.unescape(place)[len(SITE) :]) for _kind, place in places]
    data = answers[0].json()
    root = ET.fromstring(answers[1].content)  # noqa: S314  # our own

    assert kinds == ["application/json", "text/xml"]
    assert [one.headers["Content-Type"] for one in answers] == [
        "application/json", "text/xml; charset=utf-8",
    ]  # fmt: skip
    assert (data["version"], data["type"]) == ("1.0", "rich")
    assert (data["width"], data["height"]) == (600, 200)
    assert data["title"] == "Bridge & <ferry>"
    assert data["provider_name"] == "The Courier"
    assert f'<a href="{SITE}{story.get_absolute_url()}">' in data["html"]
    assert "&lt;ferry&gt;" in data["html"]
    assert "<iframe" not in data["html"]
    assert {one.tag: one.text for one in root} == {
        name: str(value) for name, value in data.items()
    }


def test_a_story_brings_its_author_and_its_picture(client):
    image = make_image(file=picture_file(1400, 900))
    author = make_author()
    story = make_article(lead_image=image, author=author)
    url = SITE + story.get_absolute_url()

    data = ask(client, url).json()
    small = ask(client, url, maxwidth="300", maxheight="100").json()

    assert data["author_name"] == "Odalys Fenwright"
    assert data["author_url"] == SITE + author.get_absolute_url()
    assert data["thumbnail_url"].startswith(f"{SITE}/media/")
    assert (data["thumbnail_width"], data["thumbnail_height"]) == (1200, 675)
    assert (small["width"], small["height"]) == (300, 100)
    assert "thumbnail_url" not in small


def test_a_story_without_a_picture_brings_its_card(client):
    story = make_article()

    data = ask(client, story.get_absolute_url()).json()

    assert data["thumbnail_url"].startswith(f"{SITE}/card/{story.pk}/")


def test_only_live_stories_are_quoted_at_old_addresses_too(client):
    soon = timezone.now() + timedelta(hours=1)
    later = make_article(headline="Later", published_at=soon)
    gone = make_article(headline="Gone")
    publishing.withdraw(gone, editor=None)
    draft = make_draft(headline="Draft", slug="draft")
    story = make_article(headline="Here")
    old = story.get_absolute_url()
    story.slug = "here-now"
    story.save()
    publishing.change_slug(story, editor=None, old_path=old)

    assert ask(client, SITE + old).json()["title"] == "Here"
    for article in (later, gone, draft):
        assert ask(client, SITE + article.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "", "url=", "url=x", "url=%FF", "url=http://[", "url=https://example.org/2026/",
        "url=" + "x" * 5000, "url=/admin/", f"url={quote(SITE)}", "format=json",
    ],
)  # fmt: skip
def test_an_address_of_no_story_is_not_found(client, query):
    make_article()

    assert client.get(f"/oembed/?{query}").status_code == 404


def test_a_format_that_nobody_knows_is_refused_as_oembed_says(client):
    url = make_article().get_absolute_url()

    assert ask(client, url, format="yaml").status_code == 501


@pytest.mark.parametrize("width", ["x", "-1", "9" * 50, "٣", ""])
def test_a_width_that_is_none_asks_for_nothing(client, width):
    url = make_article().get_absolute_url()

    assert ask(client, url, maxwidth=width).json()["width"] == 600
