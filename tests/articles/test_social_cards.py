"""What other sites show of a page: the story's picture, or a drawn card."""

import re
from datetime import timedelta
from io import BytesIO

from django.core.files.storage import default_storage
from django.utils import timezone

import PIL.Image
import pytest

from articles import publishing, social_cards
from articles import redaction as redact
from articles.models import Article, Redaction
from articles.social_cards import Card
from newsroom.models import Publication, move_site_version
from tests.articles.test_versions import publish
from tests.factories import make_article, make_image, make_staff, picture_file

SITE = "http://testserver"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def card_on(client, address):
    page = client.get(address).text
    return dict(
        re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">', page)
    )


def card_of(client, story):
    return card_on(client, story.get_absolute_url())["og:image"].removeprefix(SITE)


def pixels_of(png):
    with PIL.Image.open(BytesIO(png)) as picture:
        return picture.size, picture.convert("RGB").tobytes()


def drawn(headline, kicker="", name="The Courier"):
    return pixels_of(social_cards.draw(Card(headline, kicker, name, 1)))


def test_a_story_without_a_picture_has_a_drawn_card(client):
    story = make_article(headline="Bridge & ferry")

    told = card_on(client, story.get_absolute_url())
    response = client.get(told["og:image"].removeprefix(SITE))

    assert told["og:image"].startswith(f"{SITE}/card/{story.pk}/")
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["og:image:alt"] == "Bridge &amp; ferry"
    assert told["twitter:card"] == "summary_large_image"
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in response.headers
    assert pixels_of(response.content)[0] == (1200, 630)


def test_a_story_with_a_picture_shows_that(client):
    image = make_image(file=picture_file(1400, 900))
    story = make_article(lead_image=image)

    told = card_on(client, story.get_absolute_url())

    assert told["og:image"].startswith(f"{SITE}/media/")
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "675")
    assert told["og:image:alt"] == "A bridge"


@pytest.mark.parametrize("page", ["/", "/about/", "/section/town-hall/"])
def test_every_other_page_has_the_papers_card(client, page):
    Publication.objects.create(pk=1, name="The Courier", tagline="From the estuary")
    make_article()

    told = card_on(client, page)
    response = client.get(told["og:image"].removeprefix(SITE))

    assert told["og:image:alt"] == "The Courier"
    assert response.status_code == 200
    assert pixels_of(response.content)[0] == (1200, 630)


def test_a_new_headline_has_a_card_of_its_own_and_the_old_address_leads_there(client):
    story = make_article(headline="Six")
    before = card_of(client, story)
    publish(story, kind="", headline="Nine")

    after = card_of(client, story)
    old = client.get(before)

    assert after != before
    assert (old.status_code, old.headers["Location"]) == (302, after)
    assert "no-store" in old.headers["Cache-Control"]


def test_a_card_is_drawn_once(client, monkeypatch):
    story = make_article(headline="Six")
    address = card_of(client, story)
    first = client.get(address)

    monkeypatch.setattr(social_cards, "draw", None)
    second = client.get(address)

    assert second.content == first.content


def test_neither_the_card_nor_its_file_can_be_guessed_before_its_time(client):
    story = make_article(headline="Budget leak")
    address = card_of(client, story)
    assert client.get(address).status_code == 200
    token = address.rsplit("/", 1)[1].removesuffix(".png")
    (folder,) = default_storage.listdir("cards")[0]
    (name,) = default_storage.listdir(f"cards/{folder}")[1]

    Article.objects.filter(pk=story.pk).update(
        published_at=timezone.now() + timedelta(hours=1)
    )
    refused = client.get(address)
    later = make_article(
        headline="To come", published_at=timezone.now() + timedelta(hours=1)
    )
    guessed = client.get(f"/card/{later.pk}/{'0' * 32}.png")

    assert refused.status_code == guessed.status_code == 404
    assert len(token) == 32
    assert token not in name


def test_a_changed_name_of_the_paper_is_on_the_cards(client):
    publication = Publication.objects.create(pk=1, name="The Courier")
    story = make_article()
    before = card_of(client, story)

    publication.name = "The Post"
    publication.save()
    move_site_version()

    assert card_of(client, story) != before


def test_a_scheduled_headline_is_not_on_the_card_before_its_time(client):
    story = make_article(headline="Six")
    before = card_of(client, story)
    story.headline = "Nine"
    story.save()
    publishing.save_working_copy(story, editor=None)
    soon = timezone.now() + timedelta(hours=1)
    publishing.schedule(story, editor=None, at=soon)

    assert card_of(client, story) == before
    assert client.get(before).status_code == 200


def test_a_redaction_takes_drawn_cards_away(client, django_capture_on_commit_callbacks):
    story = make_article(headline="Sixpence")
    first = card_of(client, story)
    other = card_of(client, make_article(headline="Other"))
    assert client.get(first).status_code == client.get(other).status_code == 200
    redaction = redact.propose(
        Redaction(article=story, words="Sixpence", reason="A court asked."),
        editor=make_staff("Editor"),
    )

    with django_capture_on_commit_callbacks(execute=True):
        redact.confirm(redaction, editor=make_staff("Editor"))

    assert card_of(client, story) != first
    folders = default_storage.listdir("cards")[0]
    kept = [default_storage.listdir(f"cards/{name}")[1] for name in folders]
    assert sorted(map(len, kept)) == [0, 1]


def test_letters_of_latin_alphabets_are_drawn():
    plain = drawn("Nothing")

    for headline in ("Übermut in Łódź", "“Naïve” façades", "Ångström – £5 €7"):
        size, pixels = drawn(headline)
        assert size == (1200, 630)
        assert pixels not in {plain[1], drawn("")[1]}


def test_a_headline_in_another_script_leaves_the_papers_name():
    assert drawn("جسر المصب", kicker="Town Hall") == drawn("", kicker="")
    assert drawn("桥", kicker="Town Hall") == drawn("", kicker="")
    assert drawn("Bridge 🌉 open") == drawn("Bridge open")


@pytest.mark.parametrize(
    "headline",
    ["", " ", "x" * 255, "A\x07b\n\tc", "word " * 51, "\u200f\u202e", "a" * 60],
)
def test_any_headline_makes_a_card(headline):
    assert drawn(headline, kicker="x" * 60, name="y" * 100)[0] == (1200, 630)


@pytest.mark.parametrize("path", ["/card/1/x.png", "/card/" + "9" * 30 + "/x.png"])
def test_a_card_of_no_story_is_not_found(client, path):
    assert client.get(path).status_code == 404
