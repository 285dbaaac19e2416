"""Threads of any size: bounded pages, and addresses that lead to the right one."""

import re

from django.urls import reverse

import pytest

from articles import publishing
from comments import moderation
from comments.models import Comment
from comments.pages import REPLIES_A_PAGE, REPLIES_SHOWN
from comments.rules import Rules
from ratings.voting import Voter, cast_vote
from tests.factories import make_article, make_comment
from tests.queries import queries_of


def address_of_thread(article):
    return reverse("comments:thread", args=[article.pk])


def comments_on(page):
    return [int(pk) for pk in re.findall(r'id="comment-(\d+)"', page.text)]


def test_a_story_shows_fifty_comments_and_leads_to_the_rest(client):
    article = make_article()
    all_of_them = [
        make_comment(article).pk for _number in range(Rules().roots_a_page * 2 + 5)
    ]

    pages = [client.get(article.get_absolute_url())]
    while found := re.search(
        r'href="([^"]+\?[^"]*from=\d+)">More comments', pages[-1].text
    ):
        pages.append(client.get(found[1].replace("&amp;", "&")))

    assert [len(comments_on(page)) for page in pages] == [50, 50, 5]
    assert [pk for page in pages for pk in comments_on(page)] == all_of_them
    assert all(page.status_code == 200 for page in pages)


def test_removed_comments_take_no_room_and_tombstones_take_theirs(client):
    article = make_article()
    gone = [make_comment(article, state="removed") for _number in range(3)]
    tombstone = make_comment(article)
    make_comment(article, parent=tombstone)
    moderation.decide([tombstone], Comment.State.REMOVED, moderator=None)
    shown = [make_comment(article) for _number in range(Rules().roots_a_page)]

    first = client.get(article.get_absolute_url())
    second = client.get(address_of_thread(article), {"from": shown[-1].number})
    led = [client.get(one.get_absolute_url()).url for one in shown[-2:]]

    assert len(comments_on(first)) == Rules().roots_a_page + 1  # with the one reply
    assert comments_on(first)[0] == tombstone.pk
    assert not {one.pk for one in gone} & set(comments_on(first))
    assert f"?order=oldest&amp;from={shown[-1].number}" in first.text
    assert comments_on(second) == [shown[-1].pk]
    assert led[0].startswith(f"{article.get_absolute_url()}#")
    assert led[1].startswith(
        f"{address_of_thread(article)}?order=oldest&from={shown[-1].number}#"
    )


def test_a_long_branch_shows_twenty_replies_and_leads_to_the_rest(client):
    article = make_article()
    root = make_comment(article)
    replies = [
        make_comment(article, parent=root).pk for _n in range(REPLIES_A_PAGE + 7)
    ]

    story = client.get(article.get_absolute_url())
    more = f"{len(replies) - REPLIES_SHOWN} more replies"
    pages = [client.get(reverse("comments:replies", args=[root.pk]))]
    while found := re.search(r'<a [^>]*href="([^"]+\?from=[0-9a-z]+)"', pages[-1].text):
        pages.append(client.get(found[1].replace("&amp;", "&")))
    shown = [pk for page in pages for pk in comments_on(page) if pk != root.pk]

    assert comments_on(story) == [root.pk, *replies[:REPLIES_SHOWN]]
    assert comments_on(pages[1])[0] == root.pk  # stands over each page
    assert more in story.text
    assert shown == replies
    assert len(pages) == 2


def test_replies_that_are_not_shown_are_counted_without_the_removed_ones(client):
    article = make_article()
    root = make_comment(article)
    replies = [make_comment(article, parent=root) for _n in range(REPLIES_SHOWN + 4)]
    nested = make_comment(article, parent=replies[0])

    whole = client.get(article.get_absolute_url()).text
    moderation.decide(
        [replies[0], replies[1], replies[-1]], Comment.State.REMOVED, moderator=None
    )
    story = client.get(article.get_absolute_url())
    rest = client.get(reverse("comments:replies", args=[root.pk]))
    visible = [replies[0], nested, *replies[2:-1]]  # the first is a tombstone now

    assert "5 more replies" in whole
    assert "3 more replies" in story.text
    assert comments_on(story) == [
        root.pk,
        replies[0].pk,
        *[one.pk for one in replies[2 : REPLIES_SHOWN + 1]],
    ]
    assert comments_on(rest) == [root.pk, *[one.pk for one in visible]]


def test_a_reply_whose_parent_is_on_an_earlier_page_leads_there(client):
    article = make_article()
    root = make_comment(article)
    parent = make_comment(article, parent=root)
    for _number in range(REPLIES_A_PAGE - 1):
        make_comment(article, parent=parent)
    last = make_comment(article, parent=parent)
    address = reverse("comments:replies", args=[root.pk])

    first_page = client.get(address)
    second_page = client.get(address, {"from": last.path})

    assert f'href="#comment-{parent.pk}"' in first_page.text
    assert comments_on(second_page) == [root.pk, last.pk]
    assert f'href="#comment-{parent.pk}"' not in second_page.text
    assert f'href="{parent.get_absolute_url()}"' in second_page.text


@pytest.mark.parametrize(
    "place", ["on the story", "on a later page", "in a long branch", "deep in it"]
)
def test_a_permanent_address_leads_to_the_page_that_holds_the_comment(client, place):
    article = make_article()
    root = make_comment(article)
    replies = [make_comment(article, parent=root) for _n in range(REPLIES_SHOWN + 5)]
    deep = make_comment(article, parent=replies[-1])
    roots = [make_comment(article) for _n in range(Rules().roots_a_page)]
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


@pytest.mark.parametrize("state", ["pending", "spam", "removed"])
def test_a_comment_that_readers_cannot_see_has_no_address(client, state):
    article = make_article()
    shown, hidden = make_comment(article), make_comment(article, state=state)

    led = client.get(shown.get_absolute_url())
    statuses = [
        client.get(hidden.get_absolute_url()).status_code,
        client.get(reverse("comments:replies", args=[hidden.pk])).status_code,
        client.get("/comments/4711/").status_code,
        client.get("/comments/4711/replies/").status_code,
    ]

    assert led.status_code == 302
    assert led.url == f"{article.get_absolute_url()}#comment-{shown.pk}"
    assert statuses == [404] * 4


def test_a_branch_has_pages_of_its_own_and_a_reply_has_none(client):
    article = make_article()
    root = make_comment(article)
    reply = make_comment(article, parent=root)

    branch = client.get(reverse("comments:replies", args=[root.pk]))
    no_branch = client.get(reverse("comments:replies", args=[reply.pk]))

    assert comments_on(branch) == [root.pk, reply.pk]
    assert no_branch.status_code == 404


def test_the_comments_of_a_story_go_with_it(client):
    article = make_article(headline="Bridge reopens")
    root = make_comment(article)
    addresses = [
        address_of_thread(article),
        reverse("comments:replies", args=[root.pk]),
        root.get_absolute_url(),
    ]

    before = [client.get(address).status_code for address in addresses]
    publishing.withdraw(article, editor=None)
    after = [client.get(address) for address in addresses]

    assert before == [200, 200, 302]
    assert [page.status_code for page in after] == [404] * 3
    assert not any("Bridge reopens" in page.text for page in after)


@pytest.mark.parametrize("start", ["x", "-1", "1.5", "", "٣", "9" * 11, "4294967296"])
def test_a_place_in_a_thread_that_is_none_is_no_page(client, start):
    article = make_article()
    make_comment(article)

    nowhere = client.get(address_of_thread(article), {"from": start})
    beyond = client.get(address_of_thread(article), {"from": 4711})

    assert nowhere.status_code == 404
    assert beyond.status_code == 200
    assert "There are no comments from here on." in beyond.text


@pytest.mark.parametrize("start", ["-", "%", "../", "é", "a b"])
def test_a_place_in_a_branch_that_is_none_is_no_page(client, start):
    article = make_article()
    root = make_comment(article)
    reply = make_comment(article, parent=root)
    address = reverse("comments:replies", args=[root.pk])

    assert client.get(address, {"from": start}).status_code == 404
    assert comments_on(client.get(address, {"from": reply.path}))[1:] == [reply.pk]


def test_a_closed_thread_is_read_on_every_page_and_answered_on_none(client):
    article = make_article()
    root = make_comment(article, source="What stands here stays.")
    make_comment(article, parent=root)
    addresses = [
        article.get_absolute_url(),
        address_of_thread(article),
        reverse("comments:replies", args=[root.pk]),
    ]
    open_ = [client.get(address).text for address in addresses]

    moderation.close(article, moderator=None)
    closed = [client.get(address).text for address in addresses]

    for page in open_:
        assert f"?reply_to={root.pk}#respond" in page
        assert "Comments on this story are closed." not in page
    for page in closed:
        assert "What stands here stays." in page
        assert "Comments on this story are closed." in page
        assert "?reply_to=" not in page


def test_pages_of_a_thread_belong_to_its_story_alone(client):
    article, other = make_article(), make_article(headline="Another")
    here, there = make_comment(article), make_comment(other)

    page = client.get(address_of_thread(article))

    assert comments_on(page) == [here.pk]
    assert there.pk not in comments_on(page)


def test_a_story_costs_the_same_with_any_number_of_comments_and_votes(client):
    article = make_article()
    make_comment(article, parent=make_comment(article))
    cast_vote(article.pk, voter=Voter("first"), score=3)
    few = queries_of(client, article.get_absolute_url())

    for number in range(60):
        make_comment(article, parent=make_comment(article))
        cast_vote(article.pk, voter=Voter(f"reader {number}"), score=5)
    many = queries_of(client, article.get_absolute_url())
    page = client.get(article.get_absolute_url())

    assert "122 comments" in page.text
    assert "[Total: 61" in page.text
    assert many == few <= 6


@pytest.mark.parametrize("page", ["thread", "replies", "comment"])
def test_every_page_of_comments_costs_the_same_in_a_thread_of_any_size(client, page):
    article = make_article()
    root = make_comment(article)
    reply = make_comment(article, parent=root)
    address = {
        "thread": address_of_thread(article),
        "replies": reverse("comments:replies", args=[root.pk]),
        "comment": reply.get_absolute_url(),
    }[page]
    few = queries_of(client, address)

    for _number in range(60):
        make_comment(article, parent=reply)
        make_comment(article, parent=make_comment(article))
    assert queries_of(client, address) == few <= 7
