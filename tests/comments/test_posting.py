"""Leave a Reply: a first comment waits, a known reader's is published, both say so."""

import re

from django.test import Client
from django.urls import reverse

import pytest

from comments import moderation
from comments.models import Comment, Thread
from newsroom.readers import COOKIE
from tests.factories import make_article, make_comment
from tests.readers import Reader


def page_of(reader, article):
    return reader.get(article.get_absolute_url()).text


def test_the_form_stands_under_the_story_in_the_words_readers_know(client):
    page = page_of(client, make_article())

    assert "Leave a Reply" in page
    assert "Your email address will not be published." in page
    assert 'Required fields are marked <span class="required">*</span>' in page
    labels = re.findall(r"<label[^>]*>(\w+)", page)
    assert [name for name in labels if name != "Leave"][-4:] == [
        "Comment", "Name", "Email", "Website",
    ]  # fmt: skip
    assert "Post Comment" in page
    assert "csrfmiddlewaretoken" not in page


def test_a_first_comment_is_held_and_its_writer_sees_it_waiting():
    article, reader = make_article(), Reader()

    response = reader.comment(article, "It hums, as it always did.")
    own = reader.get(response.url)

    assert response.status_code == 303
    assert response.url.startswith(f"{article.get_absolute_url()}?after=")
    assert "Your comment is awaiting moderation." in own.text
    assert "It hums, as it always did." in own.text
    assert own.headers["Cache-Control"] == "private, no-store"
    assert own.headers["X-Robots-Tag"] == "noindex"
    assert "It hums" not in page_of(Reader(), article)
    held = Comment.objects.get()
    assert held.state == Comment.State.PENDING
    assert "No comment by this name and address is approved yet." in str(held.verdicts)


def test_the_page_of_the_one_who_posted_proves_nothing_to_others():
    article, other = make_article(), make_article(headline="Another")
    response = Reader().comment(article, "It hums.")
    token = re.search(r"after=([^#]+)", response.url)[1]

    elsewhere = Reader().get(f"{other.get_absolute_url()}?after={token}")
    forged = Reader().get(f"{article.get_absolute_url()}?after={token}x")

    assert (elsewhere.status_code, forged.status_code) == (302, 302)
    assert forged.url == article.get_absolute_url()


def test_the_private_page_says_what_became_of_the_comment():
    article, reader = make_article(), Reader()
    own = reader.get(reader.comment(article, "It hums.").url)
    address = re.search(r'href="(/comments/status/[^"]+)"', own.text)[1]
    held = Comment.objects.get()

    waiting = Reader().get(address)
    moderation.decide([held], Comment.State.APPROVED, moderator=None)
    published = Reader().get(address).text
    moderation.decide(
        [held], Comment.State.REMOVED, moderator=None, reason="It names a child."
    )
    refused = Reader().get(address).text

    assert "awaiting moderation" in waiting.text
    assert "no-store" in waiting.headers["Cache-Control"]
    assert waiting.headers["X-Robots-Tag"] == "noindex"
    assert waiting.headers["Referrer-Policy"] == "same-origin"
    assert "Your comment is published." in published
    assert "was not published" in refused
    assert "It names a child." in refused
    assert "It hums." in refused


def test_a_known_readers_comment_is_published_at_once_to_everyone(settings):
    settings.COMMENT_FLOOD_SECONDS = 0
    article, reader, stranger = make_article(), Reader(), Reader()
    reader.comment(article, "My first one.")
    moderation.decide(Comment.objects.all(), Comment.State.APPROVED, moderator=None)
    assert "My second one." not in page_of(stranger, article)

    response = reader.comment(article, "My second one.")
    second = Comment.objects.get(source="My second one.")

    assert response.url.endswith(f"#comment-{second.pk}")
    assert "Your comment is published." in reader.get(response.url).text
    assert "My second one." in page_of(stranger, article)
    assert "2 comments" in page_of(stranger, article)


def test_a_reply_stands_under_what_it_answers(settings):
    settings.COMMENT_FLOOD_SECONDS = 0
    article, reader = make_article(), Reader()
    root = make_comment(article, name="Capt. Sprat")
    make_comment(article, name="Somebody later")
    reader.get(f"{article.get_absolute_url()}?reply_to={root.pk}")

    asked = reader.get(f"{article.get_absolute_url()}?reply_to={root.pk}")
    reader.comment(article, "There was a mug on it.", reply_to=root.pk)
    moderation.decide(Comment.objects.pending(), Comment.State.APPROVED, moderator=None)
    page = page_of(Reader(), article)

    assert "Leave a Reply to Capt. Sprat" in asked.text
    assert "Cancel reply" in asked.text
    assert asked.headers["X-Robots-Tag"] == "noindex"
    reply = Comment.objects.get(source="There was a mug on it.")
    assert (reply.parent, reply.root, reply.depth) == (root, root, 1)
    assert (
        page.index("Capt. Sprat")
        < page.index("a mug on it")
        < page.index("Somebody later")
    )
    assert "in reply to" in page


def test_the_email_address_is_shown_to_no_reader():
    article = make_article()
    make_comment(article, email="secret@example.org", website="https://example.org/me")

    page = page_of(Reader(), article)

    assert "secret@example.org" not in page
    assert 'href="https://example.org/me" rel="nofollow ugc external"' in page


def test_commenting_sets_the_readers_cookie_and_reading_none():
    article, reader = make_article(), Reader()
    page_of(reader, article)
    assert not reader.cookies

    response = reader.comment(article)

    assert list(response.cookies) == [COOKIE]
    assert response.cookies[COOKIE]["httponly"]
    assert response.cookies[COOKIE]["samesite"] == "Lax"


def test_the_text_of_a_comment_from_elsewhere_is_kept_and_asked_about():
    article = make_article()
    browser = Client(enforce_csrf_checks=True)
    url = reverse("comments:thread", args=[article.pk])
    typed = {
        "comment": "Every <b>word</b>\nof it.",
        "name": "Hettie P.",
        "email": "hettie@example.org",
    }

    asked = browser.post(url, typed, headers={"Origin": "null"})
    stored = Comment.objects.count()
    token = str(asked.context["csrf_token"])
    sent = browser.post(url, typed | {"csrfmiddlewaretoken": token})

    assert asked.status_code == 403
    assert "Did you send this?" in asked.text
    assert "Every &lt;b&gt;word&lt;/b&gt;" in asked.text
    assert stored == 0
    assert sent.status_code == 303
    assert Comment.objects.get().source == "Every <b>word</b>\nof it."


def test_the_addresses_in_a_comment_are_links_that_pay_nobody():
    article = make_article()
    make_comment(article, source="See <https://example.org/a> and *this*.")

    page = page_of(Reader(), article)

    assert '<a href="https://example.org/a" rel="nofollow ugc noopener">' in page
    assert "<em>this</em>" in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "![x](https://example.org/pixel.gif)",
        '"><svg/onload=alert(1)>',
        "<a href='data:text/html,x'>x</a>",
        "&#106;avascript:alert(1)",
    ],
)
def test_html_and_script_in_a_comment_are_words(text):
    article = make_article()
    comment = make_comment(article, source="Plain words.", name="Hettie P.")
    plain = page_of(Reader(), article)

    harmful = make_comment(article, source=text, name=text[:200])
    comment.delete()
    page = page_of(Reader(), article)

    for what in (
        "<script",
        "<img",
        "<svg",
        "<form",
        'href="javascript:',
        "<a href='data:",
    ):
        assert page.count(what) == plain.count(what), what
    assert harmful.source == text  # kept as it was typed, for moderators


def test_a_thread_keeps_the_order_of_arrival_and_its_number():
    article = make_article()

    for text in ("first", "second", "third"):
        make_comment(article, source=text)
    page = page_of(Reader(), article)

    assert page.index("first") < page.index("second") < page.index("third")
    assert "3 comments" in page
    assert Thread.objects.get().last_number == 3
