"""Leave a Reply: a first comment waits, a known reader's is published, both say so."""

import re
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from articles import publishing
from comments import moderation
from comments.models import Comment, Thread
from newsroom.readers import COOKIE
from tests.factories import make_article, make_comment, set_discussion
from tests.html_forms import fields_of
from tests.readers import Reader

State = Comment.State
TYPED = {
    "comment": 'Every <b>word</b>\r\nof "it".',
    "name": "Hettie P.",
    "email": "hettie@example.org",
    "website": "",
    "reply_to": "",
    "subject": "",
}


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
    assert held.state == State.PENDING
    assert "No comment by this name and address is approved yet." in str(held.verdicts)


def test_what_the_one_who_posted_is_told_is_told_to_nobody_else():
    article, reader, stranger = make_article(), Reader(), Reader()
    before = stranger.get(article.get_absolute_url())

    own = reader.get(reader.comment(article, "It hums.").url)
    after = stranger.get(article.get_absolute_url())

    assert "Your comment is awaiting moderation." in own.text
    assert "No comments yet." in after.text
    assert after.content == before.content
    assert after.headers["ETag"] == before.headers["ETag"]


def test_the_page_of_the_one_who_posted_proves_nothing_to_others():
    article, other = make_article(), make_article(headline="Another")
    response = Reader().comment(article, "It hums.")
    token = re.search(r"after=([^#]+)", response.url)[1]

    own = Reader().get(f"{article.get_absolute_url()}?after={token}")
    elsewhere = Reader().get(f"{other.get_absolute_url()}?after={token}")
    forged = Reader().get(f"{article.get_absolute_url()}?after={token}x")

    assert "It hums." in own.text
    assert (elsewhere.status_code, forged.status_code) == (302, 302)
    assert elsewhere.url == other.get_absolute_url()
    assert forged.url == article.get_absolute_url()


def test_the_page_of_the_one_who_posted_is_the_storys_own_after_ten_minutes(
    monkeypatch,
):
    article, reader = make_article(), Reader()
    posted_at = time.time()
    address = reader.comment(article, "It hums.").url

    monkeypatch.setattr(time, "time", lambda: posted_at + 9 * 60)
    in_time = reader.get(address)
    monkeypatch.setattr(time, "time", lambda: posted_at + 11 * 60)
    late = reader.get(address)

    assert "Your comment is awaiting moderation." in in_time.text
    assert late.status_code == 302
    assert late.url == article.get_absolute_url()


def test_the_private_page_says_what_became_of_the_comment():
    article, reader = make_article(), Reader()
    own = reader.get(reader.comment(article, "It hums.").url)
    address = re.search(r'href="(/comments/status/[^"]+)"', own.text)[1]
    held = Comment.objects.get()

    waiting = Reader().get(address).text
    moderation.decide([held], State.APPROVED, moderator=None)
    published = Reader().get(address).text
    moderation.decide([held], State.REMOVED, moderator=None, word="It names a child.")
    refused = Reader().get(address).text

    assert "Your comment is awaiting moderation." in waiting
    assert "Your comment is published." in published
    assert f'href="{held.get_absolute_url()}"' in published
    assert "Your comment was not published." in refused
    assert "It names a child." in refused
    assert held.get_absolute_url() not in refused
    for page in (waiting, published, refused):
        assert "It hums." in page
        assert "hettie@example.org" not in page


def test_the_private_page_is_kept_by_no_cache_and_found_by_no_search_engine():
    comment = make_comment(make_article(), state=State.PENDING, source="It hums.")
    address = reverse("comments:status", args=[comment.status_key])

    page = Reader().get(address)
    guessed = Reader().get(reverse("comments:status", args=["x" * 22]))

    assert "It hums." in page.text
    assert {"private", "no-store"} <= set(page.headers["Cache-Control"].split(", "))
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert not page.cookies
    assert guessed.status_code == 404


def test_the_private_page_outlives_the_story():
    article = make_article(headline="Bridge reopens")
    comment = make_comment(article, source="It hums.")
    address = reverse("comments:status", args=[comment.status_key])

    before = Reader().get(address)
    publishing.withdraw(article, editor=None)
    after = Reader().get(address)

    assert f'href="{comment.get_absolute_url()}"' in before.text
    assert after.status_code == 200
    assert "It hums." in after.text
    assert f'href="{comment.get_absolute_url()}"' not in after.text
    assert "Bridge reopens" not in after.text


def test_a_known_readers_comment_is_published_at_once_to_everyone(settings):
    set_discussion(flood_seconds=0)
    article, reader, stranger = make_article(), Reader(), Reader()
    reader.comment(article, "My first one.")
    moderation.decide(Comment.objects.all(), State.APPROVED, moderator=None)
    assert "My second one." not in page_of(stranger, article)

    response = reader.comment(article, "My second one.")
    second = Comment.objects.get(source="My second one.")

    assert response.url.endswith(f"#comment-{second.pk}")
    assert "Your comment is published." in reader.get(response.url).text
    assert "My second one." in page_of(stranger, article)
    assert "2 comments" in page_of(stranger, article)


def test_a_reply_stands_under_what_it_answers(settings):
    set_discussion(flood_seconds=0)
    article, reader = make_article(), Reader()
    root = make_comment(article, name="Capt. Sprat")
    make_comment(article, name="Somebody later")
    reader.get(f"{article.get_absolute_url()}?reply_to={root.pk}")

    asked = reader.get(f"{article.get_absolute_url()}?reply_to={root.pk}")
    reader.comment(article, "There was a mug on it.", reply_to=root.pk)
    moderation.decide(Comment.objects.pending(), State.APPROVED, moderator=None)
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


def test_a_reply_has_the_form_of_its_own_until_the_deepest_level(settings):
    set_discussion(levels=2)
    article = make_article()
    root = make_comment(article)
    deepest = make_comment(article, parent=root)

    page = page_of(Reader(), article)

    assert f"?reply_to={root.pk}#respond" in page
    assert f'id="comment-{deepest.pk}"' in page
    assert f"?reply_to={deepest.pk}#respond" not in page


def test_commenting_sets_the_readers_cookie_once_and_reading_none(settings):
    set_discussion(flood_seconds=0)
    article, reader = make_article(), Reader()
    page_of(reader, article)
    assert not reader.cookies

    first = reader.comment(article, "First.")
    second = reader.comment(article, "Second.")
    cookie = first.cookies[COOKIE]

    assert list(first.cookies) == [COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        True,
        "Lax",
        "/",
    )
    assert cookie["max-age"] == 365 * 24 * 60 * 60
    assert not cookie["secure"]
    assert not second.cookies
    assert len(set(Comment.objects.values_list("reader_hash"))) == 1


def test_the_readers_cookie_stays_on_https_where_the_site_is(settings):
    settings.READER_COOKIE_SECURE = True

    response = Reader().comment(make_article())

    assert response.cookies[COOKIE]["secure"]


def test_what_proves_a_reader_and_where_they_are_is_not_in_the_database():
    reader = Reader(address="203.0.113.7")

    response = reader.comment(make_article())
    secret = response.cookies[COOKIE].value.split(":")[0]
    row = Comment.objects.values().get()

    assert re.fullmatch("[0-9a-f]{32}", secret)
    assert re.fullmatch("[0-9a-f]{64}", row["reader_hash"])
    assert re.fullmatch("[0-9a-f]{32}", row["network_key"])
    assert secret not in str(row)
    assert "203.0.113" not in str(row)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://testserver:81"},
        {"Origin": "https://testserver", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
def test_a_comment_from_elsewhere_is_kept_asked_about_and_then_taken(headers):
    article = make_article()
    browser = Client(enforce_csrf_checks=True)
    url = reverse("comments:thread", args=[article.pk])

    asked = browser.post(url, TYPED, headers=headers)
    stored = Comment.objects.count()
    form = fields_of(asked)
    sent = browser.post(url, form)

    assert asked.status_code == 403
    assert "Did you send this?" in asked.text
    assert "Every &lt;b&gt;word&lt;/b&gt;<br>of &quot;it&quot;." in asked.text
    assert "no-store" in asked.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in asked.text
    assert COOKIE not in asked.cookies
    assert stored == 0
    assert {name: form[name] for name in TYPED} == TYPED
    assert sent.status_code == 303
    assert Comment.objects.get().source == TYPED["comment"]


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://testserver"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_a_comment_from_our_own_page_is_taken_without_a_token(headers):
    url = reverse("comments:thread", args=[make_article().pk])

    response = Client(enforce_csrf_checks=True).post(url, TYPED, headers=headers)

    assert response.status_code == 303
    assert list(response.cookies) == [COOKIE]  # and no cookie for a token


def test_a_wrong_token_is_asked_about_again_with_nothing_lost():
    url = reverse("comments:thread", args=[make_article().pk])
    browser = Client(enforce_csrf_checks=True)
    form = fields_of(browser.post(url, TYPED))

    wrong = form | {"csrfmiddlewaretoken": "x" * 64}
    asked = browser.post(url, wrong)
    stored = Comment.objects.count()
    sent = browser.post(url, fields_of(asked))

    assert asked.status_code == 403
    assert {name: fields_of(asked)[name] for name in TYPED} == TYPED
    assert stored == 0
    assert sent.status_code == 303


def test_a_comment_that_was_asked_about_is_checked_like_any_other():
    url = reverse("comments:thread", args=[make_article().pk])
    browser = Client(enforce_csrf_checks=True)

    form = fields_of(browser.post(url, TYPED | {"email": "hettie"}))
    refused = browser.post(url, form)
    mended = fields_of(refused) | {"email": "hettie@example.org"}
    sent = browser.post(url, mended, headers={"Origin": "http://testserver"})

    assert refused.status_code == 422
    assert "This is no email address." in refused.text
    assert sent.status_code == 303


def test_a_thread_keeps_the_order_of_arrival_and_its_number():
    article = make_article()

    for text in ("first", "second", "third"):
        make_comment(article, source=text)
    page = page_of(Reader(), article)

    assert page.index("first") < page.index("second") < page.index("third")
    assert "3 comments" in page
    assert Thread.objects.get().last_number == 3


def test_posting_costs_the_same_in_a_thread_of_any_size(settings):
    set_discussion(flood_seconds=0)
    article, reader = make_article(), Reader()
    reply = make_comment(article, parent=make_comment(article))
    reader.comment(article, "First.")
    with CaptureQueriesContext(connection) as few:
        reader.comment(article, "Second.", reply_to=reply.pk)

    for _number in range(60):
        make_comment(article, parent=reply)
    with CaptureQueriesContext(connection) as many:
        response = reader.comment(article, "Third.", reply_to=reply.pk)

    assert response.status_code == 303
    assert len(many) == len(few) <= 16
