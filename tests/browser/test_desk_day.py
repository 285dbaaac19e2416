"""A story's way over the desk, by the keyboard alone and by mouse."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from newsroom.models import User
from tests.factories import make_section, make_staff

from .journeys import sign_in


class Hands:
    """How someone presses what stands on a page."""

    def __init__(self, page, *, mouse):
        self.page, self.mouse = page, mouse

    def press(self, target):
        target = target.first
        if self.mouse:
            target.click()
        else:
            target.focus()
            self.page.keyboard.press("Enter")

    def fill(self, target, text):
        target = target.first
        if self.mouse:
            target.fill(text)
        else:
            target.focus()
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)

    def choose(self, target, letters):
        if self.mouse:
            target.select_option(label=letters)
        else:
            target.focus()
            self.page.keyboard.type(letters)


@pytest.mark.parametrize("mouse", [True, False], ids=["mouse", "keyboard"])
def test_a_story_is_submitted_published_corrected_compared_and_restored(
    new_page, site, mouse
):
    make_section("Town Hall", "town-hall")
    password = "estuary-42"
    for name, group in (("ruben", "Reporter"), ("saskia", "Editor")):
        user = make_staff(group, username=name)
        user.set_password(password)
        user.save()
    assert User.objects.count() == 2
    reporter = new_page()
    sign_in(reporter, name="ruben")
    his = Hands(reporter, mouse=mouse)

    reporter.goto("/admin/articles/article/add/")
    his.fill(reporter.get_by_label("Headline"), "Estuary bridge opens again")
    body = reporter.locator(".field-body [contenteditable=true]")
    body.focus()
    reporter.keyboard.type("The first van crossed at six.")
    his.choose(reporter.get_by_label("Section"), "Town Hall")
    expect(reporter.get_by_role("button", name="Publish")).to_have_count(0)
    his.press(reporter.get_by_role("button", name="Submit for review"))
    expect(reporter.get_by_text("was added successfully")).to_be_visible()
    submitted = Article.objects.get()
    handed_in = submitted.stage, submitted.published_at

    editor = new_page()
    sign_in(editor)
    hers = Hands(editor, mouse=mouse)
    hers.press(editor.get_by_role("link", name="In review"))
    hers.press(editor.get_by_role("link", name="Estuary bridge opens again"))
    hers.press(editor.get_by_role("button", name="Publish", exact=True))
    expect(editor.get_by_text("Readers can see it:")).to_be_visible()
    address = Article.objects.get().get_absolute_url()

    editor.locator(".field-body [contenteditable=true]").focus()
    # Some 20 ms after it got the focus, the editor puts its own cursor back.
    editor.wait_for_timeout(300)
    editor.keyboard.press("Control+End")
    editor.keyboard.type(" It was on time.")
    hers.choose(
        editor.get_by_label("What readers are told of the change"), "Correction"
    )
    hers.fill(editor.get_by_label("In these words"), "It had said nothing of the time.")
    with editor.expect_navigation():
        hers.press(editor.get_by_role("button", name="Publish changes"))
    expect(editor.get_by_text("Readers can see it:")).to_be_visible()
    reader = new_page()
    reader.goto(address)
    expect(reader.get_by_text("crossed at six. It was on time.")).to_be_visible()
    expect(reader.get_by_text("It had said nothing of the time.")).to_be_visible()

    hers.press(editor.get_by_role("link", name="All revisions"))
    hers.press(editor.get_by_role("button", name="Compare the two chosen"))
    expect(editor.locator("ins")).to_have_text("It was on time.")
    expect(editor.locator("del")).to_have_count(0)
    hers.press(editor.get_by_role("button", name="Restore this one"))
    expect(editor.get_by_text("says again what revision 1 said")).to_be_visible()

    restored = Article.objects.get()
    assert handed_in == ("review", None)
    assert restored.body == "<p>The first van crossed at six.</p>"
    reader.reload()
    expect(reader.get_by_text("crossed at six. It was on time.")).to_be_visible()
