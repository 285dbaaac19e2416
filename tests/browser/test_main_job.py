"""Write, publish, read, rate, comment, approve, see: what all of this is for."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_section

from .journeys import (
    approve_the_comment,
    comment,
    rate,
    sign_in,
    write_and_publish,
)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_story_is_published_rated_commented_on_and_answered_by_a_moderator(
    new_page, editor, javascript
):
    make_section("Town Hall")
    desk = new_page(javascript=javascript)
    reader = new_page(javascript=javascript, width=360, height=740)

    sign_in(desk)
    write_and_publish(desk, javascript=javascript)
    reader.goto("/")
    reader.get_by_role("link", name="Estuary Bridge opens again").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(
        "Estuary Bridge opens again"
    )
    expect(reader.get_by_text("The first van crossed at six.")).to_be_visible()

    rate(reader, javascript=javascript)
    expect(reader.get_by_text("Rating saved!")).to_be_visible()
    expect(reader.get_by_text("[Total: 1 Average: 4]")).to_be_visible()

    comment(reader)
    expect(reader.get_by_text("awaiting moderation")).to_be_visible()
    expect(reader.get_by_text("It hums, as it always did.")).to_be_visible()
    stranger = new_page(javascript=javascript)
    stranger.goto("/")
    stranger.get_by_role("link", name="Estuary Bridge opens again").click()
    expect(stranger.get_by_text("[Total: 1 Average: 4]")).to_be_visible()
    expect(stranger.get_by_text("It hums, as it always did.")).to_have_count(0)

    approve_the_comment(desk)
    stranger.reload()
    under_the_story = stranger.locator("#comments")
    expect(under_the_story.get_by_text("It hums, as it always did.")).to_be_visible()
