"""Pages as people meet them: small and large, light and dark, by keyboard, offline."""

from django.urls import reverse

import pytest
from playwright.sync_api import expect

from articles import publishing
from articles.models import Correction, Page, RelatedLink, Tag
from comments.models import Comment
from newsroom.models import Publication, move_site_version
from tests.browser.barriers import barriers
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_draft,
    make_image,
)

LONG = "Planning committee defers for a third time the decision on whether the " * 3
PAGES = (
    "front",
    "story",
    "arabic",
    "section",
    "author",
    "about",
    "search",
    "search-nothing",
    "status",
    "tag",
    "latest",
    "archive",
    "month",
    "corrections",
    "versions",
    "policy",
    "best rated",
    "counting",
    "reply",
    "report",
    "illegal",
    "gone",
    "missing",
)


@pytest.fixture
def addresses(site):
    """The address of one page of each kind, under the kind's name."""
    author = make_author()
    image = make_image(caption="The stays from below")
    other = make_article(headline=LONG, label="opinion")
    story = make_draft(
        author=author,
        lead_image=image,
        body=(
            "<p>First.</p><h2>Why</h2>"
            f'<figure data-image="{image.pk}" data-layout="wide">'
            "<figcaption>In the body</figcaption></figure>"
            f'<p>Second.</p><div data-read-more="{other.pk}"></div>'
            "<div data-pull-quote>I would do it again.</div>"
            "<blockquote><p>So would I.</p></blockquote><ul><li><p>One</p></li></ul>"
        ),
    )
    story.tags.add(Tag.objects.create(name="tides", slug="tides"))
    RelatedLink.objects.create(article=story, target=other)
    publishing.save_working_copy(story, editor=None)
    story = publishing.publish(story, editor=None)
    parent = make_comment(story, name="Hettie P.")
    for _level in range(4):
        parent = make_comment(story, parent=parent)
    gone = make_article(headline="Gone again")
    publishing.withdraw(gone, editor=None, reason="It was about another bridge.")
    pending = make_comment(story, state=Comment.State.PENDING)
    note = Correction(kind="correction", text="It was nine strands, not eight.")
    story.standfirst = "Nine strands."
    story.save()
    publishing.save_working_copy(story, editor=None)
    story = publishing.publish(story, editor=None, note_to_readers=note)
    policy = Page.objects.create(
        title="Accessibility", slug="accessibility", kind="accessibility",
        body="<h2>How far we are</h2><p>All of it.</p>",
    )  # fmt: skip
    arabic = make_article(headline="كيف تقولون المدّ؟", language="ar")
    return {
        "front": "/",
        "story": story.get_absolute_url(),
        "arabic": arabic.get_absolute_url(),
        "section": story.section.get_absolute_url(),
        "author": author.get_absolute_url(),
        "about": reverse("articles:about"),
        "search": "/search/?q=bridge&section=town-hall",
        "search-nothing": "/search/?q=brigde+lorry&order=relevance",
        "status": reverse("comments:status", args=[pending.status_key]),
        "tag": story.tags.get().get_absolute_url(),
        "latest": reverse("articles:latest"),
        "archive": reverse("articles:archive"),
        "month": reverse("articles:month", args=[story.day]),
        "corrections": reverse("articles:corrections"),
        "versions": f"{story.get_absolute_url()}versions/",
        "policy": policy.get_absolute_url(),
        "best rated": reverse("ratings:best"),
        "counting": reverse("ratings:counting", args=[story.pk]),
        "reply": f"{story.get_absolute_url()}?reply_to={parent.pk}",
        "report": reverse("comments:report", args=[parent.pk]),
        "illegal": reverse("comments:illegal", args=[parent.pk]),
        "gone": gone.get_absolute_url(),
        "missing": "/nowhere/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_has_a_barrier_that_axe_finds(new_page, addresses, scheme, width):
    page = new_page(width=width, color_scheme=scheme)

    found = {}
    for name, address in addresses.items():
        page.goto(address)
        found[name] = barriers(page)

    assert found == {name: [] for name in found}
    assert_complaints_are_of_statuses(new_page)


def test_no_page_scrolls_sideways_on_the_narrowest_screen(new_page, addresses):
    page = new_page(width=320)

    widths = {}
    for name, address in addresses.items():
        page.goto(address)
        widths[name] = page.evaluate("document.documentElement.scrollWidth")

    assert set(widths) == set(PAGES)
    assert set(widths.values()) == {320}
    assert_complaints_are_of_statuses(new_page)


def assert_complaints_are_of_statuses(new_page):
    # A page with status 404 or 410 is one that the console tells of, rightly.
    others = [said for said in new_page.complaints if "status of 4" not in said]
    assert others == []
    new_page.complaints.clear()


def test_the_keyboard_leads_past_the_masthead_and_to_a_vote(new_page, addresses):
    page = new_page()
    page.goto(addresses["story"])

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.get_by_role("radio", name="1 star").focus()
    for _star in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Rating saved!")).to_have_count(0)
    page.keyboard.press("Space")

    expect(page.get_by_text("Rating saved!")).to_be_visible()
    expect(page.get_by_text("[Total: 1 Average: 3]")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_reply_says_whom_it_answers_and_can_be_cancelled(
    new_page, addresses, javascript
):
    page = new_page(javascript=javascript)
    page.goto(addresses["story"])

    page.locator(".comment", has_text="Hettie P.").get_by_role(
        "link", name="Reply"
    ).first.click()
    expect(
        page.get_by_role("heading", name="Leave a Reply to Hettie P.")
    ).to_be_visible()
    page.get_by_role("link", name="Cancel reply").click()
    expect(
        page.get_by_role("heading", name="Leave a Reply", exact=True)
    ).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_comment_without_a_name_comes_back_with_every_word(
    new_page, addresses, javascript
):
    page = new_page(javascript=javascript)
    page.goto(addresses["story"])
    form = page.locator(".respond-form")
    form.evaluate("form => form.noValidate = true") if javascript else None

    form.get_by_label("Comment *").fill("Every word of it.")
    form.get_by_label("Email *").fill("hettie@example.org")
    if not javascript:
        form.get_by_label("Name *").fill(" ")
    form.get_by_role("button", name="Post Comment").click()

    expect(page.get_by_text("Give a name: a nickname will do.")).to_be_visible()
    expect(page.get_by_label("Comment *")).to_have_value("Every word of it.")
    expect(page.get_by_label("Email *")).to_have_value("hettie@example.org")
    assert_complaints_are_of_statuses(new_page)


def test_a_lost_connection_keeps_the_text_and_the_stars(new_page, addresses):
    page = new_page()
    page.goto(addresses["story"])
    page.get_by_label("Comment *").fill("Every word of it.")
    page.get_by_label("Name *").fill("Hettie P.")
    page.get_by_label("Email *").fill("hettie@example.org")

    page.context.set_offline(True)
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("Your text is still here.")).to_be_visible()
    page.get_by_role("radio", name="5 stars").check(force=True)
    expect(page.get_by_text("Your choice is kept.")).to_be_visible()
    page.context.set_offline(False)
    page.locator(".rating-status").get_by_role("button", name="Retry").click()
    expect(page.get_by_text("Rating saved!")).to_be_visible()
    page.locator(".respond-status").get_by_role("button", name="Retry").click()

    expect(page.get_by_text("awaiting moderation")).to_be_visible()
    expect(page.get_by_text("Every word of it.")).to_be_visible()
    new_page.complaints[:] = [
        said for said in new_page.complaints if "ERR_INTERNET_DISCONNECTED" not in said
    ]


def test_the_readers_details_are_kept_in_the_browser_if_they_ask(new_page, addresses):
    page = new_page()
    page.goto(addresses["story"])

    page.get_by_label("Comment *").fill("Every word of it.")
    page.get_by_label("Name *").fill("Hettie P.")
    page.get_by_label("Email *").fill("hettie@example.org")
    page.get_by_label("Save my name, email, and website in this browser").check()
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text("awaiting moderation")).to_be_visible()
    page.goto(addresses["arabic"])

    expect(page.get_by_label("Name *")).to_have_value("Hettie P.")
    expect(page.get_by_label("Email *")).to_have_value("hettie@example.org")


@pytest.mark.parametrize("language", ["ar", "ar-dz", "fa", "ur"])
def test_arabic_script_has_its_lines_in_whatever_language(new_page, language):
    fields = {"label": "opinion", "body": "<p>روز خوش</p>"}
    latin = make_article(headline="In Latin", slug="latin", **fields)
    story = make_article(headline="روز خوش", language=language, slug="story", **fields)
    page = new_page()

    looks = {}
    for one in (latin, story):
        page.goto(one.get_absolute_url())
        looks[one.slug] = page.evaluate(
            """() => {
              const h1 = getComputedStyle(document.querySelector("h1"));
              const text = getComputedStyle(document.querySelector(".story-body p"));
              const lines = (style) => parseFloat(style.lineHeight) / parseFloat(style.fontSize);
              return [h1.fontStyle, h1.letterSpacing === "normal" || h1.letterSpacing === "0px", lines(h1), lines(text)];
            }"""
        )

    style, is_not_spaced, headline, text = looks["story"]
    assert (style, is_not_spaced) == ("normal", True)
    assert looks["latin"][0] == "italic"
    assert headline > looks["latin"][2]
    assert text > looks["latin"][3]


def test_the_foot_keeps_names_whole_and_begins_where_the_page_does(new_page, addresses):
    Publication.objects.update_or_create(
        pk=1, defaults={"elsewhere": "https://social.example/@courier"}
    )
    move_site_version()
    page = new_page(width=360)
    page.goto(addresses["story"])
    page.evaluate("document.documentElement.dir = 'rtl'")

    foot = page.locator(".site-footer")
    profile = foot.get_by_text("social.example/@courier")
    heading = foot.get_by_role("heading", name="Sections").bounding_box()
    section = foot.get_by_role("link").filter(has_text="Town Hall").bounding_box()

    lines = "one => one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight)"
    assert 1 <= profile.evaluate(lines) < 2
    right_edges = [box["x"] + box["width"] for box in (heading, section)]
    assert right_edges[0] == pytest.approx(right_edges[1], abs=1)
