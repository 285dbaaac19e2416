"""Orders, marks, avatars, recommendations, picks, feeds and counts."""

import re
from datetime import timedelta
from xml.etree import ElementTree

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

import pytest

from articles import publishing
from comments import moderation, picking, recommending
from comments.avatars import COLOURS, draw, initials
from comments.models import Comment, Recommendation
from newsroom.models import Event
from tests.factories import make_article, make_comment, make_staff, set_discussion
from tests.readers import Reader

State = Comment.State
ATOM = "{http://www.w3.org/2005/Atom}"


def thread_of(article, **query):
    return Reader().get(reverse("comments:thread", args=[article.pk]), query)


def page_of(article):
    return Reader().get(article.get_absolute_url()).text


def shown(text):
    return [
        int(pk)
        for pk in re.findall(r'<article class="comment" id="comment-(\d+)"', text)
    ]


# --- Orders ---


def test_each_order_begins_where_its_name_says():
    article = make_article()
    first, second, third = (make_comment(article) for _number in range(3))
    Comment.objects.filter(pk=second.pk).update(recommended=5)

    orders = {
        "oldest": [first.pk, second.pk, third.pk],
        "newest": [third.pk, second.pk, first.pk],
        "recommended": [second.pk, first.pk, third.pk],
    }

    for order, expected in orders.items():
        assert shown(thread_of(article, order=order).text) == expected


@pytest.mark.parametrize("order", ["oldest", "newest", "recommended"])
def test_paging_in_each_order_shows_every_comment_once(order):
    set_discussion(roots_a_page=5)
    article = make_article()
    everyone = [make_comment(article).pk for _number in range(13)]

    seen, url = [], f"{reverse('comments:thread', args=[article.pk])}?order={order}"
    while url:
        text = Reader().get(url).text
        seen += shown(text)
        more = re.search(r'href="([^"]+)">More comments', text)
        url = more and more[1].replace("&amp;", "&")

    assert sorted(seen) == sorted(everyone)
    assert len(seen) == len(set(seen))


def test_the_most_recommended_end_at_two_hundred(monkeypatch):
    monkeypatch.setattr("comments.pages.MOST_RECOMMENDED", 10)
    set_discussion(roots_a_page=5)
    article = make_article()
    for _number in range(13):
        make_comment(article)

    first = thread_of(article, order="recommended").text
    second = thread_of(article, order="recommended", **{"from": 5}).text
    last = thread_of(article, order="recommended", **{"from": 9}).text

    assert "More comments" in first
    assert len(shown(second)) == 5
    assert "More comments" not in second
    assert len(shown(last)) == 1


@pytest.mark.parametrize("order", ["oldest", "newest", "recommended"])
def test_a_permanent_link_leads_to_the_comment_whatever_the_story_shows_first(order):
    set_discussion(roots_a_page=5, order=order)
    article = make_article()
    comments = [make_comment(article) for _number in range(12)]
    reply = make_comment(article, parent=comments[6])

    for comment in (*comments, reply):
        page = Reader().get(comment.get_absolute_url(), follow=True)
        assert comment.pk in shown(page.text), (order, comment.pk)


@pytest.mark.parametrize(
    "query", ["order=best", "order=", "from=x", "from=-1", "order=%00"]
)
def test_an_order_that_there_is_not_is_never_an_error(query):
    article = make_article()

    response = Reader().get(f"{reverse('comments:thread', args=[article.pk])}?{query}")

    assert response.status_code in {200, 400, 404}


def test_hidden_comments_cost_a_page_nothing_and_take_no_room():
    set_discussion(roots_a_page=5)
    article = make_article()
    for _number in range(30):
        make_comment(article, state=State.SPAM)
    there = [make_comment(article).pk for _number in range(5)]

    assert shown(page_of(article)) == there


# --- Marks and avatars ---


def test_staff_and_the_author_of_the_story_are_marked():
    article = make_article()
    make_comment(article, mark=Comment.Mark.STAFF)
    make_comment(article, mark=Comment.Mark.AUTHOR)
    make_comment(article)

    marks = re.findall(r'<span class="comment-mark">([^<]+)</span>', page_of(article))

    assert marks == ["Staff", "Author of the story"]


def test_the_same_person_has_the_same_picture_and_no_address_is_in_it():
    one = draw("Hettie P.", "hettie@example.org", "initials")
    again = draw("Hettie P.", "hettie@example.org", "initials")
    patterns = {draw("H", f"r{n}@example.org", "pattern") for n in range(20)}

    assert one == again
    assert ">HP<" in one
    assert "hettie" not in one
    assert len(patterns) > 15
    assert 'style="' not in one


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Hettie Prudence Sprat", "HS"),
        ("bram", "B"),
        ("عمر الخطيب", "عا"),
        ("🙂 🙃", ""),
        ("“Capt.” Sprat", "CS"),
        ("ßeta", "S"),
        ("", ""),
    ],
)
def test_initials_are_letters_of_any_script_or_nobodys(name, letters):
    assert initials(name)[: len(letters) or 1] == letters
    drawn = f">{initials(name)}</span>" if letters else "<circle"
    assert drawn in draw(name, "", "initials")


def test_every_colour_carries_white_letters():
    rules = (settings.BASE_DIR / "static" / "css" / "comments.css").read_text()
    colours = re.findall(r'data-colour="\d+"\] \{\s+background: (#.{6});', rules)

    assert len(colours) == COLOURS
    for colour in colours:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in channels
        ]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (luminance + 0.05) >= 4.5, colour


def test_avatars_can_be_drawn_otherwise_or_not_at_all():
    article = make_article()
    make_comment(article)
    initials_ = page_of(article)
    set_discussion(avatar="nobody")
    nobody = page_of(article)
    set_discussion(avatars=False)

    assert '<span class="avatar" data-colour="' in initials_
    assert '<circle cx="20"' in nobody
    assert 'class="avatar"' not in page_of(article)


# --- Recommendations ---


def recommend(comment, reader, **typed):
    return reader.post(reverse("comments:recommend", args=[comment.pk]), typed)


def number_of(comment):
    return Comment.objects.get(pk=comment.pk).recommended


def test_one_reader_recommends_once_and_can_take_it_back():
    article, reader = make_article(), Reader()
    comment = make_comment(article)

    first = recommend(comment, reader, want="1")
    recommend(comment, reader, want="1")
    recommend(comment, Reader(), want="1")
    both = number_of(comment)
    recommend(comment, reader)

    assert first.status_code == 303
    assert first.url.endswith(f"#comment-{comment.pk}")
    assert both == 2
    assert number_of(comment) == Recommendation.objects.count() == 1
    given = Recommendation.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Recommendation.objects.create(comment=comment, reader_hash=given.reader_hash)


def test_the_number_shows_at_once_and_the_script_gets_the_button():
    article = make_article()
    comment = make_comment(article)
    before = page_of(article)

    piece = recommend(comment, Reader(), want="1", fragment="1")

    assert '<span class="recommend-count">' not in before
    assert '<span class="recommend-count">1</span>' in page_of(article)
    assert "Recommended" in piece.text
    assert "<html" not in piece.text


def test_all_comments_of_a_page_share_one_form():
    article = make_article()
    make_comment(article)
    forms = page_of(article).count("<form")
    make_comment(article)
    make_comment(article)

    page = page_of(article)

    assert page.count('form="recommend"') == 3
    assert page.count('<form id="recommend"') == 1
    assert page.count("<form") == forms


def test_nobody_recommends_their_own():
    set_discussion(hold_unknown=False)
    article, reader = make_article(), Reader()
    reader.comment(article, "I am right.")
    comment = Comment.objects.get()

    response = recommend(comment, reader, want="1")

    assert response.status_code == 403
    assert "It is your own comment." in response.text
    assert number_of(comment) == 0


def test_what_is_not_seen_is_not_recommended_and_where_it_is_off_nothing_is():
    article = make_article()
    held = make_comment(article, state=State.PENDING)
    there = make_comment(article)

    hidden = recommend(held, Reader(), want="1")
    set_discussion(recommendations=False)

    assert hidden.status_code == 404
    assert recommend(there, Reader(), want="1").status_code == 404
    assert "Recommend" not in page_of(article)
    with pytest.raises(recommending.NotRecommendable):
        recommending.recommend(held, reader_hash="a")


# --- Picks ---


def test_a_pick_stands_above_the_thread_with_a_link_to_its_place(client):
    article = make_article()
    make_comment(article, source="First of all.")
    picked = make_comment(article, source="Worth *reading*.", name="Bram")
    client.force_login(make_staff("Moderator"))
    url = reverse("admin:comments_comment_changelist")

    client.post(url, {"action": "pick", "_selected_action": [picked.pk]})
    page = page_of(article)
    client.post(url, {"action": "unpick", "_selected_action": [picked.pk]})

    picks = page.partition('<aside class="picks"')[2].partition("</aside>")[0]
    assert "Worth reading." in picks
    assert "First of all." not in picks
    assert picked.get_absolute_url() in picks
    assert '<aside class="picks"' not in page_of(article)
    assert sorted(Event.objects.about(picked).values_list("act", flat=True)) == [
        "pick",
        "unpick",
    ]


def test_a_pick_that_is_removed_is_pinned_no_more_and_none_is_that_is_held():
    article = make_article()
    picked, held = make_comment(article), make_comment(article, state=State.PENDING)
    picking.pick(picked, moderator=None)

    was_picked = picking.pick(held, moderator=None)
    moderation.decide([picked], State.REMOVED, moderator=None)

    assert was_picked is False
    assert '<aside class="picks"' not in page_of(article)


# --- Feeds ---


def entries(response):
    root = ElementTree.fromstring(response.content)  # noqa: S314  # our own feed
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


def test_a_feed_holds_what_is_approved_newest_first():
    article = make_article()
    make_comment(article, name="Hettie")
    make_comment(article, name="Bram", source="A *good* <b>point</b>.")
    make_comment(article, name="Held", state=State.PENDING)
    make_comment(make_article(headline="Another"), name="Elsewhere")

    story = Reader().get(reverse("comments:story-feed", args=[article.pk, "atom"]))
    site = Reader().get(reverse("comments:site-feed", args=["atom"]))

    assert story.headers["Content-Type"].startswith("application/atom+xml")
    assert entries(story) == [
        "Bram on “Estuary bridge reopens”",
        "Hettie on “Estuary bridge reopens”",
    ]
    assert "&lt;em&gt;good&lt;/em&gt;" in story.text
    assert "Elsewhere on “Another”" in entries(site)
    assert len(entries(site)) == 3
    assert "Held" not in site.text
    assert "hettie@" not in site.text
    assert 'href="http://testserver/comments/feed/atom/"' in site.text


def test_a_feed_is_empty_of_stories_that_went_away_and_of_those_to_come():
    gone, later = make_article(), make_article(headline="Later")
    make_comment(gone)
    make_comment(later)
    publishing.withdraw(gone, editor=None)
    later.published_at += timedelta(days=1)
    later.save()

    assert entries(Reader().get(reverse("comments:site-feed", args=["atom"]))) == []
    for article in (gone, later):
        url = reverse("comments:story-feed", args=[article.pk])
        assert Reader().get(url).status_code == 404


def test_a_feed_that_did_not_change_is_not_sent_again():
    article = make_article()
    make_comment(article)
    url = reverse("comments:story-feed", args=[article.pk])

    first = Reader().get(url)
    again = Reader().get(url, headers={"If-None-Match": first.headers["ETag"]})
    make_comment(article)
    changed = Reader().get(url, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, changed.status_code) == (304, 200)
    assert "Set-Cookie" not in first.headers


def test_the_story_and_every_page_say_where_the_feeds_are():
    article = make_article()
    page = page_of(article)

    assert f'href="http://testserver/comments/story/{article.pk}/feed/"' in page
    assert 'href="http://testserver/comments/feed/"' in Reader().get("/").text


# --- Counts on lists ---


def test_lists_say_how_many_comments_a_story_has_in_one_query_for_all():
    talked, silent = make_article(headline="Talked of"), make_article(headline="Silent")
    make_comment(talked)
    make_comment(talked)
    make_comment(silent, state=State.PENDING)

    for url in ("/", talked.section.get_absolute_url(), "/search/?q=talked"):
        page = Reader().get(url).text
        link = (
            f'<a href="{talked.get_absolute_url()}#comments" dir="auto">2 comments</a>'
        )
        assert link in page
        assert f"{silent.get_absolute_url()}#comments" not in page
