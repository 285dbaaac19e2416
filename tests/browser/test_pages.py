"""An editor writes a page of the paper, and readers find it at the foot of all others."""

import pytest
from playwright.sync_api import expect

from articles.models import Page

from .journeys import sign_in


@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_is_written_in_the_editor_and_read(new_page, editor, width):
    page = new_page(width=width)
    sign_in(page)
    page.goto("/admin/articles/page/add/")
    page.get_by_label("Kind").select_option("privacy")
    page.get_by_label("Title").fill("What we keep")
    body = page.locator(".field-body [contenteditable=true]")
    body.click()
    body.press_sequentially("Nothing, unless you comment.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()

    page.goto("/")
    page.get_by_role("link", name="What we keep").click()

    expect(page.get_by_role("heading", name="What we keep")).to_be_visible()
    expect(page.get_by_text("Nothing, unless you comment.")).to_be_visible()
    assert page.url.endswith("/pages/what-we-keep/")
    assert Page.objects.get().body == "<p>Nothing, unless you comment.</p>"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
