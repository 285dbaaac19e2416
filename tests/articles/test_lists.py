"""Front page, sections, authors, tags and search: what is live, newest first."""

import re
from datetime import timedelta

from django.utils import timezone

import pytest

from articles import publishing
from articles.models import Section, Tag
from articles.views.paging import CARDS_A_PAGE
from tests.factories import (
    make_article,
    make_author,
    make_draft,
    make_image,
    make_section,
)
from tests.queries import queries_for_the_first_time, queries_of


@pytest.fixture
def author():
    return make_author("Odalys Fenwright")


@pytest.fixture
def tag():
    return Tag.objects.create(name="tides", slug="tides")


@pytest.fixture
def lists(author, tag):
    """The addresses of all lists that a story by ``author`` with ``tag`` is on."""
    return ["/", "/section/town-hall/", author.get_absolute_url(), tag.get_absolute_url(),
            "/search/?q=bridge"]  # fmt: skip


def make_listed(author, tag, **fields):
    """Return a live story that stands on every list."""
    article = make_article(author=author, body="<p>The bridge.</p>", **fields)
    article.tags.add(tag)
    return article


def headlines_on(page):
    """Return the headlines of a list; those offered where nothing is found are not."""
    listed = page.text.partition('class="search-newest"')[0]
    said = re.findall(r'class="card-headline"[^>]*><a href="[^"]+">(.+?)</a>', listed)
    return [re.sub("</?mark>", "", headline) for headline in said]


def test_every_list_has_what_is_live_newest_first_and_nothing_else(
    client, author, tag, lists
):
    now = timezone.now()
    make_listed(author, tag, headline="Older", published_at=now - timedelta(days=2))
    make_listed(author, tag, headline="Newer", published_at=now - timedelta(days=1))
    make_listed(author, tag, headline="Scheduled", published_at=now + timedelta(days=1))
    gone = make_listed(author, tag, headline="Withdrawn")
    publishing.withdraw(gone, editor=None)
    over = make_listed(
        author, tag, headline="Expired", published_at=now - timedelta(days=3)
    )
    over.expires_at = now - timedelta(hours=1)
    over.save()
    make_draft(headline="Draft about a bridge", author=author).tags.add(tag)

    for address in lists:
        page = client.get(address)
        assert page.status_code == 200
        assert headlines_on(page) == ["Newer", "Older"], address


def test_a_list_of_one_subject_has_its_own_stories_alone(client, author, tag, lists):
    culture = make_section("Culture", "culture")
    other_tag = Tag.objects.create(name="plays", slug="plays")
    other_author = make_author("Corwin Pellow")
    make_listed(author, tag, headline="Tides")
    make_listed(other_author, other_tag, headline="A play", section=culture)

    front, *of_one_subject, search = [headlines_on(client.get(url)) for url in lists]

    assert front == search == ["A play", "Tides"]
    assert of_one_subject == [["Tides"]] * 3
    for subject in (culture, other_tag, other_author):
        assert headlines_on(client.get(subject.get_absolute_url())) == ["A play"]


def test_lists_show_the_live_words_and_not_the_working_copys(
    client, author, tag, lists
):
    story = make_listed(author, tag, headline="As published")
    story.headline = "Half rewritten"
    story.save()
    publishing.save_working_copy(story, editor=None)

    for address in lists:
        assert headlines_on(client.get(address)) == ["As published"], address


def test_pages_hold_twenty_stories_and_lead_on_and_back(client, author, tag):
    for number in range(CARDS_A_PAGE + 3):
        make_listed(author, tag, headline=f"Story {number}")

    first = client.get("/section/town-hall/")
    second = client.get("/section/town-hall/?page=2")

    assert len(headlines_on(first)) == CARDS_A_PAGE
    assert headlines_on(first) + headlines_on(second) == [
        f"Story {number}" for number in reversed(range(CARDS_A_PAGE + 3))
    ]
    assert 'rel="next" href="?page=2"' in first.text
    assert 'rel="prev" href="?"' in second.text
    assert "Page 2 of 2" in second.text
    assert (
        'rel="canonical" href="http://testserver/section/town-hall/?page=2"'
        in second.text
    )


@pytest.mark.parametrize("page", ["0", "2", "-1", "abc", "1.5", "9" * 30, ""])
def test_a_page_that_there_is_not_is_not_found(client, author, tag, page):
    make_listed(author, tag, headline="The only one")

    response = client.get(f"/?page={page}")

    assert response.status_code == 404
    assert "Skip to content" in response.text


@pytest.mark.parametrize("address", ["/section/none/", "/tag/none/", "/author/none/"])
def test_a_list_of_nothing_known_is_not_found(client, address):
    make_article()

    assert client.get(address).status_code == 404
    assert client.get("/section/town-hall/").status_code == 200


def test_an_empty_site_says_so_and_is_no_error(client):
    for address in ("/", "/about/", "/search/"):
        response = client.get(address)
        assert response.status_code == 200
    assert "What we are and how we work will be told here soon." in (
        client.get("/about/").text
    )
    make_section()
    assert "No stories here yet." in client.get("/section/town-hall/").text


def test_lists_cost_the_same_with_one_story_or_many(client, author, tag, lists):
    image = make_image()
    make_listed(author, tag, lead_image=image)
    few = {address: queries_of(client, address) for address in lists}

    for number in range(15):
        make_listed(author, tag, headline=f"Story {number}", lead_image=make_image())
    many = {address: queries_of(client, address) for address in lists}

    # The front page has rankings only above a few stories; see test_front_page.
    assert few.pop("/") <= many.pop("/") <= 11
    assert many == few
    assert few.pop("/section/town-hall/") <= 7
    assert few.pop("/search/?q=bridge") <= 9  # no cache holds it
    assert max(few.values()) <= 6


def test_a_list_asks_for_no_card_that_another_list_has_shown(client):
    make_article(headline="Bridge reopens", lead_image=make_image())
    alone = queries_for_the_first_time(client, "/section/town-hall/", after="/about/")

    after_the_front = queries_for_the_first_time(
        client, "/section/town-hall/", after="/"
    )

    assert after_the_front == alone - 3  # cards, their pictures, counts of comments
    assert "Bridge reopens" in client.get("/section/town-hall/").text


def test_a_section_in_any_script_has_its_page(client):
    Section.objects.create(name="ثقافة", slug="ثقافة")

    response = client.get("/section/ثقافة/")

    assert response.status_code == 200
    assert "ثقافة" in response.text


def test_authors_pages_say_who_they_are(client, author):
    author.role, author.biography = "Town hall reporter", "She has the cushion."
    author.save()

    page = client.get(author.get_absolute_url()).text

    assert "<h1" in page
    assert "Odalys Fenwright" in page
    assert "Town hall reporter" in page
    assert "She has the cushion." in page


def test_search_and_authors_pages_follow_a_scheduled_change_in_its_minute(
    client, author, monkeypatch
):
    at = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    other = make_author("Corwin Pellow")
    story = make_article(headline="Ferry to sail", author=author)
    story.headline = "Ferry leaves"
    story.save()
    story.bylines.update(author=other)
    publishing.save_working_copy(story, editor=None)
    publishing.schedule(story, editor=None, at=at)

    def found():
        addresses = ["/search/?q=to+sail", author.get_absolute_url(),
                     "/search/?q=leaves", other.get_absolute_url()]  # fmt: skip
        return [headlines_on(client.get(address)) for address in addresses]

    monkeypatch.setattr(timezone, "now", lambda: at - timedelta(seconds=1))
    before = found()
    monkeypatch.setattr(timezone, "now", lambda: at)
    after = found()

    assert before == [["Ferry to sail"], ["Ferry to sail"], [], []]
    assert after == [[], [], ["Ferry leaves"], ["Ferry leaves"]]
