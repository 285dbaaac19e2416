"""Sitemaps by the rules of sitemaps.org and Google, and robots.txt."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import pytest

from articles import publishing, sitemaps
from articles.models import Article, Author, Page, Section, Tag
from newsroom.models import Publication, move_site_version
from tests.articles.test_versions import publish
from tests.factories import (
    make_article,
    make_author,
    make_draft,
    make_image,
    make_section,
    make_staff,
)
from tests.html_forms import fields_of

SITE = "http://testserver"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def read(client, address, *, root="urlset", entry="url"):
    """Return the entries of a sitemap, after the checks of the protocol's schema."""
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert len(response.content) < 50 * 1024 * 1024
    tree = ET.fromstring(response.content)  # noqa: S314  # our own
    assert tree.tag == NAMESPACE + root
    entries = list(tree)
    assert 1 <= len(entries) <= 50_000
    for one in entries:
        assert one.tag == NAMESPACE + entry
        (loc,) = one.findall(f"{NAMESPACE}loc")
        assert loc.text.startswith(f"{SITE}/")
        assert loc.text.isascii()
        assert 12 <= len(loc.text) <= 2048
        for changed in one.findall(f"{NAMESPACE}lastmod"):
            assert datetime.fromisoformat(changed.text).tzinfo
    return entries


def index(client):
    entries = read(client, "/sitemap.xml", root="sitemapindex", entry="sitemap")
    return {url_of(one).removeprefix(SITE): one for one in entries}


def url_of(entry):
    return entry.findtext(f"{NAMESPACE}loc")


def urls(client, address):
    return [url_of(entry) for entry in read(client, address)]


def on(day, **fields):
    at = datetime(*map(int, day.split("-")), 12, tzinfo=UTC)
    return make_article(published_at=at, **fields)


def queries_of(client, address):
    move_site_version()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_index_names_a_sitemap_for_each_month_that_has_stories(client):
    on("2026-08-31", headline="August")
    on("2026-10-01", headline="October")
    later = timezone.now() + timedelta(days=40)
    make_article(headline="Later", published_at=later)

    found = index(client)

    assert list(found) == [
        "/sitemap-pages.xml", "/sitemap-2026-10.xml", "/sitemap-2026-08.xml",
    ]  # fmt: skip
    changed = found["/sitemap-2026-08.xml"].findtext(f"{NAMESPACE}lastmod")
    assert changed == "2026-08-31T12:00:00+00:00"
    assert all(client.get(address).status_code == 200 for address in found)


def test_a_month_of_many_stories_is_told_in_shards(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "STORIES_A_SHARD", 2)
    stories = [on("2026-08-31", headline=f"Story {number}") for number in range(5)]

    found = [address for address in index(client) if "2026-08" in address]
    told = [url for address in reversed(found) for url in urls(client, address)]

    assert found == [
        "/sitemap-2026-08-3.xml", "/sitemap-2026-08-2.xml", "/sitemap-2026-08.xml",
    ]  # fmt: skip
    assert told == [SITE + story.get_absolute_url() for story in stories]


def test_a_story_has_its_pictures_and_the_time_of_its_last_real_change(client):
    lead, within = make_image(), make_image()
    body = f'<figure data-image="{within.pk}"></figure>'
    story = make_article(headline="Pictures", lead_image=lead, body=body)
    address = f"/sitemap-{story.day:%Y-%m}.xml"

    (new,) = read(client, address)
    publish(story, kind="", headline="Picturess")
    (minor,) = read(client, address)
    publish(story, headline="Nine pictures", text="It said none.")
    (changed,) = read(client, address)

    pictures = [one.text for one in new.iter(f"{IMAGE}loc")]
    widest = [
        one.renditions.filter(crop="whole").order_by("-width")[0]
        for one in (lead, within)
    ]
    assert pictures == [SITE + one.file.url for one in widest]
    lastmod = f"{NAMESPACE}lastmod"
    assert minor.findtext(lastmod) == new.findtext(lastmod)
    assert changed.findtext(lastmod) >= new.findtext(lastmod)
    article = Article.objects.get(pk=story.pk)
    told = datetime.fromisoformat(changed.findtext(lastmod))
    assert told == article.updated_at.replace(microsecond=0)
    in_index = index(client)[address].findtext(lastmod)
    assert in_index == changed.findtext(lastmod)


def test_no_sitemap_has_what_search_engines_are_not_to_list(client):
    kept = make_article(headline="Kept")
    hidden = make_article(headline="Hidden", noindex=True)
    elsewhere = make_article(headline="Copy", canonical_url="https://example.org/a")
    gone = make_article(headline="Gone")
    publishing.withdraw(gone, editor=None)
    soon = timezone.now() + timedelta(minutes=5)
    embargoed = make_article(headline="Embargoed", published_at=soon)
    make_draft(headline="Draft")

    for address in (f"/sitemap-{kept.day:%Y-%m}.xml", "/news-sitemap.xml"):
        assert urls(client, address) == [SITE + kept.get_absolute_url()]
    comments = f"/comments/story/{hidden.pk}/"
    for address in (hidden.get_absolute_url(), comments):
        assert 'content="noindex"' in client.get(address).text
    assert (
        'content="max-image-preview:large"' in client.get(kept.get_absolute_url()).text
    )
    assert (
        'rel="canonical" href="https://example.org/a"'
        in client.get(elsewhere.get_absolute_url()).text
    )
    assert embargoed.headline == "Embargoed"


def test_a_month_whose_stories_all_stand_elsewhere_has_a_sitemap_with_none(client):
    there = make_article(headline="Copy", canonical_url="https://example.org/a")
    address = f"/sitemap-{there.day:%Y-%m}.xml"

    copies = urls(client, address)
    make_article(headline="Our own", slug="our-own")

    assert address in index(client)
    assert copies == [f"{SITE}/"]
    assert [url[-9:] for url in urls(client, address)] == ["/our-own/"]


def test_the_pages_are_told_where_there_is_something_to_read(client):
    author = make_author()
    story = make_article(author=author)
    story.tags.add(Tag.objects.create(name="tides", slug="tides"))
    Tag.objects.create(name="unused", slug="unused")
    make_section("Empty", "empty")
    Author.objects.create(name="Nobody", slug="nobody")
    page = Page.objects.create(title="Privacy", slug="privacy", kind="privacy")
    move_site_version()

    found = urls(client, "/sitemap-pages.xml")

    assert found == [
        f"{SITE}/", f"{SITE}/about/", f"{SITE}/corrections/",
        SITE + page.get_absolute_url(), SITE + story.section.get_absolute_url(),
        SITE + author.get_absolute_url(), f"{SITE}/tag/tides/",
    ]  # fmt: skip


def test_the_news_sitemap_has_two_days_of_our_own_stories(client):
    Publication.objects.create(pk=1, name="Bits & Boats", time_zone="Asia/Tokyo")
    now = timezone.now()
    new = make_article(
        headline="New <now>\x07", language="zh-hans",
        published_at=now - timedelta(hours=47),
    )  # fmt: skip
    make_article(headline="Old", published_at=now - timedelta(hours=49))
    make_article(headline="Paid", label="sponsored", sponsor="The Bank")
    opinion = make_article(headline="Opinion", label="opinion")

    first, second = read(client, "/news-sitemap.xml")

    assert url_of(first) == SITE + opinion.get_absolute_url()
    assert url_of(second) == SITE + new.get_absolute_url()
    (told,) = second.findall(f"{NEWS}news")
    assert told.findtext(f"{NEWS}publication/{NEWS}name") == "Bits & Boats"
    assert told.findtext(f"{NEWS}publication/{NEWS}language") == "zh-cn"
    assert told.findtext(f"{NEWS}title") == "New <now>"
    assert told.findtext(f"{NEWS}publication_date").endswith("+09:00")
    assert first.findtext(f"{NEWS}news/{NEWS}publication/{NEWS}language") == "en"


def test_the_news_sitemap_ends_at_its_most(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST_NEWS", 3)
    for number in range(5):
        make_article(headline=f"Story {number}")

    assert len(read(client, "/news-sitemap.xml")) == 3
    assert timedelta(days=2) == sitemaps.NEWS


def test_an_empty_paper_has_sitemaps_by_the_schema(client):
    assert list(index(client)) == ["/sitemap-pages.xml"]
    assert len(read(client, "/sitemap-pages.xml")) == 3
    (front,) = read(client, "/news-sitemap.xml")
    assert url_of(front) == f"{SITE}/"
    assert [one.tag for one in front] == [f"{NAMESPACE}loc"]


def test_sitemaps_cost_the_same_for_any_number_of_stories(client):
    for number in range(2):
        full_story(number)
    shard = f"/sitemap-{Article.objects.first().day:%Y-%m}.xml"
    addresses = ("/sitemap.xml", "/sitemap-pages.xml", shard, "/news-sitemap.xml")
    few = [queries_of(client, address) for address in addresses]
    for number in range(2, 12):
        full_story(number)
    many = [queries_of(client, address) for address in addresses]

    assert few == many
    assert max(many) <= 7


def full_story(number):
    image = make_image()
    body = f'<figure data-image="{image.pk}"></figure>'
    story = make_article(
        headline=f"Story {number}", lead_image=image, body=body, author=make_author()
    )
    story.tags.add(Tag.objects.create(name=f"t{number}", slug=f"t{number}"))


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap-2026-13.xml", "/sitemap-0000-01.xml", "/sitemap-9999-12.xml",
        "/sitemap-2026-11-0.xml", "/sitemap-2026-11-2.xml", "/sitemap-1999-01.xml",
        f"/sitemap-2026-11-{'9' * 40}.xml", "/sitemap-x.xml",
    ],
)  # fmt: skip
def test_a_sitemap_that_there_is_not_is_not_found(client, path):
    make_article()

    assert client.get(path).status_code == 404


# --- robots.txt ---


def test_robots_are_kept_from_the_desk_and_led_to_the_sitemaps(client):
    response = client.get("/robots.txt")
    rules = RobotFileParser()
    rules.parse(response.text.splitlines())

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    for path in ("/admin/", "/preview/x/", "/search/?q=a", "/comments/mine/x/"):
        assert not rules.can_fetch("Googlebot", path)
    for path in ("/", "/2026/11/23/story/", "/section/town-hall/", "/feed/"):
        assert rules.can_fetch("Googlebot", path)
    assert rules.site_maps() == [f"{SITE}/sitemap.xml", f"{SITE}/news-sitemap.xml"]


def test_the_desk_can_say_something_else_to_robots(client):
    Publication.objects.create(pk=1)
    client.force_login(make_staff(is_superuser=True))
    form = fields_of(
        client.get("/admin/newsroom/publication/1/change/"), "publication_form"
    )
    before = client.get("/robots.txt").text
    asked = "User-agent: GPTBot\r\nDisallow: /\r\n"

    client.post("/admin/newsroom/publication/1/change/", form)
    unchanged = Publication.objects.get().robots
    client.post("/admin/newsroom/publication/1/change/", form | {"robots": asked})
    after = client.get("/robots.txt").text

    assert before.startswith(form["robots"])
    assert unchanged == ""
    assert "GPTBot" not in before
    assert after.startswith("User-agent: GPTBot\nDisallow: /\n\nSitemap: ")
    assert len(re.findall("^Sitemap:", after, re.MULTILINE)) == 2
    assert "\r" not in after


def test_what_crawlers_get_is_the_same_for_everyone(client):
    make_article()
    client.cookies["junk"] = "x"
    section = Section.objects.get()

    for address in (
        "/robots.txt", "/sitemap.xml", "/sitemap-pages.xml", "/news-sitemap.xml",
        f"{section.get_absolute_url()}feed/",
    ):  # fmt: skip
        response = client.get(address)
        again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")
