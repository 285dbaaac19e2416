"""The story page, part by part, as whoever opens it gets it."""

import re
from datetime import date, timedelta

from django.utils import timezone

import pytest

from articles import publishing
from articles.models import Byline, Correction, OldAddress, RelatedLink, Tag
from newsroom.models import Publication
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_draft,
    make_image,
    make_section,
)
from tests.queries import queries_for_the_first_time, queries_of
from tests.readers import Reader


def make_full_story(**fields):
    """Return a live story with all there is to show."""
    image = make_image(
        alt="Cables", caption="The library’s words", credit="I. Brandreth"
    )
    inside = make_image(alt="A key on a hook", credit="O. Fenwright")
    other = make_article(headline="Riggers thanked")
    story = make_draft(
        **{
            "headline": "Bridge reopens",
            "standfirst": "After eleven weeks.",
            "label": "analysis",
            "lead_image": image,
            "lead_caption": "The stays from below",
            "body": (
                "<p>First paragraph.</p>"
                f'<figure data-image="{inside.pk}" data-layout="wide">'
                "<figcaption>In the site cabin</figcaption></figure>"
                f'<p>Second.</p><div data-read-more="{other.pk}"></div><p>Third.</p>'
                '<div data-read-more="" data-href="https://example.org/report" '
                'data-title="The county’s report"></div>'
                "<div data-pull-quote>I would do it again.</div>"
            ),
        }
        | fields
    )
    Byline.objects.create(article=story, author=make_author("Odalys Fenwright"))
    Byline.objects.create(
        article=story, guest="Courier archive", role="photographs", position=1
    )
    RelatedLink.objects.create(article=story, target=other)
    RelatedLink.objects.create(
        article=story,
        url="https://example.org/stays",
        title="How stays work",
        position=1,
    )
    story.tags.add(Tag.objects.create(name="estuary bridge", slug="estuary-bridge"))
    publishing.save_working_copy(story, editor=None)
    return publishing.publish(story, editor=None)


def test_the_page_has_every_part_in_its_order(client):
    Publication.objects.create(pk=1, name="The Wrenmouth Courier")
    story = make_full_story()
    make_comment(story, name="Hettie P.")

    page = client.get(story.get_absolute_url()).text
    parts = [
        "Skip to content",
        "The Wrenmouth Courier</a>",  # masthead
        'aria-label="Sections"',
        'role="search"',
        ">Analysis</span>",  # kicker
        ">Town Hall</a>\n        </p>",
        "<h1>Bridge reopens</h1>",
        "After eleven weeks.</p>",  # standfirst
        "<bdi>Odalys Fenwright</bdi>",  # byline
        "Courier archive",
        '<time datetime="',  # dateline
        "minute to read",
        'alt="Cables"',  # lead image
        "The stays from below",
        "© <bdi>I. Brandreth</bdi>",
        "<p>First paragraph.</p>",
        '<figure class="figure" data-layout="wide">',
        'alt="A key on a hook"',
        "In the site cabin",
        "© <bdi>O. Fenwright</bdi>",
        "<p>Second.</p>",
        "READ MORE:",
        "Riggers thanked",
        "<p>Third.</p>",
        "READ MORE:",
        'href="https://example.org/report"',
        '<div class="pull-quote"><p>I would do it again.</p></div>',
        "Related</h2>",
        "Riggers thanked",
        'href="https://example.org/stays" rel="external"><bdi>How stays work',
        "estuary bridge</bdi>",  # tags
        "Click to rate this post!",
        "[Total: 0 Average: 0]",
        "1 comment",
        "Hettie P.",
        "Leave a Reply",
        "Your email address will not be published.",
        "Required fields are marked",
        "Post Comment",
        "Back to top",
    ]
    place = 0
    for part in parts:
        found = page.find(part, place)
        assert found >= 0, f"{part} is missing, or stands too early"
        place = found + 1
    assert page.count("<h1") == 1


def test_pictures_come_in_sizes_with_their_room_kept_free(client):
    story = make_full_story()

    page = client.get(story.get_absolute_url()).text
    lead = re.search(r'<img[^>]*alt="Cables"[^>]*>', page)[0]
    first = re.search(r'srcset="(\S+) ', lead)[1]
    picture = client.get(first)

    assert 'width="640" height="400"' in lead
    assert "480w" in lead
    assert picture.status_code == 200
    assert picture.headers["Content-Type"] == "image/webp"
    assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"


def test_a_story_can_have_an_address_in_any_script(client):
    story = make_article(headline="هل عاد الجسر؟", language="ar")

    response = client.get(story.get_absolute_url())

    assert story.slug == "هل-عاد-الجسر"
    assert response.status_code == 200
    assert 'lang="ar" dir="rtl"' in response.text


def test_a_headline_without_a_word_gives_an_address_by_number(client):
    story = make_article(headline="?!")

    assert story.slug == f"story-{story.pk}"
    assert client.get(story.get_absolute_url()).status_code == 200


def test_what_readers_never_saw_is_not_found(client):
    seen = make_article(headline="Seen")
    draft = make_draft(headline="Draft", slug="draft")
    tomorrow = timezone.now() + timedelta(days=1)
    scheduled = make_article(headline="Scheduled", published_at=tomorrow)
    address = seen.get_absolute_url()
    wrong_day = address.replace(f"{seen.day:%Y/%m/%d}", "2020/01/01")

    assert client.get(address).status_code == 200
    assert draft.get_absolute_url() == ""
    for missing in (
        scheduled.get_absolute_url(),
        wrong_day,
        address.replace("seen", "unseen"),
        f"/{timezone.now():%Y/%m/%d}/draft/",
    ):
        response = client.get(missing)
        assert response.status_code == 404
        assert "Scheduled" not in response.text
        assert "There is no page here" in response.text
        assert "Skip to content" in response.text  # in the site's own look


def test_a_withdrawn_story_is_gone_with_the_public_reason(client):
    story = make_article(headline="Bridge reopens")
    publishing.withdraw(story, editor=None, reason="It was about another bridge.")

    response = client.get(story.get_absolute_url())

    assert response.status_code == 410
    assert "It was about another bridge." in response.text
    assert "The first lorry" not in response.text
    assert "Skip to content" in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert client.head(story.get_absolute_url()).status_code == 410


def test_an_expired_story_is_gone(client):
    story = make_article(published_at=timezone.now() - timedelta(days=2))
    story.expires_at = timezone.now() - timedelta(days=1)
    story.save()

    response = client.get(story.get_absolute_url())

    assert response.status_code == 410
    assert "The first lorry" not in response.text


def test_a_scheduled_story_that_was_withdrawn_is_never_seen(client, monkeypatch):
    tomorrow = timezone.now() + timedelta(days=1)
    story = make_article(published_at=tomorrow)
    publishing.withdraw(story, editor=None)

    before = client.get(story.get_absolute_url())
    monkeypatch.setattr(timezone, "now", lambda: tomorrow + timedelta(days=1))
    after = client.get(story.get_absolute_url())

    assert before.status_code == after.status_code == 404


def test_old_addresses_lead_to_the_story_for_good(client):
    story = make_article()
    OldAddress.objects.create(path="/news/bridge.html", article=story)

    response = client.get("/news/bridge.html")

    assert response.status_code == 301
    assert response.url.endswith(story.get_absolute_url())
    assert client.get("/news/other.html").status_code == 404


@pytest.mark.parametrize("slug", ["bridge-reopens", "هل-عاد-الجسر", "straßenbrücke"])
def test_a_story_that_moves_is_found_under_its_old_slug_in_any_script(client, slug):
    story = make_article(slug=slug)
    old = story.get_absolute_url()
    story.slug = "bridge-open"
    story.save()
    publishing.change_slug(story, editor=None, old_path=old)

    response = client.get(old)

    assert response.status_code == 301
    assert response.url == story.get_absolute_url()
    assert client.get(response.url).status_code == 200


def test_an_old_address_of_a_hidden_story_tells_nothing(client):
    draft = make_draft(headline="Not yet")
    OldAddress.objects.create(path="/news/secret.html", article=draft)

    assert client.get("/news/secret.html").status_code == 404


def test_corrections_stand_above_the_body_and_updates_below(client):
    story = make_article(body="<p>The body of it.</p>")
    for kind, text in (("update", "A later word."), ("correction", "It was nine.")):
        Correction.objects.create(article=story, kind=kind, text=text)

    page = client.get(story.get_absolute_url()).text.partition("<main")[2]

    assert (
        page.index("It was nine.")
        < page.index("The body of it.")
        < page.index("A later word.")
    )


def test_a_figure_whose_image_is_gone_and_a_story_not_live_are_left_out(client):
    hidden = make_draft(headline="Budget leak")
    story = make_draft(
        body=(
            '<p>One.</p><figure data-image="4711"><figcaption>Lost</figcaption></figure>'
            f'<div data-read-more="{hidden.pk}"></div><p>Two.</p>'
        )
    )
    RelatedLink.objects.create(article=story, target=hidden)
    publishing.save_working_copy(story, editor=None)
    story = make_published_with_gaps(story)

    page = client.get(story.get_absolute_url()).text

    assert "<p>One.</p>" in page
    assert "<p>Two.</p>" in page
    assert "Lost" not in page
    assert "Budget leak" not in page
    assert "READ MORE" not in page


def make_published_with_gaps(story):
    # Publishing refuses a body with a lost image: it is lost after that.
    story.live = story.newest_revision
    story.published_at = timezone.now()
    story.day, story.slug = date(2026, 11, 23), "gaps"
    story.save()
    return story


def test_a_renamed_story_has_its_new_headline_wherever_it_is_linked(client):
    story = make_full_story()
    target = story.related_links.first().target
    before = client.get(story.get_absolute_url()).text

    target.headline = "Nine riggers thanked"
    target.save()
    publishing.save_working_copy(target, editor=None)
    publishing.publish(target, editor=None)
    after = client.get(story.get_absolute_url()).text

    assert "Nine riggers thanked" not in before
    # In the body, among the related links, and as the next of the section.
    assert after.count("Nine riggers thanked") == 3


@pytest.mark.parametrize("name", ["canonical", "og:title", "og:image", "description"])
def test_the_page_describes_itself_to_those_who_link_to_it(client, name):
    story = make_full_story()
    wanted = {
        "canonical": f'href="http://testserver{story.get_absolute_url()}"',
        "og:title": 'content="Bridge reopens"',
        "og:image": 'content="http://testserver/media/',
        "description": 'content="After eleven weeks."',
    }

    page = client.get(story.get_absolute_url()).text

    tag = re.search(rf'<(?:link|meta)[^>]*"{name}"[^>]*>', page)[0]
    assert wanted[name] in tag


def test_a_story_that_first_stood_elsewhere_says_where(client):
    story = make_article(canonical_url="https://example.org/first")

    page = client.get(story.get_absolute_url()).text

    assert '<link rel="canonical" href="https://example.org/first">' in page
    assert f'"og:url" content="http://testserver{story.get_absolute_url()}"' in page


def test_times_are_told_in_the_publications_own_zone_and_machine_readably(client):
    Publication.objects.create(pk=1, time_zone="Asia/Tokyo")
    at = timezone.now().replace(hour=20, minute=30, second=0) - timedelta(days=3)
    story = make_article(published_at=at)

    page = client.get(story.get_absolute_url()).text

    assert "05:30 JST" in page
    assert 'T05:30:00+09:00"' in page


def test_a_full_story_costs_at_most_seven_queries_and_no_more_with_more_of_it(
    client,
):
    story = make_full_story()
    Correction.objects.create(article=story, text="It was nine.")
    make_comment(story, parent=make_comment(story))
    Reader().rate(story, 4)

    other = make_article(headline="Another story").get_absolute_url()
    address = story.get_absolute_url()

    few = queries_of(client, address)
    at_first = queries_for_the_first_time(client, address, after=other)
    for _number in range(30):
        make_comment(story, parent=make_comment(story))
        Reader().rate(story, 5)

    assert queries_of(client, address) == few <= 7
    # And the people it names.
    assert queries_for_the_first_time(client, address, after=other) == at_first <= 8


def test_a_story_that_nobody_asked_for_yet_costs_six_queries(client):
    story = make_article(headline="Bridge reopens", lead_image=make_image())
    make_comment(story, parent=make_comment(story))
    Reader().rate(story, 4)
    other = make_article(headline="Another story").get_absolute_url()

    number = queries_for_the_first_time(client, story.get_absolute_url(), after=other)

    assert number <= 6
    assert "<h1>Bridge reopens</h1>" in client.get(story.get_absolute_url()).text
    assert "<h1>Another story</h1>" in client.get(other).text


def test_a_page_made_anew_for_a_comment_asks_for_nothing_but_comments_again(client):
    story = make_full_story()
    make_comment(story, parent=make_comment(story))
    client.get(story.get_absolute_url())

    make_comment(story, source="The tide was *late*.")

    # Its version, the story with its counts, and comments with their replies.
    assert queries_of(client, story.get_absolute_url()) <= 4
    assert "The tide was <em>late</em>." in client.get(story.get_absolute_url()).text


def test_the_section_of_a_story_is_marked_in_the_navigation(client):
    make_section("Culture", "culture")
    story = make_article()

    page = client.get(story.get_absolute_url()).text

    assert 'href="/section/town-hall/" aria-current="true"' in page
    assert 'href="/section/culture/">' in page


def test_a_sponsored_story_says_who_pays_and_marks_its_links(client):
    line = '<div data-read-more="" data-href="https://c.example/" data-title="Rates"></div>'
    body = (
        '<p><a href="https://a.example/">Bank</a> <a href="/about/">us</a></p>' + line
    )
    draft = make_draft(label="sponsored", body=body)
    RelatedLink.objects.create(article=draft, url="https://b.example/", title="More")
    publishing.save_working_copy(draft, editor=None)

    with pytest.raises(publishing.PublishingRefused, match="names its sponsor"):
        publishing.publish(draft, editor=None)
    draft.sponsor = "The Harbour Bank"
    draft.save()
    publishing.save_working_copy(draft, editor=None)
    story = publishing.publish(draft, editor=None)
    page = client.get(story.get_absolute_url()).text

    assert "Paid for by The Harbour Bank." in page
    for address in ("a", "b", "c"):
        link = re.search(rf'<a [^>]*href="https://{address}.example/"[^>]*>', page)[0]
        assert 'rel="sponsored nofollow"' in link
    assert '<a href="http://testserver/about/">us</a>' in page


def test_the_address_to_share_can_be_read_in_any_script(client):
    story = make_article(headline="ثقافة وفنون", language="ar")
    make_comment(story)

    page = client.get(story.get_absolute_url()).text
    list_of_stories = client.get("/latest/").text

    assert f"{story.slug}/</bdi>" in page
    assert "ثقافة" in story.slug
    # The count is in the site's language, and reads its way in a card that reads the other.
    assert '#comments" dir="auto">1 comment</a>' in list_of_stories


def test_links_within_the_site_have_whole_addresses_that_paper_can_show(client):
    other = make_article(headline="Riggers thanked")
    body = (
        '<p><a title="x" href="/about/">Ours</a>, <a href="#top">here</a> and '
        '<a href="https://a.example/">theirs</a>; &lt;a href="/never/"&gt;</p>'
        f'<div data-read-more="{other.pk}"></div>'
    )
    story = make_draft(body=body)
    RelatedLink.objects.create(article=story, target=other)
    publishing.save_working_copy(story, editor=None)
    story = publishing.publish(story, editor=None)

    page = client.get(story.get_absolute_url()).text

    assert 'title="x" href="http://testserver/about/">Ours</a>' in page
    assert 'href="#top">here' in page
    assert 'href="https://a.example/"' in page
    assert 'href="/never/"' in page  # words, no link
    address = f'href="http://testserver{other.get_absolute_url()}"'
    assert page.count(address) == 2  # READ MORE, and under “Related”


def at_hours_ago(*hours, **fields):
    """Make a story for each of ``hours``, published that long ago; return them."""
    now = timezone.now()
    return [
        make_article(
            headline=f"From {ago} hours ago",
            published_at=now - timedelta(hours=ago),
            **fields,
        )
        for ago in hours
    ]


def next_on(client, story):
    page = client.get(story.get_absolute_url()).text
    card = page.partition('class="following"')[2].partition("</nav>")[0]
    return " ".join(re.sub("<.*?>", " ", f"<{card}").split())


def test_the_next_story_is_the_older_one_of_the_section_and_for_the_oldest_the_newest(
    client,
):
    at_hours_ago(2, section=make_section("Culture", "culture"))
    new, middle, old = at_hours_ago(1, 3, 5)

    assert next_on(client, new) == "Next in Town Hall From 3 hours ago"
    assert next_on(client, middle) == "Next in Town Hall From 5 hours ago"
    assert next_on(client, old) == "Next in Town Hall From 1 hours ago"


def test_no_withdrawn_or_embargoed_story_is_the_next_one(client):
    new, withdrawn, old = at_hours_ago(1, 3, 5)
    make_article(published_at=timezone.now() + timedelta(hours=1))

    publishing.withdraw(withdrawn, editor=None)

    assert next_on(client, new) == "Next in Town Hall From 5 hours ago"
    assert next_on(client, old) == "Next in Town Hall From 1 hours ago"


def test_the_only_story_of_a_section_has_no_next_one(client):
    story = make_article()

    assert next_on(client, story) == "<"
    assert "Send it by email" in client.get(story.get_absolute_url()).text
