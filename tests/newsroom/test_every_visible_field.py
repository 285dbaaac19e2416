"""Whatever staff change in the admin, readers see at once, with nothing to purge.

For each field of each form the page is opened (and so stored), the field is changed in
the admin, and the page is opened again.
"""

from datetime import timedelta

from django.contrib import admin
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import publishing
from articles.models import (
    Article,
    Author,
    Banner,
    Byline,
    Correction,
    Edition,
    Image,
    Newsletter,
    OldAddress,
    Page,
    Recording,
    RelatedLink,
    Section,
    Tag,
)
from comments.models import Comment, Discussion, Thread
from newsroom.admin.base import ReaderFacingAdmin
from newsroom.models import Publication
from ratings.models import RatingSettings
from tests.factories import (
    CAPTIONS,
    film_file,
    make_author,
    make_comment,
    make_draft,
    make_edition,
    make_image,
    make_newsletter,
    make_recording,
    make_staff,
    picture_file,
)
from tests.html_forms import fields_of

STORY, SECTION, AUTHOR, ABOUT, FRONT = "story", "section", "author", "about", "front"
VERSIONS, FEED, ROBOTS, PAGE = "versions", "feed", "robots", "page"
NEWSLETTER = "newsletter"

# Model and field: the new value, and the page on which readers meet it.
VISIBLE = {
    (Publication, "name"): ("The Estuary Post", FRONT),
    (Publication, "tagline"): ("All the tides", FRONT),
    (Publication, "description"): ("A paper of sand and stone.", FRONT),
    (Publication, "contact"): ("letters@example.org", ABOUT),
    (Publication, "elsewhere"): ("https://social.example/@post", FRONT),
    (Publication, "principles"): ("Two sources, always.", ABOUT),
    (Publication, "feeds_in_full"): (None, FEED),
    (Publication, "robots"): ("User-agent: Nosy\nDisallow: /", ROBOTS),
    (Publication, "time_zone"): ("Pacific/Auckland", STORY),
    (Publication, "accent"): ("#1f5673", STORY),
    (Publication, "logo"): (picture_file(400, 100), STORY),
    (Publication, "icon"): (picture_file(600, 600), STORY),
    (Section, "name"): ("Guildhall", STORY),
    (Section, "slug"): ("guildhall", STORY),
    (Section, "description"): ("What the council does.", SECTION),
    (Section, "position"): ("9", FRONT),
    (Tag, "name"): ("bridges", STORY),
    (Tag, "slug"): ("bridges", STORY),
    (Author, "name"): ("O. Fenwright", STORY),
    (Author, "slug"): ("o-fenwright", STORY),
    (Author, "role"): ("Chief reporter", AUTHOR),
    (Author, "biography"): ("She has the cushion to show for it.", AUTHOR),
    (Author, "elsewhere"): ("https://social.example/@odalys", AUTHOR),
    (Author, "photograph"): ("a photograph", AUTHOR),
    (Image, "file"): (picture_file(700, 500), STORY),
    (Image, "alt"): ("A bridge at dawn", STORY),
    (Image, "decorative"): ("on", STORY),
    (Image, "caption"): ("The stays from below.", STORY),
    (Image, "credit"): ("Corwin Pellow", STORY),
    (Image, "copyright"): ("All rights reserved, Corwin Pellow", STORY),
    (Image, "licence_expires_on"): ("2026-01-02", STORY),
    (Image, "focal_x"): ("10", STORY),
    (Image, "focal_y"): ("10", STORY),
    (Article, "headline"): ("Bridge opens again", STORY),
    (Article, "standfirst"): ("After eleven weeks.", STORY),
    (Article, "body"): ("<p>The second lorry crossed at seven.</p>", STORY),
    (Article, "lead_image"): ("", STORY),
    (Article, "lead_caption"): ("Stay number seventeen.", STORY),
    (Article, "label"): ("analysis", STORY),
    (Article, "sponsor"): ("The Harbour Bank", STORY),
    (Article, "seo_headline"): ("Estuary Bridge: open", STORY),
    (Article, "seo_description"): ("The bridge is open.", STORY),
    (Article, "social_headline"): ("It hums again", STORY),
    (Article, "social_description"): ("Warm rolls for Pennick.", STORY),
    (Article, "canonical_url"): ("https://example.org/bridge", STORY),
    (Article, "section"): ("another section", STORY),
    (Article, "tags"): ([], STORY),
    (Article, "slug"): ("bridge-is-open", STORY),
    (Article, "language"): ("ar", STORY),
    (Article, "comments_open"): (None, STORY),
    (Article, "ratings_open"): (None, STORY),
    (Article, "note_kind"): ("correction", STORY),
    (Article, "note_text"): ("An earlier version named the wrong hour.", STORY),
    (Article, "removed_words"): ("no", VERSIONS),
    (Article, "withheld_because"): ("A court asked for it.", VERSIONS),
    (Article, "withdrawal_note"): ("It was about another bridge.", STORY),
    (Article, "noindex"): ("on", STORY),
    (Page, "kind"): ("ethics", FRONT),
    (Page, "title"): ("Who owns us", FRONT),
    (Page, "slug"): ("who-owns-us", FRONT),
    (Page, "body"): ("<p>640 readers do.</p>", PAGE),
    (Page, "position"): ("9", FRONT),
    (Byline, "role"): ("reporting", STORY),
    (Byline, "author"): ("another author", STORY),
    (Byline, "guest"): ("A guest", STORY),
    (Byline, "position"): ("7", STORY),
    (RelatedLink, "target"): ("another story", STORY),
    (RelatedLink, "url"): ("https://example.org/elsewhere", STORY),
    (RelatedLink, "title"): ("The county's report", STORY),
    (RelatedLink, "position"): ("7", STORY),
    (Correction, "kind"): ("retraction", STORY),
    (Correction, "text"): ("It was nine strands.", STORY),
    (Correction, "withdrawal_reason"): ("It was eight after all.", STORY),
    (Correction, "published_at"): ("2026-01-02", STORY),
    (Banner, "kind"): ("live", ABOUT),
    (Banner, "text"): ("The bridge is open.", STORY),
    (Banner, "article"): ("another story", FRONT),
    (Banner, "url"): ("https://example.org/live", FRONT),
    (Banner, "start"): ("2098-01-02", FRONT),
    (Banner, "until"): ("2020-01-03", FRONT),
    (Recording, "title"): ("The fog bell", STORY),
    (Recording, "file"): (film_file(), STORY),
    (Recording, "seconds"): ("61", STORY),
    (Recording, "credit"): ("Corwin Pellow", STORY),
    (Recording, "transcript"): ("A bell, far out.", STORY),
    (Recording, "captions"): (ContentFile(CAPTIONS.encode(), "new.vtt"), STORY),
    (Recording, "captions_language"): ("de", STORY),
    (Recording, "poster"): ("a photograph", STORY),
    (Newsletter, "name"): ("The Sunday letter", STORY),
    (Newsletter, "description"): ("Once a week.", NEWSLETTER),
    (Newsletter, "is_open"): (None, STORY),
    (Edition, "is_public"): (None, NEWSLETTER),
    (Thread, "closed"): ("on", STORY),
    (Discussion, "comments_open"): ("false", STORY),
    (Discussion, "name_and_email_required"): ("false", STORY),
    (Discussion, "levels"): ("1", STORY),
}
INVISIBLE = {
    (Publication, "logo_dark"): "shown with a logo alone: tested there",
    (Author, "user"): "an account is the desk's business",
    (Image, "licence"): "kept for the desk; the credit is what readers see",
    (Image, "source_url"): "kept for the desk",
    (Section, "editors"): "who publishes there is the desk's business",
    (Image, "keywords"): "for the library's search",
    (Image, "same_as"): "asks about a file that is there twice, and changes nothing",
    (Image, "keep_both"): "answers that question",
    (Article, "base"): "tells two editors apart",
    (Article, "copy"): "names what is typed",
    (Article, "stage"): "how far the desk is",
    (Article, "assignee"): "whose turn it is at the desk",
    (Article, "due_at"): "when the desk wants it",
    (Article, "embargo"): "guards a time, and changes nothing by itself",
    (Article, "expires"): "readers notice when the time has come",
    (Article, "note"): "for colleagues",
    (Article, "publish_at"): "asks when, and changes nothing by itself",
    (Newsletter, "imprint"): "stands in mails alone",
    (Recording, "description"): "copied into a story when it is put there",
    (OldAddress, "path"): "an address that redirects, which no cache holds",
    (OldAddress, "article"): "an address that redirects, which no cache holds",
}
# Its fields choose what is asked of readers: each has a test of its own.
INVISIBLE |= {
    (Discussion, field.name): "tested with what it changes"
    for field in Discussion._meta.fields[3:]  # after its id and scope
    if (Discussion, field.name) not in VISIBLE
}
INVISIBLE |= {
    (RatingSettings, field.name): "tested with what it changes"
    for field in RatingSettings._meta.fields[1:]
}
INLINES = {
    Byline: "bylines-0-",
    RelatedLink: "related_links-0-",
    Correction: "corrections-0-",
}


@pytest.fixture
def paper():
    """A published story with all there is, and what it stands on."""
    Publication.objects.create(pk=1, name="The Courier", contact="desk@example.org")
    author, colleague = make_author(), make_author("Bram Tollerquay")
    image = make_image(caption="The bridge")
    film = make_recording(file=film_file(4), captions=CAPTIONS)
    body = f'<p>It rang.</p><figure data-recording="{film.pk}"></figure>'
    article = make_draft(author=author, lead_image=image, label="opinion", body=body)
    Byline.objects.create(article=article, author=colleague, position=2)
    RelatedLink.objects.create(article=article, url="https://example.org/a", title="A")
    RelatedLink.objects.create(
        article=article, url="https://example.org/b", title="B", position=2
    )
    article.tags.add(Tag.objects.create(name="tides", slug="tides"))
    publishing.save_working_copy(article, editor=None)
    article = publishing.publish(article, editor=None)
    Correction.objects.create(article=article, text="It was eight.", kind="correction")
    Section.objects.create(name="Business", slug="business", position=5)
    make_comment(article)
    now = timezone.now()
    start, until = now - timedelta(days=9999), now + timedelta(days=9999)
    Banner.objects.create(text="The bridge is closed.", start=start, until=until)
    Page.objects.create(title="Owners", slug="owners", kind="ownership")
    Page.objects.create(title="Privacy", slug="privacy", kind="privacy", position=5)
    make_newsletter()
    # It was sent: its words are changed by nobody.
    make_edition(article, state="sent", number=1, started_at=now)
    return article


@pytest.mark.parametrize(
    ("model", "field"), VISIBLE, ids=lambda one: getattr(one, "__name__", one)
)
def test_a_change_in_the_admin_shows_on_the_page(client, paper, model, field):
    value, page = VISIBLE[model, field]
    address = address_of(page, paper)
    before = client.get(address)
    assert before.status_code == 200

    change(client, paper, model, field, value)
    client.logout()
    after = client.get(address)

    assert (after.status_code, after.content) != (before.status_code, before.content)


def test_every_field_of_every_form_is_visible_or_exempted_with_a_reason(client, paper):
    client.force_login(make_staff(is_superuser=True))
    found = set()
    for model, options in admin.site._registry.items():
        if isinstance(options, ReaderFacingAdmin):
            client.get("/")  # a request of its own, with the user signed in
            request = client.get("/admin/").wsgi_request
            thing = model.objects.first() or model()
            form = options.get_form(request, thing)
            found |= {(model, name) for name in form.base_fields}
            found |= {
                (inline.model, name)
                for inline in options.get_inline_instances(request, thing)
                if inline.has_change_permission(request, thing)
                for name in inline.get_formset(request, thing).form.base_fields
            }

    assert found - set(VISIBLE) == set(INVISIBLE)


@pytest.mark.parametrize("state", ["approve", "spam"])
def test_a_decision_on_a_comment_shows_on_the_page(client, paper, state):
    held = make_comment(
        paper, state=Comment.State.PENDING if state == "approve" else "approved"
    )
    before = client.get(paper.get_absolute_url()).content

    client.force_login(make_staff("Moderator"))
    url = reverse("admin:comments_comment_change", args=[held.pk])
    client.post(url, {f"_{state}": "1"})
    client.logout()
    after = client.get(paper.get_absolute_url()).content

    assert after != before


@pytest.mark.parametrize("model", [Section, Tag, Author], ids=lambda one: one.__name__)
def test_what_is_deleted_in_the_admin_leaves_the_pages(client, paper, model):
    if model is Section:
        thing = Section.objects.get(slug="business")
        address = "/"
    elif model is Tag:
        thing = Tag.objects.get()
        address = paper.get_absolute_url()
    else:
        thing = Author.objects.create(name="Gone Soon", slug="gone", role="Stringer")
        address = "/about/"
    before = client.get(address)
    assert str(thing) in before.text

    client.force_login(make_staff(is_superuser=True))
    name = model._meta.model_name
    client.post(
        reverse(f"admin:articles_{name}_changelist"),
        {"action": "delete_selected", "_selected_action": thing.pk, "post": "yes"},
    )
    client.logout()
    after = client.get(address)

    assert str(thing) not in after.text
    assert "The Courier" in after.text


def address_of(page, article):
    return {
        STORY: article.get_absolute_url(),
        VERSIONS: f"{article.get_absolute_url()}versions/",
        SECTION: article.section.get_absolute_url(),
        AUTHOR: article.bylines.first().author.get_absolute_url(),
        ABOUT: reverse("articles:about"),
        FRONT: reverse("articles:front"),
        FEED: reverse("articles:feed"),
        ROBOTS: reverse("articles:robots"),
        PAGE: "/pages/owners/",
        NEWSLETTER: "/newsletter/",
    }[page]


def change(client, article, model, field, value):
    """Change one field in the admin, and what must change along with it."""
    client.force_login(make_staff(is_superuser=True))
    form_of = Article if model in INLINES else model
    thing = {
        Publication: Publication.objects.first(),
        Section: article.section,
        Tag: article.tags.first(),
        Author: article.bylines.first().author,
        Image: article.lead_image,
        Recording: Recording.objects.first(),
        Article: article,
        Banner: Banner.objects.get(),
        Page: Page.objects.get(position=0),
        Newsletter: Newsletter.objects.get(),
        Edition: Edition.objects.get(),
        Thread: Thread.objects.get(article=article),
        Discussion: Discussion.objects.get(section=None, article=None),
    }[form_of]
    url = reverse(
        f"admin:{thing._meta.label_lower.replace('.', '_')}_change", args=[thing.pk]
    )
    data = fields_of(client.get(url), form_id=f"{thing._meta.model_name}_form")
    data |= changed(article, model, field, value)
    if form_of is Article:
        data["note_kind"] = data["note_kind"] or "minor"
    button = "_withdraw" if field == "withdrawal_note" else "_publish"
    data = {name: value for name, value in data.items() if value is not None}
    response = client.post(url, data | ({button: "1"} if form_of is Article else {}))
    assert response.status_code == 302, response.text


def changed(article, model, field, value):
    name = INLINES.get(model, "") + field
    others = {
        "another section": lambda: Section.objects.get(slug="business").pk,
        "another author": lambda: make_author("Nessa Hallopike").pk,
        "another story": lambda: article.pk,
        "a photograph": lambda: make_image().pk,
    }
    if isinstance(value, str) and value in others:
        value = others[value]()
    along = {
        (Image, "decorative"): {"alt": ""},
        (Article, "note_kind"): {"note_text": "It was eight."},
        (Article, "note_text"): {"note_kind": "correction"},
        (Article, "sponsor"): {"label": "sponsored"},
        (Article, "removed_words"): {
            "headline": "Bridge opens again",
            "note_kind": "correction",
            "note_text": "It was eight.",
            "withheld_because": "It named the wrong man.",
        },
        (Article, "withheld_because"): {
            "headline": "Bridge opens again",
            "note_kind": "correction",
            "note_text": "It was eight.",
            "removed_words": "no",
        },
        (Banner, "start"): {"until_0": "2099-01-02"},
        (Byline, "guest"): {"bylines-0-author": ""},
        (RelatedLink, "target"): {
            "related_links-0-url": "",
            "related_links-0-title": "",
        },
    }.get((model, field), {})
    if field in {"published_at", "start", "until"}:
        name = f"{name}_0"
    if hasattr(value, "seek"):
        value.seek(0)
    return {name: value} | along


def test_a_page_that_nothing_changed_is_the_stored_one(client, paper):
    address = paper.get_absolute_url()
    first = client.get(address)

    second = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert second.status_code == 304
