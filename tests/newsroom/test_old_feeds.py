"""Where other systems had their feeds, ours are found."""

from django.urls import reverse

import pytest

from articles.models import Section, Tag
from newsroom.models import move_site_version
from tests.factories import make_article, make_author, make_section

SITE = "http://testserver"

FEEDS = {
    "/rss/": "/feed/",
    "/rss.xml": "/feed/",
    "/rss2/": "/feed/",
    "/feed/rss/": "/feed/",
    "/feed/rss2/": "/feed/",
    "/feed/rdf/": "/feed/",
    "/feed.xml": "/feed/",
    "/index.xml": "/feed/",
    "/index.rdf": "/feed/",
    "/feeds/": "/feed/",
    "/feeds/rss/": "/feed/",
    "/feeds/posts/default": "/feed/",
    "/feeds/posts/default?alt=rss": "/feed/",
    "/feeds/all.rss.xml": "/feed/",
    "/feed/feed.xml": "/feed/",
    "/blog-feed.xml": "/feed/",
    "/wp-rss.php": "/feed/",
    "/wp-rss2.php": "/feed/",
    "/wp-rdf.php": "/feed/",
    "/wp-feed.php": "/feed/",
    "/blog/feed/": "/feed/",
    "/blog/rss.xml": "/feed/",
    "/posts/index.xml": "/feed/",
    "/atom.xml": "/feed/atom/",
    "/atom/": "/feed/atom/",
    "/feeds/atom/": "/feed/atom/",
    "/feeds/atom.xml": "/feed/atom/",
    "/feeds/all.atom.xml": "/feed/atom/",
    "/wp-atom.php": "/feed/atom/",
    "/feed.json": "/feed/json/",
    "/category/town-hall/feed/": "/section/town-hall/feed/",
    "/category/news/town-hall/feed/atom/": "/section/town-hall/feed/atom/",
    "/categories/town-hall/index.xml": "/section/town-hall/feed/",
    "/category/tides/feed/": "/tag/tides/feed/",
    "/section/town-hall/feed/rss2/": "/section/town-hall/feed/",
    "/tag/tides/feed/rss2/": "/tag/tides/feed/",
    "/tag/tides/rss/": "/tag/tides/feed/",
    "/tags/tides/index.xml": "/tag/tides/feed/",
    "/feeds/posts/default/-/tides": "/tag/tides/feed/",
    "/comments/feed/rss2/": "/comments/feed/",
    "/feeds/comments/default": "/comments/feed/",
    "/wp-commentsrss2.php": "/comments/feed/",
    "/?feed=rss2": "/feed/",
    "/?feed=atom": "/feed/atom/",
    "/?feed=comments-rss2": "/comments/feed/",
    "/?feed=rss2&category_name=town-hall": "/section/town-hall/feed/",
    "/?feed=atom&tag=tides": "/tag/tides/feed/atom/",
}  # fmt: skip


@pytest.mark.parametrize("old", FEEDS)
def test_an_old_address_of_a_feed_leads_to_ours_for_good(client, old):
    make_section()
    Tag.objects.create(name="tides", slug="tides")

    response = client.get(old)

    assert response.status_code == 301
    assert response.headers["Location"] == SITE + FEEDS[old]
    assert client.get(FEEDS[old]).status_code == 200
    assert "Set-Cookie" not in response.headers


def test_an_author_and_a_storys_comments_are_found_too(client):
    author = make_author()
    story = make_article()

    of_author = client.get(f"/author/{author.slug}/rss/")
    of_story = client.get(f"{story.get_absolute_url()}feed/")
    as_atom = client.get(f"{story.get_absolute_url()}feed/atom/")

    assert of_author.headers["Location"] == f"{SITE}{author.get_absolute_url()}feed/"
    place = reverse("comments:story-feed", args=[story.pk])
    assert of_story.headers["Location"] == SITE + place
    assert as_atom.headers["Location"] == f"{SITE}{place}atom/"


@pytest.mark.parametrize(
    "path",
    [
        "/category/none/feed/", "/tag/none/feed/rss2/", "/author/none/rss/",
        "/2026/11/23/none/feed/", "/2026/13/45/none/feed/", "/category/%00/feed/",
        "/tag/" + "x" * 5000 + "/rss/", "/category/feed/",
    ],
)  # fmt: skip
def test_a_feed_of_what_we_do_not_have_is_not_found(client, path):
    assert client.get(path).status_code in {400, 404}


@pytest.mark.parametrize("query", ["feed=x", "feed=", "feed=rss2&tag=none", "feed=%FF"])
def test_a_query_for_no_feed_of_ours_is_dropped(client, query):
    Section.objects.all().delete()
    move_site_version()

    response = client.get(f"/?{query}")

    assert (response.status_code, response.headers["Location"]) == (302, f"{SITE}/")
