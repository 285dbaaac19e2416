"""What people do on the site, step by step, as tests tell it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


def sign_in(page: Page, *, name: str = "saskia") -> None:
    """Sign in to the admin: as ``editor``, or as ``name``, whose password is the same."""
    page.goto("/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("estuary-42")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")


def write_and_publish(desk: Page, *, javascript: bool) -> None:
    desk.goto("/admin/articles/article/add/")
    desk.get_by_label("Headline").first.fill("Estuary Bridge opens again")
    desk.get_by_label("Standfirst").fill("Traffic is back after eleven weeks.")
    if javascript:
        body = desk.locator(".field-body [contenteditable=true]")
        body.click()
        body.press_sequentially("The first van crossed at six.")
    else:
        desk.locator("#id_body").fill("<p>The first van crossed at six.</p>")
    desk.get_by_label("Section").select_option("Town Hall")
    desk.get_by_role("button", name="Publish").first.click()
    expect(desk.get_by_text("Readers can see it:")).to_be_visible()


def rate(reader: Page, *, javascript: bool) -> None:
    reader.wait_for_load_state()  # what is clicked must neither move nor lack its script
    stars = reader.get_by_role("group", name="Click to rate this post!")
    stars.get_by_role("radio", name="4 stars").check(force=True)
    if not javascript:
        reader.get_by_role("button", name="Rate").click()


def comment(reader: Page) -> None:
    reader.get_by_label("Comment *").fill("It hums, as it always did.")
    reader.get_by_label("Name *").fill("Hettie P.")
    reader.get_by_label("Email *").fill("hettie@example.org")
    reader.get_by_role("button", name="Post Comment").click()


def approve_the_comment(desk: Page) -> None:
    desk.goto("/admin/comments/comment/")
    desk.get_by_role("link", name=re.compile("It hums")).click()
    desk.get_by_role("button", name="Approve").first.click()
    expect(desk.get_by_text("changed successfully")).to_be_visible()
