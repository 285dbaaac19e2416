"""The paper's pages about itself: written in the admin, found at the foot of all others."""

import re

from django.utils import timezone

import pytest

from articles.models import Page
from newsroom.models import Publication, move_site_version
from tests.factories import make_staff
from tests.html_forms import fields_of


def test_an_editor_writes_a_page_and_readers_find_it(client):
    client.force_login(make_staff("Editor"))
    form = fields_of(client.get("/admin/articles/page/add/"), "page_form")
    typed = {
        "kind": "privacy",
        "title": "Privacy",
        "slug": "privacy",
        "body": '<h2>What we keep</h2><p onclick="x()">Nothing.</p><script>x</script>',
    }

    saved = client.post("/admin/articles/page/add/", form | typed)
    client.logout()
    front = client.get("/").text
    page = client.get("/pages/privacy/")

    assert saved.status_code == 302
    assert '<a href="/pages/privacy/" dir="auto">Privacy</a>' in front
    assert "<h1>Privacy</h1>" in page.text
    assert "<h2>What we keep</h2><p>Nothing.</p>" in page.text
    assert '<a href="/pages/privacy/" aria-current="page" dir="auto">' in page.text
    assert "Last changed on" in page.text
    assert "Set-Cookie" not in page.headers


def test_an_accessibility_statement_is_begun_with_a_draft(client):
    Publication.objects.create(pk=1, name="The Courier", contact="desk@example.org")
    client.force_login(make_staff("Editor"))
    add = "/admin/articles/page/add/"

    offer = client.get(add).text
    (draft,) = re.findall(r'href="([^"]*)">Begin with a draft', offer)
    form = fields_of(client.get(f"{add}{draft}"), "page_form")
    client.post(add, form)
    readers_get = client.get("/pages/accessibility/").text
    afterwards = client.get(add)

    assert form["title"] == "Accessibility"
    for words in (
        "The Courier wants everybody", "http://testserver", "(WCAG) 2.2 at level AA",
        "<h2>What is known not to conform</h2>", 'href="mailto:desk@example.org"',
        "You can complain to", f"last reviewed on {timezone.now():%-d %B %Y}.",
    ):  # fmt: skip
        assert words in readers_get
    assert Page.objects.get().kind == "accessibility"
    assert "Begin with a draft" not in afterwards.text
    assert fields_of(afterwards, "page_form")["body"] == ""


def test_there_is_one_page_of_each_kind_and_any_number_of_others(client):
    Page.objects.create(title="Ethics", slug="ethics", kind="ethics")
    Page.objects.create(title="Jobs", slug="jobs", kind="other")
    client.force_login(make_staff("Editor"))
    form = fields_of(client.get("/admin/articles/page/add/"), "page_form")

    refused = client.post(
        "/admin/articles/page/add/",
        form | {"kind": "ethics", "title": "Ethics again", "slug": "again"},
    )
    taken = client.post(
        "/admin/articles/page/add/",
        form | {"kind": "other", "title": "Prizes", "slug": "prizes"},
    )

    assert "There is a page of this kind" in refused.text
    assert taken.status_code == 302


def test_the_foot_has_the_pages_in_the_desks_order(client):
    Page.objects.create(title="Zebra", slug="z", position=1)
    Page.objects.create(title="Apple", slug="a", position=2)

    text = client.get("/").text

    assert text.index("Zebra") < text.index("Apple")


def test_blocks_of_stories_are_left_out_of_a_page(client):
    body = '<p>One.</p><figure data-image="1"></figure><div data-read-more="1"></div>'
    Page.objects.create(title="Odd", slug="odd", body=body)

    text = client.get("/pages/odd/").text

    assert "<p>One.</p>" in text
    assert "data-image" not in text
    assert "data-read-more" not in text


@pytest.mark.parametrize("path", ["/pages/none/", "/pages/", "/pages/%00/"])
def test_a_page_that_there_is_not_is_not_found(client, path):
    assert client.get(path).status_code in {400, 404}


def test_a_page_deleted_in_the_admin_is_gone_from_every_foot(client):
    page = Page.objects.create(title="Imprint", slug="imprint")
    move_site_version()
    before = client.get("/").text
    client.force_login(make_staff("Editor"))

    client.post(f"/admin/articles/page/{page.pk}/delete/", {"post": "yes"})
    client.logout()

    assert "Imprint" in before
    assert "Imprint" not in client.get("/").text
