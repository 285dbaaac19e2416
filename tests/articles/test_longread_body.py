"""Footnotes, tables, galleries and embeds: cleaned, numbered, framed, and asked for."""

import pytest

from articles import body, embeds
from articles.blocks import blocks_of
from articles.models import Article
from articles.redaction import MARK, Words
from tests.factories import make_article, make_draft, make_image


def page_of(client, source, **fields):
    return client.get(make_article(body=source, **fields).get_absolute_url()).text


@pytest.mark.parametrize(
    "kept",
    [
        '<p>A<span data-footnote="k3f">Said on <em>Monday</em>.</span> b</p>',
        '<table data-caption="Tides"><tbody><tr><th><p>Day</p></th></tr>'
        '<tr><td colspan="2"><p>1</p></td></tr></tbody></table>',
        '<section data-gallery="strip"><figure data-image="1"></figure></section>',
        '<div data-embed="https://vimeo.com/76979871" data-title="x"></div>',
        '<figure data-recording="4"><figcaption>x</figcaption></figure>',
    ],
)
def test_the_blocks_of_long_stories_stay_as_they_are(kept):
    cleaned = body.clean(kept)

    assert sorted(cleaned) == sorted(kept)
    assert body.clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ('<p>a <span class="x">b</span></p>', "<p>a b</p>"),
        ('<p><span data-footnote="&quot;x">a</span></p>', '<span data-footnote="">a'),
        (
            '<p><span data-footnote="a">b <span data-footnote="c">d</span></span></p>',
            '<p><span data-footnote="a">b d</span></p>',
        ),
        ('<p><span><span data-footnote="a">b</span></span></p>', '="a">b</span></p>'),
        (
            "<table><tbody><tr><td><table><tbody><tr><td>in</td></tr></tbody></table>"
            "</td></tr></tbody></table>",
            "<table><tbody><tr><td>in</td></tr></tbody></table>",
        ),
        (
            "<table><caption>The <b>tides</b></caption><tbody><tr><td>1</td></tr>"
            "</tbody></table>",
            '<table data-caption="The tides"><tbody><tr><td>1</td></tr></tbody></table>',
        ),
        ('<table><tbody><tr><td colspan="1000">a</td></tr></tbody></table>', "<td>a"),
        ('<table style="x" border="1"><tbody><tr><td>a</td></tr></tbody>', "<table><t"),
        ("<section><p>a</p></section>", "<p>a</p>"),
        ('<section data-gallery="x"><p>words</p></section><p>b</p>', "<p>b</p>"),
        (
            '<section data-gallery="huge"><div><figure data-image="1"></figure></div>'
            "</section><p>b</p>",
            '<section data-gallery="grid"><figure data-image="1"></figure></section>'
            "<p>b</p>",
        ),
        ('<div data-embed="javascript:alert(1)" data-title="x"></div>', "<div data-t"),
    ],
)
def test_what_is_nested_or_made_up_is_taken_apart(given, left):
    cleaned = body.clean(given)

    assert left in cleaned
    assert body.clean(cleaned) == cleaned


def test_footnotes_are_numbered_in_their_order_with_links_both_ways(client):
    page = page_of(
        client,
        '<p>One <span data-footnote="a">First.</span>, two'
        '<span data-footnote="b">The <em>second</em>.</span></p>'
        '<p>None<span data-footnote="c"> </span></p>',
    )

    assert 'One<sup class="footnote-reference"><a href="#footnote-1"' in page
    assert (
        'id="footnote-reference-2" role="doc-noteref" aria-label="Footnote 2"' in page
    )
    assert (
        '<li id="footnote-2" tabindex="-1">The <em>second</em>.&nbsp;<a href="#foot'
        in page
    )
    assert 'href="#footnote-reference-2" class="footnote-back"' in page
    assert "footnote-3" not in page
    assert page.index("<p>None") < page.index('id="footnotes-heading"')


def test_a_note_in_the_caption_of_a_picture_nobody_may_see_is_not_counted(client):
    gone = '<figure data-image="404"><figcaption>x<span data-footnote="a">Gone.</span></figcaption></figure>'

    page = page_of_draft(client, gone + '<p>a<span data-footnote="b">Stays.</span></p>')

    assert "Stays." in page
    assert "Gone." not in page
    assert "footnote-2" not in page


def page_of_draft(client, source):
    """Publish past the check of pictures, as one that is deleted later would stand."""
    story = make_article()
    draft = make_draft(body=source)
    Article.objects.filter(pk=story.pk).update(live=draft.newest_revision)
    return client.get(story.get_absolute_url()).text


def test_a_table_has_a_name_a_head_and_headings_that_say_their_scope(client):
    page = page_of(
        client,
        '<table data-caption="Tides &amp; bells"><tbody>'
        "<tr><th><p>Day</p></th><th><p>Rings</p></th></tr>"
        "<tr><th><p>Monday</p></th><td><p>1,204</p></td></tr></tbody></table>",
    )

    assert 'role="region" tabindex="0" aria-label="Tides &amp; bells"' in page
    assert "<caption>Tides &amp; bells</caption>" in page
    head = page.partition("<thead>")[2].partition("</thead>")[0]
    assert '<th scope="col">Day</th>' in head
    assert 'scope="col">Rings</th>' in head
    assert '<th scope="row">Monday</th><td class="number">1,204</td>' in page


def test_a_table_of_headings_alone_or_of_nothing_does_no_harm(client):
    page = page_of(
        client,
        "<table><tbody><tr><th>a</th></tr></tbody></table>"
        "<table><tbody></tbody></table><table></table><p>The end.</p>",
    )

    assert '<tbody><tr><th scope="row">a</th></tr></tbody>' in page
    assert page.count("<table") == 1
    assert "The end." in page


def test_a_gallery_shows_its_pictures_with_caption_and_credit(client):
    one, two = make_image(alt="A bell"), make_image(alt="A tower", credit="C. Pellow")

    page = page_of(
        client,
        f'<section data-gallery="strip"><figure data-image="{one.pk}"><figcaption>'
        f'Low water</figcaption></figure><figure data-image="{two.pk}"></figure></section>',
    )

    assert 'aria-label="Gallery of 2 pictures" tabindex="0"' in page
    assert 'data-layout="strip"' in page
    assert 'alt="A bell"' in page
    assert "Low water" in page
    assert "C. Pellow" in page


def test_a_gallery_names_its_pictures_as_figures_do():
    image = make_image(credit="")
    draft = make_draft(
        body=f'<section data-gallery="grid"><figure data-image="{image.pk}"></figure>'
    )

    assert draft.newest_revision.references.get().image == image


@pytest.mark.parametrize(
    ("address", "frame"),
    [
        (
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s&list=x",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=42",
        ),
        (
            "https://youtu.be/dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        ),
        (
            "https://m.youtube.com/shorts/dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        ),
        (
            "https://vimeo.com/76979871/abcdef12",
            "https://player.vimeo.com/video/76979871?dnt=1&h=abcdef12",
        ),
        (
            "https://soundcloud.com/wren/tide-bell",
            "https://w.soundcloud.com/player/?"
            "url=https%3A%2F%2Fsoundcloud.com%2Fwren%2Ftide-bell",
        ),
        (
            "https://open.spotify.com/intl-de/episode/4rOoJ6Egrf8K2IrywzwOMk?si=x",
            "https://open.spotify.com/embed/episode/4rOoJ6Egrf8K2IrywzwOMk",
        ),
        (
            "https://www.tiktok.com/@wren.mouth/video/7106594312292453675",
            "https://www.tiktok.com/player/v1/7106594312292453675",
        ),
        (
            "https://bsky.app/profile/wrenmouth.example/post/3jzn6g7ixgq2y",
            "https://embed.bsky.app/embed/wrenmouth.example/"
            "app.bsky.feed.post/3jzn6g7ixgq2y",
        ),
        (
            "https://mastodon.social/@Courier@news.example/109382706119344421",
            "https://mastodon.social/@Courier@news.example/109382706119344421/embed",
        ),
        (
            "https://www.openstreetmap.org/?mlat=54.1&mlon=-3.2#map=14/54.1/-3.2",
            "https://www.openstreetmap.org/export/embed.html?bbox=-3.22747%2C54.08792"
            "%2C-3.17253%2C54.11208&layer=mapnik&marker=54.1%2C-3.2",
        ),
    ],
)
def test_a_providers_address_leads_to_the_frame_that_follows_readers_least(
    address, frame
):
    found = embeds.recognise(address)

    assert found.frame == frame
    assert frame.startswith(f"{found.origin}/")


@pytest.mark.parametrize(
    "address",
    [
        *("", "x", "https://", "https://[", "javascript:alert(1)", "//youtu.be/x"),
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/@channel",
        "https://youtube.com.example.org/watch?v=dQw4w9WgXcQ",
        "https://vimeo.com/watch",
        "https://soundcloud.com/wren/<script>",
        "https://bsky.app/profile/../post/3jzn6g7ixgq2y",
        "https://bsky.app/profile/wren",
        "https://mastodon.example/@a/109382706119344421",
        "https://www.openstreetmap.org/#map=99/0/0",
        "https://www.openstreetmap.org/#map=4/999/0",
        "https://youtu.be/" + "x" * 600,
    ],
)
def test_any_other_address_is_no_embed_and_its_page_is_not_found(client, address):
    assert embeds.recognise(address) is None
    assert client.get("/embed/", {"address": address}).status_code == 404


def test_a_story_shows_a_card_and_asks_the_provider_nothing(client):
    address = "https://vimeo.com/76979871"

    page = page_of(
        client,
        f'<div data-embed="{address}" data-title="The bell, filmed"></div>'
        '<div data-embed="https://example.org/map" data-title="A map"></div>',
    )

    assert f'<a href="{address}" rel="external"><bdi>The bell, filmed</bdi></a>' in page
    assert 'data-frame="/embed/?address=https%3A%2F%2Fvimeo.com%2F76979871"' in page
    assert "Nothing has been asked of Vimeo yet." in page
    assert page.count("embed-offer") == 1  # what nobody knows is a card with a link
    assert "example.org</p>" in page
    assert "<iframe" not in page
    assert "player.vimeo.com" not in page


def test_the_frames_page_lets_in_the_one_provider_and_only_our_pages_around_it(client):
    address = "https://vimeo.com/76979871"
    story = make_article(body=f'<div data-embed="{address}" data-title="x"></div>')

    answer = client.get("/embed/", {"address": address})

    policy = answer.headers["Content-Security-Policy"]
    assert "frame-src https://player.vimeo.com;" in f"{policy};"
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert not answer.cookies
    assert 'src="https://player.vimeo.com/video/76979871?dnt=1"' in answer.text
    of_story = client.get(story.get_absolute_url()).headers["Content-Security-Policy"]
    assert "frame-src 'self'" in of_story
    assert "vimeo" not in of_story


def test_links_that_were_paid_for_are_marked_on_cards_as_well(client):
    page = page_of(
        client,
        '<div data-embed="https://vimeo.com/76979871" data-title="x"></div>',
        label="sponsored",
        sponsor="The Harbour Bank",
    )

    assert 'rel="sponsored nofollow"><bdi>x' in page


def test_versions_are_compared_with_rows_notes_and_cards_in_words():
    source = (
        '<p>Rang<span data-footnote="a">Twice.</span> out</p><table data-caption="Tides">'
        "<tbody><tr><th><p>Day</p></th><td><p>One</p><p>two</p></td></tr></tbody></table>"
        '<div data-embed="https://vimeo.com/76979871" data-title="The bell"></div><p>e</p>'
    )

    assert [block.text for block in blocks_of(source)] == [
        "Rang [Twice.] out",
        "Tides",
        "Day | One two",
        "Vimeo: The bell (https://vimeo.com/76979871)",
        "e",
    ]


def test_words_of_notes_and_cells_are_searched_and_counted_apart():
    source = (
        '<p>Rang<span data-footnote="a">Twice.</span></p>'
        "<table><tbody><tr><td>One</td><td>two</td></tr></tbody></table>"
    )

    assert body.text_of(source) == "Rang Twice. One two"


def test_a_redaction_finds_names_beside_notes_in_cells_and_in_captions():
    source = (
        '<p>Jo Mill<span data-footnote="a">So Jo Mill says.</span></p>'
        '<table data-caption="By Jo Mill"><tbody><tr><td><p>Jo Mill</p></td>'
        "<td><p>9</p></td></tr></tbody></table>"
        '<div data-embed="https://vimeo.com/1" data-title="Jo Mill, filmed"></div>'
    )

    redacted = Words("Jo Mill").out_of_html(source)

    assert "Mill" not in redacted
    assert redacted.count(MARK) == 5
    assert body.clean(redacted).count(MARK) == 5
