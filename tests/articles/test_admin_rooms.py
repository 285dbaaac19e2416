"""Sections, tags, authors, addresses and notes: who keeps them, and what they allow."""

import re

from django.urls import reverse

import pytest

from articles.models import (
    Author,
    Correction,
    Newsletter,
    OldAddress,
    Page,
    Section,
    Tag,
)
from comments.models import Discussion
from newsroom.models import Event, Publication
from ratings.models import RatingSettings
from tests.factories import (
    make_article,
    make_author,
    make_draft,
    make_image,
    make_section,
    make_staff,
)
from tests.html_forms import fields_of
from tests.readers import Reader


def admin_url(thing, page):
    """Return the address of the admin's ``page`` for a row, or for a model."""
    name = f"admin:{thing._meta.label_lower.replace('.', '_')}_{page}"
    return reverse(name, args=[] if isinstance(thing, type) else [thing.pk])


def save(client, thing, **fields):
    """Change ``fields`` in the form of a row, or fill in the form for a new one."""
    url = admin_url(thing, "add" if isinstance(thing, type) else "change")
    typed = fields_of(client.get(url), f"{thing._meta.model_name}_form")
    return client.post(url, typed | fields)


def make_one_of_each():
    """Return a row of each room that nothing keeps from being deleted."""
    tag = Tag.objects.create(name="tides", slug="tides")
    address = OldAddress.objects.create(article=make_article(), path="/old")
    section = make_section("Culture", "culture")
    return [make_draft(), make_author(), make_image(), section, tag, address]


@pytest.mark.parametrize(
    ("group", "may"),
    [
        (
            "Reporter",
            {
                "article": "add change",
                "author": "",
                "image": "add change",
                "oldaddress": "",
                "section": "",
                "tag": "add change",
            },
        ),
        (
            "Editor",
            dict.fromkeys(
                ("article", "author", "image", "oldaddress", "section", "tag"),
                "add change delete",
            ),
        ),
        (
            "Moderator",
            dict.fromkeys(
                ("article", "author", "image", "oldaddress", "section", "tag"), ""
            ),
        ),
    ],
)
def test_a_group_adds_changes_and_deletes_what_is_its_own(client, group, may):
    things = make_one_of_each()
    client.force_login(make_staff(group))

    found = {}
    for thing in things:
        acts = {
            "add": client.get(admin_url(type(thing), "add")).status_code == 200,
            "change": 'name="_save"' in client.get(admin_url(thing, "change")).text,
            "delete": client.get(admin_url(thing, "delete")).status_code == 200,
        }
        allowed = " ".join(act for act, is_allowed in acts.items() if is_allowed)
        found[thing._meta.model_name] = allowed

    assert found == may


@pytest.mark.parametrize("model", [Section, Tag, Author])
def test_a_name_gives_its_own_slug_and_no_two_share_one(client, model):
    client.force_login(make_staff("Editor"))
    typed = {"name": "Town Hall", "slug": "town-hall"}

    form = client.get(admin_url(model, "add"))
    first = save(client, model, **typed)
    second = save(client, model, **typed)

    assert "data-prepopulated-fields" in form.text
    assert first.status_code == 302
    assert "with this Slug already exists." in second.text
    assert 'value="Town Hall"' in second.text
    assert model.objects.filter(slug="town-hall").count() == 1


@pytest.mark.parametrize("model", [Section, Tag, Author])
def test_what_has_a_page_is_viewed_on_the_site(client, model):
    client.force_login(make_staff("Editor"))
    save(client, model, name="Gezeiten", slug="gezeiten-潮")
    form = client.get(admin_url(model.objects.get(), "change"))

    link = re.search(r'<a href="([^"]+)" class="viewsitelink"', form.text)[1]
    page = Reader().get(client.get(link).url)

    assert page.status_code == 200
    assert "Gezeiten" in page.text


def test_rooms_are_searched_by_name(client):
    client.force_login(make_staff("Editor"))
    for name in ("Culture", "Sport"):
        make_section(name, name.lower())
        Tag.objects.create(name=f"{name} tag", slug=name.lower())
        make_author(f"{name} author")
        OldAddress.objects.create(article=make_article(), path=f"/{name}.html")

    def found(model, words):
        rows = client.get(admin_url(model, "changelist"), {"q": words}).context["cl"]
        return [str(row) for row in rows.result_list]

    assert found(Section, "cult") == ["Culture"]
    assert found(Tag, "cult") == ["Culture tag"]
    assert found(Author, "cult") == ["Culture author"]
    assert found(OldAddress, "cult") == ["/Culture.html"]


def test_a_section_with_stories_is_not_deleted(client):
    client.force_login(make_staff("Editor"))
    full, empty = make_article().section, make_section("Culture", "culture")

    answers = [
        client.post(admin_url(section, "delete"), {"post": "yes"}).status_code
        for section in (full, empty)
    ]

    assert list(Section.objects.all()) == [full]
    assert answers == [200, 302]  # the first with what stands in its way


def test_an_author_whose_name_stands_over_a_story_is_not_deleted(client):
    client.force_login(make_staff("Editor"))
    named, unnamed = make_author("Odalys Fenwright"), make_author("Bram Tollerquay")
    make_article(author=named)

    refused = client.post(admin_url(named, "delete"), {"post": "yes"})
    client.post(admin_url(unnamed, "delete"), {"post": "yes"})

    assert "Cannot delete author" in refused.text
    assert list(Author.objects.all()) == [named]


def test_a_tag_is_deleted_and_its_stories_stay(client):
    client.force_login(make_staff("Editor"))
    story = make_article()
    tag = Tag.objects.create(name="tides", slug="tides")
    story.tags.add(tag)
    before = Reader().get(story.get_absolute_url()).text

    client.post(admin_url(tag, "delete"), {"post": "yes"})
    after = Reader().get(story.get_absolute_url())

    assert "tides" in before
    assert after.status_code == 200
    assert "tides" not in after.text
    assert not Tag.objects.exists()


def test_sections_are_put_in_order_in_the_list(client):
    client.force_login(make_staff("Editor"))
    first = make_section("Culture", "culture")
    second = make_section("Sport", "sport")
    url = admin_url(Section, "changelist")

    typed = fields_of(client.get(url), "changelist-form")
    rows = {
        typed["form-0-id"]: "form-0-position",
        typed["form-1-id"]: "form-1-position",
    }
    moved = {rows[str(first.pk)]: "9", rows[str(second.pk)]: "1"}
    client.post(url, typed | moved | {"_save": "Save"})
    front = Reader().get("/").text

    assert front.index("Sport") < front.index("Culture")


@pytest.fixture
def limited(client):
    """Sign in an editor of the section “Culture” alone."""
    editor, own = make_staff("Editor"), make_section("Culture", "culture")
    own.editors.add(editor)
    client.force_login(editor)
    return own


def test_an_editor_of_sections_leaves_their_order_and_number_to_others(client, limited):
    sport = make_section("Sport", "sport")
    url = admin_url(Section, "changelist")
    order = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": sport.pk,
        "form-0-position": "9",
        "_save": "Save",
    }

    client.post(url, order)
    added = client.post(admin_url(Section, "add"), {"name": "New", "slug": "new"})
    save(client, limited, name="Arts", position="7")

    rows = Section.objects.values_list("name", "position")
    assert added.status_code == 403
    assert set(rows) == {("Arts", 0), ("Sport", 0)}


def test_a_tag_that_readers_have_is_changed_by_who_may_publish_its_stories(client):
    tags = [Tag.objects.create(name=name, slug=name) for name in ("tides", "free")]
    culture, own_editor = make_section("Culture", "culture"), make_staff("Editor")
    sport, other_editor = make_section("Sport", "sport"), make_staff("Editor")
    culture.editors.add(own_editor)
    sport.editors.add(other_editor)
    make_article(section=culture).tags.add(tags[0])

    answers = []
    for user in (make_staff("Reporter"), other_editor, own_editor):
        client.force_login(user)
        sent = {"name": f"by {user.pk}", "slug": "tides"}
        answers.append(client.post(admin_url(tags[0], "change"), sent).status_code)
        if user == other_editor:
            client.post(
                admin_url(Tag, "changelist"),
                {
                    "action": "delete_selected",
                    "_selected_action": tags[0].pk,
                    "post": "yes",
                },
            )
            client.post(admin_url(tags[1], "change"), {"name": "mine", "slug": "free"})

    assert answers == [403, 403, 302]
    names = {tag.name for tag in Tag.objects.all()}
    assert names == {f"by {own_editor.pk}", "mine"}


def test_what_stands_on_every_page_is_kept_by_who_is_limited_to_no_section(
    client, limited
):
    page = Page.objects.create(title="Ethics", slug="ethics", kind="ethics")
    paper = Publication.objects.current()
    paper.save()
    stars, _ = RatingSettings.objects.get_or_create(pk=1)

    answers = [
        client.post(admin_url(page, "change"), {"title": "Hers", "slug": "ethics"}),
        client.post(admin_url(page, "delete"), {"post": "yes"}),
        client.post(admin_url(Page, "add"), {"title": "Hers", "slug": "hers"}),
        client.post(admin_url(Page, "changelist"), {"_save": "Save"}),
        client.post(admin_url(paper, "change"), {"name": "Hers"}),
        client.post(
            admin_url(Newsletter.objects.current(), "change"), {"name": "Hers"}
        ),
        client.post(admin_url(stars, "change"), {"text_after": "Hers"}),
        client.post(admin_url(Discussion, "add"), {"hold_all": "true"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 8
    assert client.get(admin_url(page, "change")).status_code == 200
    assert client.get(admin_url(paper, "change")).status_code == 200
    assert Page.objects.get().title == "Ethics"


def test_an_imported_address_leads_to_its_story(client):
    client.force_login(make_staff("Editor"))
    story = make_article()

    refused = save(client, OldAddress, path="news/bridge.html", article=story.pk)
    save(client, OldAddress, path="/news/bridge.html", article=story.pk)
    again = save(client, OldAddress, path="/news/bridge.html", article=story.pk)
    response = Reader().get("/news/bridge.html")

    assert "A path begins with a slash." in refused.text
    assert "already exists" in again.text
    assert response.status_code == 301
    assert response.url == story.get_absolute_url()


def test_an_editor_of_sections_gives_addresses_to_the_stories_of_those_alone(client):
    editor = make_staff("Editor")
    own = make_section("Culture", "culture")
    own.editors.add(editor)
    mine, theirs = make_article(section=own, slug="mine"), make_article(slug="theirs")
    taken = OldAddress.objects.create(path="/theirs/", article=theirs)
    held = OldAddress.objects.create(path="/mine/", article=mine)
    client.force_login(editor)

    to_theirs = save(client, OldAddress, path="/new/", article=theirs.pk)
    away = save(client, held, path="/mine/", article=theirs.pk)
    change = client.post(
        admin_url(taken, "change"), {"path": "/x/", "article": mine.pk}
    )
    delete = client.post(admin_url(taken, "delete"), {"post": "yes"})
    save(client, held, path="/mine/too/", article=mine.pk)

    assert "not in one of your sections" in to_theirs.text
    assert "not in one of your sections" in away.text
    assert (change.status_code, delete.status_code) == (403, 403)
    addresses = OldAddress.objects.values_list("path", "article")
    assert set(addresses) == {("/theirs/", theirs.pk), ("/mine/too/", mine.pk)}


def save_note(client, story, **note):
    """Fill in the form's first note to readers, and save the story."""
    note = {
        "kind": "correction",
        "text": "It was nine strands.",
        "published_at_0": "2026-01-02",
        "published_at_1": "12:00",
    } | note
    url = admin_url(story, "change")
    typed = fields_of(client.get(url), "article_form") | {"corrections-TOTAL_FORMS": 1}
    fields = {f"corrections-0-{name}": value for name, value in note.items()}
    return client.post(url, typed | fields)


def test_an_editors_note_is_dated_signed_and_on_the_page_at_once(client):
    editor = make_staff("Editor")
    client.force_login(editor)
    story = make_article()

    save_note(client, story)
    page = Reader().get(story.get_absolute_url()).text

    assert "It was nine strands." in page
    assert "2026-01-02T12:00" in page
    assert Correction.objects.get().editor == editor
    event = Event.objects.about(story).first()
    assert (event.act, event.reason) == ("correction", "It was nine strands.")


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ({"text": ""}, "This field is required."),
        ({"published_at_0": "yesterday"}, "Enter a valid date."),
        ({"kind": "excuse"}, "Select a valid choice."),
    ],
)
def test_a_note_that_says_nothing_is_refused_beside_the_field(client, note, message):
    client.force_login(make_staff("Editor"))
    story = make_article()

    refused = save_note(client, story, **note)
    missing = Correction.objects.count() == 0
    save_note(client, story)

    assert message in refused.text
    assert missing
    assert Correction.objects.exists()


def test_a_reporter_writes_no_note_to_readers(client):
    story = make_article()

    client.force_login(make_staff("Reporter"))
    by_a_reporter = save_note(client, story, text="By a reporter.")
    client.force_login(make_staff("Editor"))
    save_note(client, story, text="By an editor.")

    assert by_a_reporter.status_code == 302  # the story is saved, without it
    assert Correction.objects.get().text == "By an editor."


def test_a_note_that_readers_have_is_not_taken_out(client):
    client.force_login(make_staff("Editor"))
    story = make_article()
    save_note(client, story)
    note = Correction.objects.get()

    form = client.get(admin_url(story, "change")).text
    save_note(client, story, id=note.pk, text="It was ten strands.", DELETE="on")

    assert 'name="corrections-0-text"' in form
    assert 'name="corrections-0-DELETE"' not in form
    assert Correction.objects.get().text == "It was ten strands."


def test_an_authors_account_is_tied_by_those_who_may_see_accounts(client):
    author = make_author()
    url = reverse("admin:articles_author_change", args=[author.pk])

    client.force_login(make_staff("Editor"))
    to_editors = client.get(url).text
    client.force_login(make_staff(is_superuser=True))
    to_administrators = client.get(url).text

    assert 'name="user"' not in to_editors
    assert 'name="biography"' in to_editors
    assert 'name="user"' in to_administrators
