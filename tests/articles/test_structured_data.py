"""What machines are told of a story: valid JSON that ends where it should."""

import json
import re

from django.utils import timezone

from articles.models import Author, Byline, Correction
from newsroom.models import Publication
from tests.articles.test_story_page import make_full_story
from tests.articles.test_versions import publish
from tests.factories import make_article

SITE = "http://testserver"


def data_of(client, story):
    page = client.get(story.get_absolute_url()).text
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    (text,) = found
    return json.loads(text)


def test_a_story_is_told_with_its_people_times_and_pictures(client):
    Publication.objects.create(
        pk=1, name="The Wrenmouth Courier", time_zone="Asia/Tokyo"
    )
    story = make_full_story()
    author = Author.objects.get()

    data = data_of(client, story)

    assert data["@type"] == "NewsArticle"
    assert (data["headline"], data["description"]) == (
        "Bridge reopens", "After eleven weeks.",
    )  # fmt: skip
    assert data["mainEntityOfPage"] == SITE + story.get_absolute_url()
    assert data["author"] == [
        {
            "@type": "Person",
            "name": "Odalys Fenwright",
            "url": SITE + author.get_absolute_url(),
        }
    ]
    assert data["contributor"] == [{"@type": "Person", "name": "Courier archive"}]
    assert data["publisher"]["name"] == "The Wrenmouth Courier"
    assert data["publisher"]["correctionsPolicy"] == f"{SITE}/corrections/"
    assert data["datePublished"].endswith("+09:00")
    assert data["dateModified"] == data["datePublished"]
    assert len(data["image"]) == 3
    assert all(url.startswith(f"{SITE}/media/") for url in data["image"])
    assert data["keywords"] == ["estuary bridge"]
    assert "correction" not in data


def test_notes_to_readers_are_told_and_a_minor_change_modifies_nothing(client):
    story = make_article()

    publish(story, kind="", headline="Sixx")
    minor = data_of(client, story)
    publish(story, headline="Nine", text="An earlier version said six.")
    publish(story, kind="retraction", headline="None", text="All of it was wrong.")
    told = data_of(client, story)
    Correction.objects.update(withdrawn_at=timezone.now(), withdrawal_reason="No.")
    publish(story, kind="", headline="Sixxx")
    withdrawn = data_of(client, story)

    assert minor["dateModified"] == minor["datePublished"]
    assert told["dateModified"] > told["datePublished"]
    assert [one["text"] for one in told["correction"]] == [
        "An earlier version said six.", "All of it was wrong.",
    ]  # fmt: skip
    note = Correction.objects.last()
    assert told["correction"][1]["@type"] == "CorrectionComment"
    assert told["correction"][1]["url"] == SITE + note.get_absolute_url()
    assert "correction" not in withdrawn


def test_no_word_of_a_story_ends_the_block(client):
    nasty = "</script><script>alert(1)</script><!-- & \u2028 ]]>"
    story = make_article(headline=nasty)
    Byline.objects.create(article=story, guest="<b>Guest</b>")
    publish(story, text=nasty, standfirst="Other.")

    page = client.get(story.get_absolute_url()).text
    data = data_of(client, story)

    assert "<script>alert" not in page
    assert data["headline"] == nasty
    assert data["correction"][0]["text"] == nasty
    assert data["author"][0]["name"] == "<b>Guest</b>"
