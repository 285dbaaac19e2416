"""The stars as people use them: a click, a key, no script, no connection."""

import re

from playwright.sync_api import expect

from ratings.models import Rating, Tally
from tests.factories import make_article


def open_story(page, article):
    page.goto(article.get_absolute_url())
    return page.locator("#rating")


def score_of(article):
    return Rating.objects.filter(article=article).values_list("score", flat=True).get()


def test_a_click_votes_another_changes_it_and_it_can_be_taken_back(new_page):
    article, page = make_article(), new_page()
    rating = open_story(page, article)

    rating.get_by_role("radio", name="4 stars").click(force=True)
    expect(rating.get_by_text("Rating saved!")).to_be_visible()
    expect(rating.get_by_text("[Total: 1 Average: 4]")).to_be_visible()
    rating.get_by_role("radio", name="2 stars").click(force=True)
    expect(rating.get_by_text("Rating updated!")).to_be_visible()
    expect(rating.get_by_text("[Total: 1 Average: 2]")).to_be_visible()
    rating.get_by_text("How readers rated").click()
    rating.get_by_role("button", name="Take my rating back").click()

    expect(rating.get_by_text("Your rating is taken back.")).to_be_visible()
    expect(rating.get_by_text("[Total: 0 Average: 0]")).to_be_visible()
    expect(rating.get_by_role("radio", checked=True)).to_have_count(0)
    expect(rating.get_by_role("button", name="Take my rating back")).to_be_hidden()
    assert score_of(article) is None


def test_who_returns_finds_their_own_vote_on_the_page_that_all_share(new_page):
    article, page = make_article(), new_page()
    rating = open_story(page, article)
    rating.get_by_role("radio", name="3 stars").click(force=True)
    expect(rating.get_by_text("Rating saved!")).to_be_visible()

    rating = open_story(page, article)

    said = "You have already voted for this article with rating 3"
    expect(rating.get_by_text(said)).to_be_visible()
    expect(rating.get_by_role("radio", name="3 stars")).to_be_checked()


def test_keys_walk_over_the_stars_and_enter_gives_them(new_page):
    article, page = make_article(), new_page()
    rating = open_story(page, article)

    rating.get_by_role("radio", name="1 star").focus()
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    expect(rating.get_by_role("radio", name="4 stars")).to_be_checked()
    expect(rating.get_by_text("[Total: 0 Average: 0]")).to_be_visible()
    page.keyboard.press("Enter")

    expect(rating.get_by_text("Rating saved!")).to_be_visible()
    assert score_of(article) == 4


def test_without_script_a_button_votes_and_a_button_takes_back(new_page):
    article, page = make_article(), new_page(javascript=False)
    rating = open_story(page, article)

    rating.get_by_role("radio", name="5 stars").check(force=True)
    rating.get_by_role("button", name="Rate", exact=True).click()
    expect(page.locator("#rating").get_by_text("Rating saved!")).to_be_visible()
    page.get_by_text("How readers rated").click()
    page.get_by_role("button", name="Take my rating back").click()

    expect(page.get_by_text("Your rating is taken back.")).to_be_visible()
    assert score_of(article) is None


def test_a_lost_connection_keeps_the_choice_and_a_retry_sends_it(new_page):
    article, page = make_article(), new_page()
    rating = open_story(page, article)

    page.route("**/ratings/**", lambda route: route.abort())
    rating.get_by_role("radio", name="4 stars").click(force=True)
    expect(rating.get_by_text("The connection is lost.")).to_be_visible()
    expect(rating.locator("form.rating-form")).not_to_have_attribute(
        "aria-busy", "true"
    )
    page.unroute("**/ratings/**")
    rating.get_by_role("button", name="Retry").click()

    expect(rating.get_by_text("Rating saved!")).to_be_visible()
    assert Tally.objects.get().counts[4] == 1
    # The browser itself notes the request that we cut.
    assert {"ERR_FAILED" in said for said in new_page.complaints} == {True}
    new_page.complaints.clear()


def test_a_screen_reader_finds_a_named_group_of_radios_and_a_live_status(new_page):
    article, page = make_article(), new_page()
    rating = open_story(page, article)

    tree = rating.aria_snapshot()

    assert re.search(r'- group "Click to rate this post!":', tree)
    for number in range(1, 6):
        assert f'- radio "{number} star{"s" if number > 1 else ""}"' in tree
    assert "- status" in tree
    assert "[Total: 0 Average: 0]" in tree
