"""What the desk looks at before it publishes."""

from datetime import timedelta

from django.utils import timezone

import pytest

from articles import publishing
from articles.addresses import stories_at
from articles.checks import checks_of
from articles.models import Byline, OldAddress, RelatedLink
from tests.articles.test_admin_stories import sign_in, url_of
from tests.factories import make_article, make_author, make_draft, make_image

GOOD = {
    "headline": "Estuary bridge reopens after eleven weeks",
    "standfirst": "Traffic is back on the crossing that Pennick cannot do without.",
}


def wrong(article):
    return {check.what: check.wrong for check in checks_of(article) if check.wrong}


def test_a_story_that_has_all_is_well():
    draft = make_draft(author=make_author(), lead_image=make_image(), **GOOD)

    assert wrong(draft) == {}
    assert len(checks_of(draft)) == 7


@pytest.mark.parametrize(
    ("fields", "what", "said"),
    [
        (
            {"headline": "Bridge"},
            "Headline",
            "It has 6 characters. 20 to 100 read well.",
        ),
        ({"headline": "x" * 101}, "Headline", "It has 101 characters."),
        ({"standfirst": ""}, "Standfirst", "There is none."),
        ({"standfirst": "x" * 251}, "Standfirst", "50 to 250 read well."),
        ({"body": ""}, "Body, credits and alternative texts", "no body yet"),
        ({"lead_image": None}, "Lead image", "cards and shared links stay bare"),
    ],
)
def test_what_is_wanting_is_said_beside_its_name(fields, what, said):
    image = {"lead_image": make_image()}
    draft = make_draft(author=make_author(), **(GOOD | image | fields))

    found = wrong(draft)

    assert list(found) == [what]
    assert said in found[what]


def test_pictures_without_credit_and_stories_without_a_name_are_found():
    image = make_image(credit="", alt="", rendered=False)
    draft = make_draft(lead_image=image, **GOOD)

    found = wrong(draft)

    assert set(found) == {"Body, credits and alternative texts", "Byline"}
    assert "needs a credit and an alternative text" in " ".join(found.values())
    needed = [
        check.what for check in checks_of(draft) if check.wrong and check.is_needed
    ]
    assert needed == ["Body, credits and alternative texts"]


def test_links_that_lead_readers_nowhere_are_found(settings):
    live = make_article(headline="Riggers thanked")
    draft = make_draft(headline="Not yet written")
    withdrawn = make_article(headline="Taken back")
    publishing.withdraw(withdrawn, editor=None)
    moved = make_article(headline="Moved on")
    OldAddress.objects.create(article=moved, path="/old/way")
    links = [
        live.get_absolute_url(), f"{settings.SITE_URL}{live.get_absolute_url()}?x#y",
        withdrawn.get_absolute_url(), "/old/way", "/section/town-hall/", "/nowhere/",
        "/2020/02/03/never-was/", "https://elsewhere.example/2020/02/03/x/",
        "mailto:desk@example.org", "#here", "http://[bad",
    ]  # fmt: skip
    body = "".join(f'<p><a href="{link}">x</a></p>' for link in links)
    body += f'<div data-read-more="{draft.pk}"></div><div data-read-more="99999"></div>'
    story = make_draft(body=body, author=make_author(), lead_image=make_image(), **GOOD)
    RelatedLink.objects.create(article=story, target=live)

    (said,) = wrong(story).values()

    for part in (
        "Story 99999 is gone.",
        "There is no page at /nowhere/.",
        "There is no page at /2020/02/03/never-was/.",
        "Readers cannot open “Taken back”: withdrawn.",
        "Readers cannot open “Not yet written”: draft.",
    ):
        assert part in said
    assert said.count(".") == 5


def test_a_link_to_what_is_public_by_then_is_well():
    tomorrow = timezone.now() + timedelta(days=1)
    other = make_article(published_at=tomorrow)
    read_more = f'<p>x</p><div data-read-more="{other.pk}"></div>'
    draft = make_draft(
        body=read_more, author=make_author(), lead_image=make_image(), **GOOD
    )

    before = wrong(draft)
    scheduled = publishing.schedule(draft, editor=None, at=tomorrow)

    assert "Links to our own stories" in before
    assert wrong(scheduled) == {}


def test_an_embargo_is_said_with_its_time():
    draft = make_draft(author=make_author(), lead_image=make_image(), **GOOD)
    at = timezone.now() + timedelta(days=1)
    publishing.schedule(draft, editor=None, at=at)

    held = publishing.embargo(draft, editor=None)

    assert "It holds until" in wrong(held)["Embargo"]


def test_the_list_stands_in_the_form(client):
    sign_in(client)
    draft = make_draft(body="", headline="Bridge")

    page = client.get(url_of(draft)).text

    assert "The story has no body yet." in page
    assert "20 to 100 read well." in page


def test_checks_cost_the_same_however_long_the_story_is(django_assert_max_num_queries):
    stories = [make_article() for _number in range(8)]
    body = "".join(
        f'<p><a href="{one.get_absolute_url()}">x</a></p>'
        f'<div data-read-more="{one.pk}"></div>'
        for one in stories
    )
    draft = make_draft(body=body)
    Byline.objects.create(article=draft, guest="A. Visitor")

    with django_assert_max_num_queries(6):
        checks_of(draft)


def test_no_address_brings_the_look_up_down():
    bad = ["", "//", "http://", "/2026/02/30/x/", "/9999/99/99/x/", "/%00/", "x" * 5000,
           "http://testserver\\", "/2026/11/23/%00/", "\0"]  # fmt: skip

    assert stories_at(bad) == {}
