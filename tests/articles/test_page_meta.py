"""What the head of a page says to search engines and to sites that show it elsewhere."""

import html
import re
from datetime import UTC, datetime

from django.utils import timezone

import pytest

from articles.models import Author, Page, Tag
from newsroom.models import Publication, move_site_version
from tests.articles.test_versions import publish
from tests.factories import make_article, make_edition, make_newsletter

SITE = "http://testserver"
TOLD = re.compile(r'<meta (?:name|property)="([^"]*)" content="([^"]*)">')


def head_of(client, address):
    """Return what the head of a page says by name, and its canonical address."""
    head = client.get(address).text.partition("</head>")[0]
    (canonical,) = re.findall(r'<link rel="canonical" href="([^"]*)">', head)
    told = {name: html.unescape(said) for name, said in TOLD.findall(head)}
    return told | {"canonical": html.unescape(canonical)}


@pytest.fixture
def paper(db):
    Publication.objects.create(pk=1, name="The Courier", description="Of the estuary.")
    author = Author.objects.create(name="Odalys Fenwright", slug="odalys")
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    story = make_article(author=author, published_at=at)
    story.tags.add(Tag.objects.create(name="tides", slug="tides"))
    Page.objects.create(
        title="Privacy", slug="privacy", kind="privacy", body="<p>No.</p>"
    )
    make_newsletter(name="The Friday letter", description="Every Friday.")
    make_edition(
        story, subject="This week", state="sent", number=1, started_at=timezone.now()
    )
    move_site_version()


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/", "The Courier"),
        ("/section/town-hall/", "Town Hall"),
        ("/tag/tides/", "tides"),
        ("/author/odalys/", "Odalys Fenwright"),
        ("/latest/", "Latest"),
        ("/archive/", "Archive"),
        ("/2026/", "2026"),
        ("/2026/11/", "November 2026"),
        ("/2026/11/23/", "Nov. 23, 2026"),
        ("/about/", "About The Courier"),
        ("/corrections/", "Corrections"),
        ("/corrections/?kind=update", "Corrections"),
        ("/pages/privacy/", "Privacy"),
        ("/newsletter/", "The Friday letter"),
        ("/newsletter/1/", "This week"),
        ("/ratings/", "Top rated – 7 days"),
        ("/ratings/?by=most&over=week", "Most rated – 7 days"),
    ],
)
def test_every_page_says_what_it_is_and_how_it_is_to_be_shown(
    client, paper, address, title
):
    told = head_of(client, address)

    assert told["canonical"] == told["og:url"] == SITE + address
    assert told["robots"] == "max-image-preview:large"
    assert (told["og:title"], told["og:site_name"]) == (title, "The Courier")
    assert told["og:type"] == "website"
    assert told["og:image"].startswith(f"{SITE}/card/")
    assert told["twitter:card"] == "summary_large_image"
    assert told["twitter:image:alt"] == told["og:image:alt"]
    assert told.get("description") == told.get("og:description") != ""


def test_a_page_of_a_list_has_an_address_of_its_own(client):
    for _number in range(21):
        make_article()

    told = head_of(client, "/section/town-hall/?page=2")

    assert told["canonical"] == told["og:url"] == f"{SITE}/section/town-hall/?page=2"


def test_a_policy_is_described_by_how_it_begins(client):
    text = 'We keep "nothing" & no <list>. ' * 10
    Page.objects.create(
        title="Privacy", slug="privacy", kind="privacy",
        body=f"<p>{html.escape(text, quote=False)}</p>",
    )  # fmt: skip

    told = head_of(client, "/pages/privacy/")

    assert told["description"].startswith('We keep "nothing" & no <list>. We keep')
    assert len(told["description"]) == 160


def test_from_one_kind_of_notes_a_link_leads_back_to_all(client):
    story = make_article()
    publish(story, kind="update", headline="Nine", text="Now nine.")

    page = client.get("/corrections/?kind=update").text

    assert '<a href="/corrections/">All</a>' in page
    assert '<a href="?kind=update" aria-current="page">' in page
