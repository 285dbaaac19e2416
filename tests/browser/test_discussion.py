"""Trying settings at the desk, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from comments import moderation
from comments.models import Comment, Discussion
from tests.factories import make_article, make_comment, set_discussion

from .journeys import sign_in


@pytest.mark.parametrize("javascript", [True, False])
def test_an_editor_tries_a_word_on_old_comments_and_then_saves_it(
    new_page, editor, javascript
):
    set_discussion(hold_unknown=False)
    article = make_article()
    comment = make_comment(article, state="pending", source="A casino!")
    moderation.decide([comment], Comment.State.SPAM, moderator=None)
    desk = new_page(javascript=javascript)
    sign_in(desk)
    desk.goto("/admin/comments/discussion/")
    desk.get_by_role("link", name="The whole site").click()
    desk.get_by_label("Hold comments with these words").fill("casino")

    desk.get_by_role("button", name="Try it on old comments").click()

    expect(desk.get_by_text("Let in now, held with the change: 1")).to_be_visible()
    assert Discussion.objects.get().hold_words == ""

    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("was changed successfully")).to_be_visible()
    assert Discussion.objects.get().hold_words == "casino"
