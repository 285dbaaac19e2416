"""Threads of any size: bounded pages, and addresses that lead to the right one."""

import re

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from comments.pages import REPLIES_A_PAGE, REPLIES_SHOWN, ROOTS_A_PAGE
from tests.factories import make_article, make_comment


def comments_on(page):
    return [int(pk) for pk in re.findall(r'id="comment-(\d+)"', page.text)]


def test_a_story_shows_fifty_comments_and_leads_to_the_rest(client):
    article = make_article()
    all_of_them = [make_comment(article).pk for _number in range(ROOTS_A_PAGE * 2 + 5)]

    pages = [client.get(article.get_absolute_url())]
    while found := re.search(r'href="([^"]+\?from=\d+)">More comments', pages[-1].text):
        pages.append(client.get(found[1]))

    assert [len(comments_on(page)) for page in pages] == [50, 50, 5]
    assert [pk for page in pages for pk in comments_on(page)] == all_of_them
    assert all(page.status_code == 200 for page in pages)


def test_a_long_branch_shows_twenty_replies_and_leads_to_the_rest(client):
    article = make_article()
    root = make_comment(article)
    replies = [
        make_comment(article, parent=root).pk for _n in range(REPLIES_A_PAGE + 7)
    ]

    story = client.get(article.get_absolute_url())
    more = f"{len(replies) - REPLIES_SHOWN} more replies"
    pages = [client.get(reverse("comments:replies", args=[root.pk]))]
    while found := re.search(r'href="([^"]+\?from=[0-9a-z]+)"', pages[-1].text):
        pages.append(client.get(found[1]))
    shown = [pk for page in pages for pk in comments_on(page) if pk != root.pk]

    assert comments_on(story) == [root.pk, *replies[:REPLIES_SHOWN]]
    assert more in story.text
    assert shown == replies
    assert len(pages) == 2


@pytest.mark.parametrize(
    "place", ["on the story", "on a later page", "in a long branch", "deep in it"]
)
def test_a_permanent_address_leads_to_the_page_that_holds_the_comment(client, place):
    article = make_article()
    root = make_comment(article)
    replies = [make_comment(article, parent=root) for _n in range(REPLIES_SHOWN + 5)]
    deep = make_comment(article, parent=replies[-1])
    roots = [make_comment(article) for _n in range(ROOTS_A_PAGE)]
    comment = {
        "on the story": root,
        "on a later page": roots[-1],
        "in a long branch": replies[-1],
        "deep in it": deep,
    }[place]

    led = client.get(comment.get_absolute_url())
    address, _hash, fragment = led.url.partition("#")
    page = client.get(address)

    assert led.status_code == 302
    assert fragment == f"comment-{comment.pk}"
    assert comment.pk in comments_on(page)


def test_a_comment_that_readers_cannot_see_has_no_address(client):
    article = make_article()
    shown, held = make_comment(article), make_comment(article, state="pending")

    assert client.get(shown.get_absolute_url()).status_code == 302
    assert client.get(held.get_absolute_url()).status_code == 404
    assert client.get("/comments/4711/").status_code == 404


def test_pages_of_a_thread_belong_to_its_story_alone(client):
    article, other = make_article(), make_article(headline="Another")
    here, there = make_comment(article), make_comment(other)

    page = client.get(reverse("comments:thread", args=[article.pk]))

    assert comments_on(page) == [here.pk]
    assert there.pk not in comments_on(page)


def test_a_story_costs_the_same_with_any_number_of_comments_and_votes(
    client,
):
    article = make_article()
    root = make_comment(article)
    make_comment(article, parent=root)
    with CaptureQueriesContext(connection) as few:
        client.get(article.get_absolute_url())

    for _number in range(60):
        make_comment(article, parent=make_comment(article))
    cache.clear()
    with CaptureQueriesContext(connection) as many:
        client.get(article.get_absolute_url())

    assert len(many) == len(few) <= 12
