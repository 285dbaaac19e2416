"""What machines are told of a story: valid JSON that ends where it should."""

import json
import re
from datetime import timedelta

from django.utils import timezone

import pytest

from articles.models import Author, Byline, Correction, Page
from newsroom.models import Publication
from tests.articles.test_story_page import make_full_story
from tests.articles.test_versions import publish
from tests.factories import (
    film_file,
    make_article,
    make_author,
    make_image,
    make_recording,
    make_staff,
)
from tests.html_forms import fields_of

SITE = "http://testserver"
POLICIES = {
    "publishingPrinciples": "principles",
    "ethicsPolicy": "ethics",
    "correctionsPolicy": "corrections",
    "verificationFactCheckingPolicy": "verification",
    "unnamedSourcesPolicy": "sources",
    "noBylinesPolicy": "no-bylines",
    "actionableFeedbackPolicy": "feedback",
    "diversityPolicy": "diversity",
    "diversityStaffingReport": "staffing",
    "missionCoveragePrioritiesPolicy": "mission",
    "ownershipFundingInfo": "ownership",
    "masthead": "masthead",
}


def data_of(client, story):
    page = client.get(story.get_absolute_url()).text
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = [json.loads(text) for text in found]
    (story,) = [one for one in told if "headline" in one]
    return story


def test_a_story_is_told_with_its_people_times_and_pictures(client):
    Publication.objects.create(
        pk=1, name="The Wrenmouth Courier", time_zone="Asia/Tokyo"
    )
    story = make_full_story()
    author = Author.objects.get()

    data = data_of(client, story)

    assert data["@type"] == ["NewsArticle", "AnalysisNewsArticle"]
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
    assert {(one["width"], one["height"]) for one in data["image"]} <= {
        (400, 400), (533, 400), (640, 360),
    }  # fmt: skip
    assert {one["creditText"] for one in data["image"]} == {"I. Brandreth"}
    assert all(one["url"].startswith(f"{SITE}/media/") for one in data["image"])
    assert data["keywords"] == ["estuary bridge"]
    assert "correction" not in data


def test_a_picture_is_told_with_whose_it_is_and_on_what_terms(client):
    image = make_image(
        credit="Ilse Brandreth", copyright="© Estuary Pictures", licence="CC BY-SA 4.0",
        source_url="https://pictures.example/7", alt="Stays",
    )  # fmt: skip
    story = make_article(lead_image=image)

    for one in data_of(client, story)["image"]:
        del one["width"], one["height"]
        assert one.pop("url") == one.pop("contentUrl")
        assert one == {
            "@type": "ImageObject",
            "caption": "Stays",
            "creator": {"@type": "Person", "name": "Ilse Brandreth"},
            "creditText": "Ilse Brandreth",
            "copyrightNotice": "© Estuary Pictures",
            "license": "https://creativecommons.org/licenses/by-sa/4.0/",
            "acquireLicensePage": "https://pictures.example/7",
        }


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC BY-NC-ND 2.0", "https://creativecommons.org/licenses/by-nc-nd/2.0/"),
        ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("All rights reserved", None),
        ("", None),
    ],
)
def test_only_a_licence_that_has_an_address_is_told(client, licence, address):
    story = make_article(lead_image=make_image(licence=licence))

    (image, *_others) = data_of(client, story)["image"]

    assert image.get("license") == address
    assert image.get("acquireLicensePage") == address
    assert image["copyrightNotice"] == "© Ilse Brandreth"


def test_a_story_without_a_picture_is_told_with_its_card(client):
    story = make_article()

    (card,) = data_of(client, story)["image"]

    assert card["url"].startswith(f"{SITE}/card/{story.pk}/")
    assert (card["width"], card["height"]) == (1200, 630)


def test_sound_and_film_are_told_with_length_and_still(client):
    bell = make_recording(description="At low water.")
    poster = make_image()
    film = make_recording(
        title="Low water", file=film_file(), captions="WEBVTT\n", poster=poster
    )
    bare = make_recording(title="Bare", file=film_file(), captions="WEBVTT\n")
    story = make_article(
        body="".join(
            f'<figure data-recording="{one.pk}"></figure>' for one in (bell, film, bare)
        )
    )

    data = data_of(client, story)

    published = data["datePublished"]
    assert data["audio"] == [
        {
            "@type": "AudioObject",
            "name": "The tide bell",
            "description": "At low water.",
            "contentUrl": SITE + bell.file.url,
            "encodingFormat": "audio/wav",
            "duration": "PT2S",
            "uploadDate": published,
            "creditText": "Ilse Brandreth",
        }
    ]
    first, second = data["video"]
    assert (first["@type"], first["name"]) == ("VideoObject", "Low water")
    assert first["description"] == "Low water"
    assert first["uploadDate"] == published
    stills = {SITE + one.file.url for one in poster.renditions.all()}
    assert {*first["thumbnailUrl"]} <= stills
    assert len(first["thumbnailUrl"]) == 3
    assert second["thumbnailUrl"] == [data["image"][0]["url"]]


def test_what_is_read_out_of_a_story_is_on_its_page(client):
    story = make_article(standfirst="After eleven weeks.")
    bare = make_article(standfirst="")

    said = data_of(client, story)["speakable"]

    assert said == {
        "@type": "SpeakableSpecification",
        "cssSelector": [".story-header h1", ".standfirst"],
    }
    page = client.get(story.get_absolute_url()).text
    assert '<header class="story-header">' in page
    assert '<p class="standfirst">After eleven weeks.</p>' in page
    assert "speakable" not in data_of(client, bare)


def told_on(client, address):
    page = client.get(address).text
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return [json.loads(text) for text in found]


def test_a_story_that_names_nobody_is_the_papers_own(client):
    Publication.objects.create(pk=1, name="The Courier")
    story = make_article()

    data = data_of(client, story)

    assert data["@type"] == "NewsArticle"
    assert data["author"] == [
        {"@type": "NewsMediaOrganization", "name": "The Courier", "url": f"{SITE}/"}
    ]
    assert data["wordCount"] == 6


def test_what_somebody_paid_for_is_told_as_such(client):
    story = make_article(label="sponsored", sponsor="The Harbour Bank")

    data = data_of(client, story)

    assert data["@type"] == ["Article", "AdvertiserContentArticle"]
    assert data["sponsor"] == {"@type": "Organization", "name": "The Harbour Bank"}


def test_the_way_to_a_page_is_told_from_the_front_on(client):
    Publication.objects.create(pk=1, name="The Courier")
    story = make_article(headline="Six")
    of_section = story.section.get_absolute_url()

    (way,) = [
        one
        for one in told_on(client, story.get_absolute_url())
        if one["@type"] == "BreadcrumbList"
    ]
    (shorter,) = told_on(client, of_section)

    steps = [
        (one["position"], one["name"], one["item"]) for one in way["itemListElement"]
    ]
    assert steps == [
        (1, "The Courier", f"{SITE}/"),
        (2, "Town Hall", SITE + of_section),
        (3, "Six", SITE + story.get_absolute_url()),
    ]
    assert shorter["itemListElement"] == way["itemListElement"][:2]


def test_an_author_is_told_with_their_work(client):
    Publication.objects.create(pk=1, name="The Courier")
    author = Author.objects.create(
        name="Odalys Fenwright", slug="odalys", role="Town hall reporter",
        biography="Reads budgets.", photograph=make_image(),
        elsewhere="https://www.social.example/@odalys\nhttps://papers.example/o",
    )  # fmt: skip

    page, way = told_on(client, author.get_absolute_url())
    person = page["mainEntity"]

    assert page["@type"] == "ProfilePage"
    assert person.pop("image").startswith(f"{SITE}/media/")
    assert person == {
        "@type": "Person",
        "name": "Odalys Fenwright",
        "url": f"{SITE}/author/odalys/",
        "jobTitle": "Town hall reporter",
        "description": "Reads budgets.",
        "sameAs": ["https://www.social.example/@odalys", "https://papers.example/o"],
        "worksFor": [
            {"@type": "NewsMediaOrganization", "name": "The Courier", "url": f"{SITE}/"}
        ],
    }
    assert way["@type"] == "BreadcrumbList"


def test_the_paper_is_told_with_each_policy_that_it_has(client):
    Publication.objects.create(
        pk=1, name="The Courier", contact="desk@example.org", principles="Two sources."
    )
    for kind in Page.Kind.values:
        Page.objects.create(title=kind, slug=kind, kind=kind)
    story = make_article()

    paper, site = told_on(client, "/")

    assert site == {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "The Courier",
        "url": f"{SITE}/",
        "inLanguage": "en",
        "publisher": {"@id": paper["@id"]},
    }
    assert paper["contactPoint"] == {
        "@type": "ContactPoint", "contactType": "newsroom", "email": "desk@example.org",
    }  # fmt: skip
    assert paper["@type"] == "NewsMediaOrganization"
    assert (paper["name"], paper["url"]) == ("The Courier", f"{SITE}/")
    assert {name: paper[name] for name in POLICIES} == {
        name: f"{SITE}/pages/{kind}/" for name, kind in POLICIES.items()
    }
    assert f"{SITE}/pages/privacy/" not in paper.values()
    assert told_on(client, "/about/") == [paper]
    assert data_of(client, story)["publisher"]["ethicsPolicy"] == paper["ethicsPolicy"]


def test_pages_of_the_paper_on_other_sites_are_told_and_linked(client):
    addresses = ["https://www.social.example/@courier/", "https://video.example/c"]
    Publication.objects.create(pk=1, elsewhere="\n".join(addresses))

    paper, _site = told_on(client, "/")
    links = re.findall(
        r'<a rel="me" href="([^"]*)" dir="ltr">(.*?)</a>', client.get("/").text
    )

    assert paper["sameAs"] == addresses
    assert links == [
        (addresses[0], "social.example/@courier"), (addresses[1], "video.example/c"),
    ]  # fmt: skip


def test_addresses_that_read_alike_are_all_told(client):
    alike = ["https://www.social.example/c", "https://social.example/c"]
    Publication.objects.create(pk=1, elsewhere="\n".join(alike + alike[:1]))

    paper, _site = told_on(client, "/")
    front = client.get("/").text

    assert paper["sameAs"] == alike
    assert re.findall(r'<a rel="me" href="([^"]*)"', front) == alike


def test_pages_of_an_author_on_other_sites_are_linked_where_there_are_any(client):
    odalys, other = make_author(), make_author("Corwin Pellow")
    odalys.elsewhere = "https://www.social.example/@odalys/"
    odalys.save()
    make_article(author=odalys)
    own = '<a rel="me" href="https://www.social.example/@odalys/" dir="ltr">'

    assert (
        f"{own}social.example/@odalys</a>" in client.get(f"/author/{odalys.slug}/").text
    )
    assert 'class="profiles"' not in client.get(f"/author/{other.slug}/").text


def test_an_authors_address_that_is_none_is_refused(client):
    author = make_author()
    client.force_login(make_staff(is_superuser=True))
    address = f"/admin/articles/author/{author.pk}/change/"
    form = fields_of(client.get(address), "author_form")

    refused = client.post(address, form | {"elsewhere": "javascript:alert(1)"})
    author.refresh_from_db()
    kept = author.elsewhere
    client.post(address, form | {"elsewhere": "https://papers.example/o"})
    author.refresh_from_db()

    assert "“javascript:alert(1)” is no address." in refused.text
    assert (kept, author.elsewhere) == ("", "https://papers.example/o")


@pytest.mark.parametrize("line", ["courier", "javascript:alert(1)", "https://", "a b"])
def test_what_is_no_address_is_refused_with_the_line_that_is_none(client, line):
    Publication.objects.create(pk=1)
    client.force_login(make_staff(is_superuser=True))
    address = "/admin/newsroom/publication/1/change/"
    form = fields_of(client.get(address), "publication_form")
    good = "https://social.example/@courier"

    refused = client.post(address, form | {"elsewhere": f"{good}\n{line}"})
    kept = Publication.objects.get().elsewhere
    taken = client.post(address, form | {"elsewhere": good})

    assert f"“{line.split()[0]}” is no address." in refused.text
    assert kept == ""
    assert (taken.status_code, Publication.objects.get().elsewhere) == (302, good)


def test_notes_to_readers_are_told_and_a_minor_change_modifies_nothing(client):
    story = make_article(published_at=timezone.now() - timedelta(hours=1))

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
