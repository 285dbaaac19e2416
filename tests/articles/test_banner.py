"""The line over every page: for a time, and never of a story that readers cannot get."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from articles.models import Banner
from newsroom.models import move_site_version
from tests.factories import make_article, make_section, make_staff
from tests.html_forms import fields_of
from tests.queries import queries_of

HOUR = timedelta(hours=1)
ADD = reverse("admin:articles_banner_add")


def minute():
    return timezone.now().replace(second=0, microsecond=0)


def make_banner(**fields):
    now = minute()
    defaults = {"text": "The bridge is closed.", "start": now, "until": now + HOUR}
    banner = Banner.objects.create(**(defaults | fields))
    move_site_version()
    return banner


def test_a_banner_stands_on_every_page_as_a_named_region(client):
    article = make_article()
    make_banner(article=article)
    pages = ["/", article.get_absolute_url(), "/section/town-hall/", "/about/",
             "/search/?q=bridge", "/nowhere/"]  # fmt: skip

    for page in pages:
        text = client.get(page).text
        assert 'role="region" aria-label="Breaking news"' in text, page
        assert (
            f'<a href="{article.get_absolute_url()}" dir="auto">The bridge is' in text
        )


def test_a_banner_comes_and_goes_in_its_minutes(client, monkeypatch):
    make_section()
    start = minute() + HOUR
    make_banner(start=start, until=start + HOUR)

    def is_shown(at):
        monkeypatch.setattr(timezone, "now", lambda: at)
        return "The bridge is closed." in client.get("/").text

    second = timedelta(seconds=1)
    assert not is_shown(start - second)
    assert is_shown(start)
    assert is_shown(start + HOUR - second)
    assert not is_shown(start + HOUR)


def test_an_older_banner_waits_behind_a_newer_one(client):
    make_section()
    make_banner(text="Older", start=minute() - HOUR)
    make_banner(text="Newer")

    page = client.get("/").text

    assert "Newer" in page
    assert "Older" not in page


@pytest.mark.parametrize("withdrawn", [True, False])
def test_a_banner_of_a_story_that_is_not_live_is_not_shown(client, withdrawn):
    make_banner(text="Another line", start=minute() - HOUR)
    when = None if withdrawn else timezone.now() + HOUR
    article = make_article(published_at=when)
    if withdrawn:
        publishing.withdraw(article, editor=None)
    make_banner(article=article)

    page = client.get("/").text

    assert "Another line" in page
    assert "The bridge is closed." not in page
    assert article.get_absolute_url() not in page


def test_a_paper_without_sections_shows_its_banner(client):
    make_banner(url="https://example.org/live")

    page = client.get("/").text

    assert '<a href="https://example.org/live" dir="auto">The bridge is closed.' in page


def test_a_banner_costs_no_query(client):
    article = make_article()
    without = queries_of(client, article.get_absolute_url())

    make_banner(article=article)

    assert queries_of(client, article.get_absolute_url()) == without


def add(client, **fields):
    typed = fields_of(client.get(ADD), "banner_form")
    until = {"until_0": "2099-01-01", "until_1": "12:00:30"}
    return client.post(ADD, typed | {"text": "The bridge is closed."} | until | fields)


def test_an_editor_puts_up_a_banner_and_readers_get_it_at_once(client):
    make_section()
    before = client.get("/").text
    client.force_login(make_staff("Editor"))

    answer = add(client, kind="live")

    assert answer.status_code == 302
    assert "The bridge is closed." not in before
    assert 'aria-label="Live"' in client.get("/").text
    assert Banner.objects.get().until.second == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"until_0": "2020-01-01"}, "A banner ends after it begins."),
        ({"text": ""}, "This field is required."),
        ({"text": "x" * 161}, "at most 160 characters"),
        ({"url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"article": "9" * 30}, "Select a valid choice."),
        ({"until_1": "x"}, "Enter a valid time."),
    ],
)
def test_a_banner_that_cannot_be_is_refused_with_the_reason(client, fields, message):
    client.force_login(make_staff("Editor"))

    answer = add(client, **fields)

    assert answer.status_code == 200
    assert message in answer.text
    assert not Banner.objects.exists()
    assert add(client).status_code == 302


def test_a_banner_leads_to_a_story_or_an_address_but_not_both(client):
    client.force_login(make_staff("Editor"))

    answer = add(client, article=make_article().pk, url="https://example.org")

    assert "Choose a story or give an address, not both." in answer.text


def test_the_desk_says_what_has_become_of_each_banner(client):
    waiting = make_article(published_at=timezone.now() + HOUR)
    make_banner(text="A", start=minute() - HOUR, until=minute())
    make_banner(text="B", start=minute() + HOUR, until=minute() + 2 * HOUR)
    make_banner(text="C", article=waiting)
    make_banner(text="D", start=minute() - HOUR)
    make_banner(text="E", start=minute() - HOUR / 2)
    client.force_login(make_staff("Editor"))

    page = client.get(reverse("admin:articles_banner_changelist")).text

    states = ("over", "not yet", "not shown: its story is scheduled", "shown",
              "not shown: a newer one is")  # fmt: skip
    for state in states:
        assert f'field-state">{state}</td>' in page


def test_only_who_publishes_everywhere_puts_up_banners(client):
    of_one_section = make_staff("Editor")
    make_section().editors.add(of_one_section)

    for user in (of_one_section, make_staff("Reporter"), make_staff("Moderator")):
        client.force_login(user)
        assert client.get(ADD).status_code == 403
    client.force_login(make_staff("Editor"))
    assert client.get(ADD).status_code == 200
