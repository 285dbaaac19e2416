"""Two editors and one proposal, with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from playwright.sync_api import expect

from articles import redaction
from articles.models import Redaction
from tests.browser.journeys import sign_in
from tests.factories import make_article, make_staff

if TYPE_CHECKING:
    from newsroom.models import User
    from tests.browser.conftest import NewPage


def test_the_second_editor_is_asked_once_more_and_overwrites(
    new_page: NewPage, editor: User
):
    story = make_article(headline="Mr Crake did it")
    proposal = Redaction(article=story, words="Mr Crake", reason="A court asked.")
    redaction.propose(proposal, editor=make_staff("Editor"))
    desk = new_page(width=360)
    sign_in(desk)
    desk.on("dialog", lambda dialog: dialog.accept())

    desk.goto(reverse("admin:articles_redaction_change", args=[proposal.pk]))
    expect(desk.locator("mark").first).to_have_text("Mr Crake")
    desk.get_by_role("button", name="Confirm and overwrite").click()

    expect(desk.get_by_text("The words are overwritten")).to_be_visible()
    assert "Crake" not in desk.content()
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360
    desk.goto(story.get_absolute_url())
    expect(desk.get_by_role("heading", level=1)).to_have_text("█████ did it")
