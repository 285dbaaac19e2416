"""What changed in a story, as a reader finds it; the policy blocks none of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.articles.test_versions import publish
from tests.factories import make_article

if TYPE_CHECKING:
    from tests.browser.conftest import NewPage


def test_a_reader_follows_a_correction_to_the_words_it_changed(new_page: NewPage):
    story = make_article(headline="Bridge reopens", body="<p>It opened at six.</p>")
    publish(story, body="<p>It opened at nine.</p>", text="It was nine, not six.")
    reader = new_page(width=360, javascript=False)

    reader.goto(story.get_absolute_url())
    data = reader.locator('script[type="application/ld+json"]').first.text_content()
    reader.get_by_role("link", name="What changed").click()

    assert json.loads(data or "")["correction"][0]["text"] == "It was nine, not six."
    expect(reader.locator("del", has_text="six.")).to_be_visible()
    expect(reader.locator("ins", has_text="nine.")).to_be_visible()
    assert reader.evaluate("document.documentElement.scrollWidth") <= 360
    reader.get_by_role("link", name="All versions of this story").click()
    expect(reader.get_by_role("heading", name="Version 1")).to_be_visible()
    reader.get_by_role("link", name="Corrections").click()
    expect(reader.get_by_text("It was nine, not six.")).to_be_visible()
