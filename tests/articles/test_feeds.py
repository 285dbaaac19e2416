"""Feeds in three formats: complete by their specifications, and true to the stories."""

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from articles.models import Article, Author, Correction, RelatedLink, Tag
from newsroom.models import Publication, move_site_version
from tests.articles.test_versions import publish
from tests.factories import (
    film_file,
    make_article,
    make_author,
    make_comment,
    make_draft,
    make_image,
    make_recording,
    make_section,
    picture_file,
)

SITE = "http://testserver"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
MEDIA = "{http://search.yahoo.com/mrss/}"
KINDS = ("", "atom/", "json/")


def rss(client, address="/feed/"):
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    root = ET.fromstring(response.content)  # noqa: S314  # our own feed
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root
    for name in ("title", "link", "description"):  # required of a channel
        assert channel.findtext(name)
    for item in channel.findall("item"):
        assert item.findtext("title") or item.findtext("description")
        assert item.find("guid").get("isPermaLink") == "false"
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
        assert item.findtext("link").startswith(f"{SITE}/")
    return channel


def atom(client, address="/feed/atom/"):
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.content)  # noqa: S314  # our own feed
    assert feed.tag == f"{ATOM}feed"
    for thing in (feed, *feed.findall(f"{ATOM}entry")):  # RFC 4287, 4.1.1 and 4.1.2
        for name in ("id", "title", "updated"):
            assert len(thing.findall(f"{ATOM}{name}")) == 1
            assert thing.findtext(f"{ATOM}{name}")
        assert datetime.fromisoformat(thing.findtext(f"{ATOM}updated")).tzinfo
        alternate = [
            link
            for link in thing.findall(f"{ATOM}link")
            if link.get("rel") == "alternate"
        ]
        assert len(alternate) == 1
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    (own,) = [one for one in feed.findall(f"{ATOM}link") if one.get("rel") == "self"]
    assert own.get("href") == SITE + address
    return feed


def json_feed(client, address="/feed/json/"):
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = response.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == SITE + address
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert "content_html" in item or "content_text" in item
        assert datetime.fromisoformat(item["date_published"]).tzinfo
        assert datetime.fromisoformat(item["date_modified"]).tzinfo
    return feed


def queries_of(client, address):
    move_site_version()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def make_full_story(**fields):
    image = make_image(file=picture_file(1400, 900), caption="The bridge")
    other = make_article(headline="Ferry gone")
    body = (
        f'<p>See <a href="/about/">us</a>.</p><figure data-image="{image.pk}" '
        'data-layout="wide"><figcaption>Stay <em>nine</em></figcaption></figure>'
        f'<div data-read-more="{other.pk}"></div>'
    )
    draft = make_draft(
        headline="Bridge & ferry <both>", body=body, author=make_author(),
        lead_image=image, lead_caption="At dawn", **fields,
    )  # fmt: skip
    draft.tags.add(Tag.objects.create(name="tides", slug="tides"))
    RelatedLink.objects.create(article=draft, url="https://example.org/", title="A")
    publishing.save_working_copy(draft, editor=None)
    return publishing.publish(draft, editor=None)


def test_rss_has_a_story_with_its_people_text_picture_and_themes(client):
    story = make_full_story()

    channel = rss(client)
    item = channel.find("item")
    text = item.findtext(CONTENT)

    assert item.findtext("title") == "Bridge & ferry <both>"
    assert item.findtext("link") == SITE + story.get_absolute_url()
    assert item.findtext("description") == "Traffic is back after eleven weeks."
    assert item.findtext(CREATOR) == "Odalys Fenwright"
    assert [one.text for one in item.findall("category")] == ["Town Hall", "tides"]
    media = item.find(f"{MEDIA}content")
    assert media.get("url").startswith(f"{SITE}/media/")
    assert (media.get("width"), media.get("height")) == ("1200", "675")
    assert media.findtext(f"{MEDIA}credit") == "Ilse Brandreth"
    assert f'<a href="{SITE}/about/">us</a>' in text
    assert text.count("<img ") == 2
    assert text.count(f'src="{SITE}/media/') == 2
    assert "Stay <em>nine</em>" in text
    assert "Ferry gone" in text
    for left_out in ("srcset", "class=", "loading", "style"):
        assert left_out not in text
    own = channel.find(f"{ATOM}link")
    assert (own.get("rel"), own.get("href")) == ("self", f"{SITE}/feed/")


def test_atom_has_the_same_story(client):
    story = make_full_story()

    entry = atom(client).find(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}title") == "Bridge & ferry <both>"
    author = entry.find(f"{ATOM}author")
    assert author.findtext(f"{ATOM}name") == "Odalys Fenwright"
    url = SITE + Author.objects.get().get_absolute_url()
    assert author.findtext(f"{ATOM}uri") == url
    assert entry.find(f"{ATOM}content").get("type") == "html"
    assert "Stay <em>nine</em>" in entry.findtext(f"{ATOM}content")
    links = {one.get("rel"): one for one in entry.findall(f"{ATOM}link")}
    assert links["alternate"].get("href") == SITE + story.get_absolute_url()
    assert links["enclosure"].get("type") == "image/jpeg"


def test_json_feed_has_the_same_story(client):
    story = make_full_story(language="ar")

    (item, _other) = json_feed(client)["items"]

    assert item["title"] == "Bridge & ferry <both>"
    assert item["url"] == SITE + story.get_absolute_url()
    assert item["summary"] == "Traffic is back after eleven weeks."
    assert item["authors"] == [
        {
            "name": "Odalys Fenwright",
            "url": SITE + Author.objects.get().get_absolute_url(),
        }
    ]
    assert item["tags"] == ["Town Hall", "tides"]
    assert item["image"].startswith(f"{SITE}/media/")
    assert item["language"] == "ar"


def test_a_publication_can_keep_its_text_for_its_own_pages(client):
    Publication.objects.create(pk=1, name="The Courier", feeds_in_full=False)
    make_article(standfirst="", body="<p>" + "word " * 200 + "</p>")

    (item,) = rss(client).findall("item")
    (entry,) = atom(client).findall(f"{ATOM}entry")
    (other,) = json_feed(client)["items"]

    assert item.find(CONTENT) is None
    assert entry.find(f"{ATOM}content") is None
    assert "content_html" not in other
    for summary in (
        item.findtext("description"),
        entry.findtext(f"{ATOM}summary"),
        other["content_text"],
    ):
        assert summary.startswith("word word")
        assert len(summary) <= 300


def test_a_story_is_known_by_the_same_id_at_its_new_address(client):
    story = make_article()
    before = json_feed(client)["items"][0]

    Article.objects.filter(pk=story.pk).update(slug="another-slug")
    move_site_version()
    after = json_feed(client)["items"][0]

    assert after["id"] == before["id"]
    assert after["url"] != before["url"]


def test_corrections_and_retractions_are_told_in_feeds_too(client):
    story = make_article(headline="Six")
    before = json_feed(client)["items"][0]

    publish(story, headline="Nine", text="It said <six>.")
    corrected = json_feed(client)["items"][0]
    publish(story, kind="retraction", headline="None", text="All of it was wrong.")
    retracted = json_feed(client)["items"][0]

    assert corrected["date_modified"] > before["date_modified"]
    assert corrected["date_published"] == before["date_published"]
    assert "It said &lt;six&gt;." in corrected["content_html"]
    assert corrected["title"] == "Nine"
    assert retracted["title"] == "Retracted: None"


def test_sound_can_be_heard_in_feeds_and_fetched_by_programs_for_podcasts(client):
    poster = make_image(credit="Corwin Pellow")
    bell = make_recording(transcript="A bell.")
    film = make_recording(
        title="Low water", file=film_file(), captions="WEBVTT\n", poster=poster
    )
    make_article(
        body=f'<p>Listen.</p><figure data-recording="{bell.pk}"></figure>'
        f'<figure data-recording="{film.pk}"></figure>'
    )
    addresses = [SITE + one.file.url for one in (bell, film)]

    item = rss(client).find("item")
    entry = atom(client).find(f"{ATOM}entry")
    (other,) = json_feed(client)["items"]

    text = item.findtext(CONTENT)
    assert f'<audio controls=""><source src="{addresses[0]}" type="audio/wav">' in (
        text.replace("\n", "")
    )
    assert f'<source src="{addresses[1]}" type="video/mp4">' in text
    assert f'poster="{SITE}/media/' in text
    assert "<p>A bell.</p>" in text
    (only,) = item.findall("enclosure")
    assert only.attrib == {
        "url": addresses[0], "length": str(bell.size), "type": "audio/wav",
    }  # fmt: skip
    links = [
        (one.get("href"), one.get("length"), one.get("type"))
        for one in entry.findall(f"{ATOM}link")
        if one.get("rel") == "enclosure"
    ]
    assert links == [
        (addresses[0], str(bell.size), "audio/wav"),
        (addresses[1], str(film.size), "video/mp4"),
    ]
    assert other["attachments"][0] == {
        "url": addresses[0],
        "mime_type": "audio/wav",
        "title": "The tide bell",
        "size_in_bytes": bell.size,
        "duration_in_seconds": 2,
    }
    assert len(other["attachments"]) == 2


def test_what_other_sites_show_is_a_link_in_feeds_and_offers_nothing(client):
    place = (
        "https://www.openstreetmap.org/?mlat=52.5432&amp;mlon=-4.0447#map=16/52.5/-4"
    )
    story = make_article(
        body=f'<div data-embed="{place}" data-title="Where it hangs"></div>'
    )

    text = json_feed(client)["items"][0]["content_html"]

    assert "Nothing has been asked of" in client.get(story.get_absolute_url()).text
    assert f'<a href="{place}" rel="external">' in text
    assert "Nothing has been asked of" not in text
    assert "Show it here" not in text


def test_a_pull_quote_is_a_quotation_in_feeds(client):
    make_article(body="<p>One.</p><div data-pull-quote>It hums.</div>")

    text = json_feed(client)["items"][0]["content_html"]

    assert "<blockquote><p>It hums.</p></blockquote>" in text


def test_a_sponsored_story_says_so(client):
    make_article(headline="Cocoa", label="sponsored", sponsor="The Harbour Bank")

    item = json_feed(client)["items"][0]

    assert item["title"] == "Sponsored: Cocoa"
    assert item["content_html"].startswith("<p>Paid for by The Harbour Bank.")


def test_feeds_hold_live_stories_of_their_subject_and_no_embargoed_one(client):
    tag = Tag.objects.create(name="tides", slug="tides")
    author = make_author()
    of_all = make_article(headline="Of all", author=author)
    of_all.tags.add(tag)
    make_article(headline="Other", section=make_section("Business", "business"))
    soon = timezone.now() + timedelta(hours=1)
    later = make_article(headline="Later", author=author, published_at=soon)
    later.tags.add(tag)
    move_site_version()

    for address in ("/section/town-hall/", "/tag/tides/", author.get_absolute_url()):
        items = rss(client, f"{address}feed/").findall("item")
        assert [item.findtext("title") for item in items] == ["Of all"]
        assert atom(client, f"{address}feed/atom/").findall(f"{ATOM}entry")
        assert json_feed(client, f"{address}feed/json/")["items"]
        page = client.get(address).text
        for kind in KINDS:
            assert f'href="{SITE}{address}feed/{kind}"' in page
    assert len(rss(client).findall("item")) == 2


def test_feeds_of_comments_and_corrections_come_in_all_formats(client):
    story = make_article()
    make_comment(story, source="Well *said*.")
    Correction.objects.create(article=story, text="It was nine.", kind="correction")
    of_story = reverse("comments:story-feed", args=[story.pk])

    for address in ("/corrections/feed/", "/comments/feed/", of_story):
        (item,) = rss(client, address).findall("item")
        (entry,) = atom(client, f"{address}atom/").findall(f"{ATOM}entry")
        (other,) = json_feed(client, f"{address}json/")["items"]
        assert item.findtext("guid") == entry.findtext(f"{ATOM}id") == other["id"]
        assert item.findtext(CONTENT) == other["content_html"]


def test_a_feed_brings_the_icon_of_the_paper(client):
    story = make_article()
    of_story = reverse("comments:story-feed", args=[story.pk])

    for address in ("/feed/", "/corrections/feed/", "/comments/feed/", of_story):
        icon = json_feed(client, f"{address}json/")["icon"]
        channel = rss(client, address)

        assert icon.startswith(f"{SITE}/static/icons/icon-192")
        assert atom(client, f"{address}atom/").findtext(f"{ATOM}icon") == icon
        assert channel.findtext("image/url") == icon
        for name in ("title", "link"):
            assert channel.findtext(f"image/{name}") == channel.findtext(name)


def test_an_empty_feed_is_complete_and_stays_the_same(client):
    make_section()

    for address in ("/", "/section/town-hall/", "/corrections/", "/comments/"):
        assert rss(client, f"{address}feed/").find("item") is None
        feed = atom(client, f"{address}feed/atom/")
        assert feed.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"
        assert json_feed(client, f"{address}feed/json/")["items"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_that_did_not_change_is_not_sent_again(client, kind):
    make_article()
    first = client.get(f"/feed/{kind}")

    move_site_version()
    again = client.get(
        f"/feed/{kind}", headers={"If-None-Match": first.headers["ETag"]}
    )
    make_article(headline="Second")
    changed = client.get(
        f"/feed/{kind}", headers={"If-None-Match": first.headers["ETag"]}
    )
    head = client.head(f"/feed/{kind}")

    assert (again.status_code, changed.status_code) == (304, 200)
    assert again.content == b""
    assert head.headers["ETag"] == changed.headers["ETag"]
    assert "Set-Cookie" not in first.headers


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_holds_thirty_stories_and_costs_the_same_for_any_number(client, kind):
    for _number in range(2):
        make_full_story_again()
    few = queries_of(client, f"/feed/{kind}")
    for _number in range(31):
        make_article(author=make_author())
    make_full_story_again()
    many = queries_of(client, f"/feed/{kind}")

    assert few == many <= 11
    assert len(json_feed(client)["items"]) == 30


def make_full_story_again():
    Tag.objects.filter(slug="tides").delete()
    return make_full_story()


def test_every_page_says_where_the_feeds_are(client):
    page = client.get("/about/").text

    for kind in KINDS:
        assert f'href="{SITE}/feed/{kind}"' in page
    assert '<a href="/feed/">RSS</a>' in page


def test_what_xml_cannot_hold_is_left_out(client):
    make_article(headline="Bell\x07 and \ufffe end", body="<p>One\x0btwo</p>")

    assert rss(client).findtext("item/title") == "Bell and  end"
    assert "Onetwo" in atom(client).findtext(f"{ATOM}entry/{ATOM}content")


@pytest.mark.parametrize("kind", KINDS)
def test_feeds_name_the_hub_that_the_operator_chose(client, settings, kind):
    make_article()
    without = client.get(f"/feed/{kind}")
    settings.WEBSUB_HUB = "https://hub.example/"
    move_site_version()

    with_hub = client.get(f"/feed/{kind}")
    again = client.get(f"/feed/{kind}")

    assert "hub.example" not in without.text
    assert "Link" not in without.headers
    assert "https://hub.example/" in with_hub.text
    assert (
        again.headers["Link"]
        == with_hub.headers["Link"]
        == (f'<https://hub.example/>; rel="hub", <{SITE}/feed/{kind}>; rel="self"')
    )


@pytest.mark.parametrize(
    "path",
    [
        "/section/none/feed/", "/tag/none/feed/atom/", "/author/none/feed/json/",
        "/feed/opml/", "/comments/story/999/feed/", "/section/%00/feed/",
        "/comments/story/" + "9" * 30 + "/feed/atom/",
    ],
)  # fmt: skip
def test_a_feed_that_there_is_not_is_not_found(client, path):
    assert client.get(path).status_code in {400, 404}


def test_a_query_after_a_feed_is_dropped(client):
    response = client.get("/feed/?page=2&x=%FF")

    assert (response.status_code, response.headers["Location"]) == (
        302,
        f"{SITE}/feed/",
    )
