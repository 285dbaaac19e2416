"""Reading a discussion: collapse it, jump in it, recommend, and see what is new."""

from datetime import timedelta

from django.utils import timezone

from playwright.sync_api import expect

from comments import picking
from comments.models import Comment, Recommendation
from tests.browser.barriers import barriers
from tests.factories import make_article, make_comment


def test_a_branch_is_collapsed_and_a_link_into_it_opens_it(new_page):
    article = make_article()
    root = make_comment(article)
    reply = make_comment(article, parent=root, source="Deep inside.")
    for javascript in (True, False):
        page = new_page(javascript=javascript)
        page.goto(article.get_absolute_url())

        page.locator(".branch-replies > summary").click()
        expect(page.get_by_text("Deep inside.")).to_be_hidden()
        page.goto(reply.get_absolute_url())
        expect(page.get_by_text("Deep inside.")).to_be_visible()


def test_a_reader_recommends_and_finds_it_marked_on_return(new_page):
    article = make_article()
    comment = make_comment(article, name="Bram")
    page = new_page()
    page.goto(article.get_absolute_url())
    button = page.get_by_role("button", name="Recommend the comment by Bram")

    button.focus()
    page.keyboard.press("Enter")
    given = page.get_by_role("button", name="Recommended 1 the comment by Bram")
    expect(given).to_be_focused()
    page.reload()
    expect(given).to_be_visible()
    given.click()

    expect(button).to_be_visible()
    assert Recommendation.objects.count() == 0
    assert Comment.objects.get(pk=comment.pk).recommended == 0


def test_without_script_the_button_recommends_and_a_second_press_takes_it_back(
    new_page,
):
    article = make_article()
    comment = make_comment(article, name="Bram")
    page = new_page(javascript=False)
    page.goto(article.get_absolute_url())

    for number in (1, 0):
        page.get_by_role("button", name="Recommend").first.click()
        page.wait_for_url(f"**#comment-{comment.pk}")
        expect(page.locator(".recommend-count")).to_have_count(number)
        assert Recommendation.objects.count() == number


def test_what_came_since_the_last_visit_is_marked_in_words(new_page):
    article = make_article()
    make_comment(
        article, source="Known.", created_at=timezone.now() - timedelta(hours=2)
    )
    page = new_page()
    page.goto(article.get_absolute_url())
    expect(page.locator(".comment-new")).to_have_count(0)

    make_comment(article, source="Fresh.", created_at=timezone.now())
    page.goto(article.get_absolute_url())
    expect(page.get_by_text("1 new since your last visit")).to_be_visible()
    page.get_by_role("button", name="Next new comment").click()

    expect(page.locator(".comment:focus").get_by_text("Fresh.")).to_be_visible()
    expect(page.locator(".comment-new")).to_have_text("new")
    page.goto(article.get_absolute_url())
    expect(page.get_by_text("since your last visit")).to_be_hidden()


def test_a_long_thread_on_a_small_screen_is_readable_and_free_of_faults(new_page):
    article = make_article()
    parent = None
    for number in range(60):
        parent = make_comment(
            article,
            parent=parent if number % 5 else None,
            name="Bartholomew Featherstonehaugh-Cholmondeley"
            if number % 7 == 0
            else "عمر",
            source="Donaudampfschifffahrtsgesellschaft" * 3
            if number % 9 == 0
            else "So it is.",
        )
    picking.pick(parent, moderator=None)

    for scheme in ("light", "dark"):
        page = new_page(width=360, color_scheme=scheme)
        page.goto(article.get_absolute_url())
        width = page.evaluate("document.documentElement.scrollWidth")

        assert width <= 360
        assert barriers(page) == []
