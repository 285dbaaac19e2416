"""What the form asks, shows and gives back, beside taking a comment."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import pytest

from comments import moderation
from comments.models import Comment
from comments.text import render, visible
from tests.factories import make_article, make_comment, set_discussion
from tests.readers import Reader

KNOWN = {"name": "Hettie P.", "email": "hettie@example.org"}


def page_of(article, **query):
    return Reader().get(article.get_absolute_url(), query).text


def test_a_preview_shows_the_comment_and_stores_nothing():
    article, reader = make_article(), Reader()

    response = reader.comment(article, "*Well* said.", preview="1", name="", email="")

    assert response.status_code == 200
    assert "<em>Well</em> said." in response.text
    assert "*Well* said.</textarea>" in response.text
    assert "Preview: not posted yet" in response.text
    assert "Give a name" not in response.text
    assert not Comment.objects.exists()


def test_a_preview_of_nothing_or_of_too_much_says_so(settings):
    settings.COMMENT_MAX_LENGTH = 100
    article = make_article()

    nothing = Reader().comment(article, "", preview="1")
    long = Reader().comment(article, "x" * 101, preview="1", fragment="1")

    assert "Write your comment." in nothing.text
    assert "The comment has 101 characters; 100 is the most." in long.text
    assert "x" * 101 in Reader().comment(article, "x" * 101, preview="1").text


def test_the_script_gets_the_comment_for_its_place_or_the_words_that_it_waits():
    article = make_article()
    root = make_comment(article, **KNOWN)

    published = Reader().comment(
        article, "So it is.", reply_to=root.pk, fragment="1", **KNOWN
    )
    held = Reader().comment(article, "I am new.", email="new@example.org", fragment="1")

    assert (published.status_code, held.status_code) == (201, 201)
    assert f'data-parent="{root.pk}"' in published.text
    assert 'data-depth="1"' in published.text
    assert "2 comments" in published.text
    assert "<html" not in published.text
    assert "awaiting moderation" in held.text
    assert "I am new." in held.text
    assert "newsroom_reader" in held.cookies


def test_the_script_gets_the_form_with_its_errors():
    response = Reader().comment(make_article(), "", fragment="1")

    assert response.status_code == 422
    assert "Write your comment." in response.text
    assert 'data-field="comment"' in response.text
    assert "<html" not in response.text


def test_the_guidelines_stand_above_the_form_and_a_section_may_have_its_own():
    article = make_article()
    set_discussion(guidelines="Be *kind*.")
    site = page_of(article)
    set_discussion(section=article.section, guidelines="Be **brief**.")

    assert "Be <em>kind</em>." in site
    assert "Be <strong>brief</strong>." in page_of(article)


def test_where_name_and_email_are_not_required_a_comment_may_have_neither():
    set_discussion(name_and_email_required=False, hold_unknown=False)
    article = make_article()

    Reader().comment(article, "Nobody said this.", name="", email="")

    comment = Comment.objects.get()
    assert comment.is_approved
    assert (comment.name, comment.email) == ("Anonymous", "")
    assert "Anonymous" in page_of(article)


def test_one_without_a_name_is_held_where_unknown_people_are():
    set_discussion(name_and_email_required=False)
    article = make_article()
    make_comment(article, name="Anonymous", email="")

    Reader().comment(article, "Nobody said this.", name="", email="")

    assert Comment.objects.latest("pk").state == Comment.State.PENDING


def test_where_only_staff_may_comment_there_is_a_sentence_for_a_form():
    set_discussion(staff_only=True)
    article = make_article()
    make_comment(article)

    page, response = page_of(article), Reader().comment(article, "Let me in.")

    said = "Only people who work here may comment on this story."
    assert said in page
    assert "Post Comment" not in page
    assert "?reply_to=" not in page
    assert response.status_code == 403
    assert said in response.text
    assert "Let me in." in response.text


def test_the_consent_box_can_be_left_out():
    article = make_article()
    usual = page_of(article)
    set_discussion(consent_box=False)

    assert "Save my name, email, and website in this browser" in usual
    assert "Save my name" not in page_of(article)


def test_comments_close_after_so_many_days():
    week = timedelta(days=7)
    old = make_article(headline="Old", published_at=timezone.now() - 2 * week)
    new = make_article(headline="New", published_at=timezone.now() - week / 2)
    set_discussion(close_after_days=7)

    assert "Comments on this story are closed." in page_of(old)
    assert "Post Comment" in page_of(new)
    assert Reader().comment(old, "Too late?").status_code == 403
    assert Reader().comment(new, "In time.").status_code == 303


@pytest.mark.parametrize("site_says", [True, False])
def test_a_story_can_say_otherwise_than_the_site(site_says):
    article, other = make_article(), make_article(headline="Another")
    set_discussion(comments_open=site_says)
    set_discussion(article=article, comments_open=not site_says)

    assert ("Post Comment" in page_of(article)) is not site_says
    assert ("Post Comment" in page_of(other)) is site_says


def test_bare_addresses_become_links_and_domains_that_nobody_meant_do_not():
    html = render(
        "Read https://example.org/a_b, www.example.org/c. or the end.It is readme.md, "
        "mail me@example.org"
    )

    assert '<a href="https://example.org/a_b" rel="nofollow ugc noopener">' in html
    assert '<a href="https://www.example.org/c" rel=' in html
    assert html.count("<a ") == 2


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eHet\u200btie\u2066 P.\ufeff", "Hettie P."),
        ("  Hettie \n P. ", "Hettie P."),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀 Ada", "👩\u200d🚀 Ada"),
        ("\u200b\u202e\u200d", ""),
    ],
)
def test_a_name_loses_what_only_hides_or_reorders_it(typed, kept):
    assert visible(typed) == kept


def test_a_name_of_nothing_that_is_seen_is_none():
    response = Reader().comment(make_article(), name="\u200b\u202e")

    assert response.status_code == 422
    assert "Give a name" in response.text


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 5000,
        "*" * 5000,
        "> " * 2500,
        "- " * 2500,
        "www." * 1250,
        "http://" * 714,
        "https://a.b/(" * 380,
        "![a](" * 1000,
        "https://a.bc " * 380,
    ],
    ids=lambda bomb: bomb[:8].strip(),
)
def test_a_bomb_of_markdown_is_taken_as_any_comment(bomb):
    article = make_article()

    response = Reader().comment(article, bomb)

    assert response.status_code == 303
    assert Comment.objects.get().state == Comment.State.PENDING
    assert Comment.objects.get().html


def test_an_answer_to_what_was_removed_meanwhile_is_kept_and_asked_about():
    article, reader = make_article(), Reader()
    root = make_comment(article)
    moderation.decide([root], Comment.State.REMOVED, moderator=None)

    refused = reader.comment(article, "As I said.", reply_to=root.pk)

    assert refused.status_code == 422
    assert "post it as a comment of its own" in refused.text
    assert "As I said.</textarea>" in refused.text
    assert f'name="reply_to" value="{root.pk}"' not in refused.text
    assert Comment.objects.count() == 1


def test_the_dearest_comment_costs_at_most_twelve_queries(settings):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}
    }
    article, reader = make_article(), Reader()
    make_comment(article, **KNOWN)
    parent = make_comment(article)
    for _level in range(3):
        parent = make_comment(article, parent=parent)
    reader.comment(article, "Which wakes the server.")
    set_discussion(flood_seconds=0)

    with CaptureQueriesContext(connection) as queries:
        response = reader.comment(article, "Deep down.", reply_to=parent.pk, **KNOWN)

    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert response.status_code == 303
    assert Comment.objects.latest("pk").is_approved
    assert len(asked) <= 12, asked


def test_the_pages_of_previews_are_limited_by_network(monkeypatch):
    monkeypatch.setattr("comments.views.posting.PREVIEWS_A_MINUTE", 1)
    article, reader = make_article(), Reader()

    first = reader.comment(article, "One.", preview="1")
    second = reader.comment(article, "Two.", preview="1")

    assert (first.status_code, second.status_code) == (200, 429)
