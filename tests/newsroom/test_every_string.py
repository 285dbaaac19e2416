"""No string is left out of the catalogues: in a language where each one is marked, every
word on a page is either between marks or something that staff and readers wrote.

What they write here is Greek; any Latin letter outside the marks was written by us.
"""

import re
from html.parser import HTMLParser

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import activate, get_language
from django.utils.translation.trans_real import DjangoTranslation

import pytest

from articles import publishing
from articles.models import (
    Article,
    Author,
    Byline,
    Correction,
    Edition,
    RelatedLink,
    Section,
    Tag,
)
from articles.newsletter import links
from comments.models import Comment
from newsroom.models import Publication
from tests.factories import (
    make_comment,
    make_draft,
    make_edition,
    make_image,
    make_newsletter,
    make_staff,
    make_subscriber,
)
from tests.readers import Reader

CONTEXT = "\x04"  # between a message's context and the message
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
SPOKEN = {"alt", "aria-description", "aria-label", "content", "placeholder", "title"}
# In “pre” is what the record of events holds, in “textarea” what somebody wrote.
SILENT = {"pre", "script", "style", "textarea"}
# What others wrote and no catalogue reaches: an app's name, a text of Django's own list,
# the names of rights and groups, which are rows.
NOT_OURS = {"Tasks Database Backend", "Search", "True", "False"}
ROWS = ("/auth/group/", "/newsroom/user/")
# What no language translates: units and names of formats, zones, keys and addresses.
NAMES = re.compile(
    r"\S+\.(?:jpeg|webp|avif)\b|https?://\S+|\S+@\S+|\S*/\S*/\S*|\b(?:UTC|GMT|HTML|CSV|JSON Feed|JSON|RSS|Atom|Akismet|SEO|"
    r"ID|Newsroom|IPTC|EXIF|XMP|URL|IP|JPEG|PNG|WebP|AVIF|GIF|KB|MB|px|Esc|Enter|Shift|Ctrl)\b"
)


def mark(message: str) -> str:
    context, _, words = message.rpartition(CONTEXT)
    return words if context == "date" or not words.strip() else f"⟦{words}⟧"


@pytest.fixture(autouse=True)
def marked(monkeypatch):
    """Let every translated string come with marks around it."""
    monkeypatch.setattr(DjangoTranslation, "gettext", lambda self, text: mark(text))
    monkeypatch.setattr(
        DjangoTranslation,
        "ngettext",
        lambda self, one, many, number: mark(one if number == 1 else many),
    )
    language = get_language()
    activate("en")
    yield
    activate(language)


class Words(HTMLParser):
    """The texts of a page that someone sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.attributes: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.open.append(tag)
        said = dict(attrs)
        if tag == "meta" and said.get("name") != "description":
            return
        if tag == "input" and said.get("type") in {"submit", "button"}:
            self.attributes.append(said.get("value") or "")
        self.attributes += [said[name] or "" for name in SPOKEN & said.keys()]

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open:
            self.texts.append(data)


def unmarked(page: str) -> set[str]:
    """Return the words of ``page`` with Latin letters that no mark surrounds."""
    words = Words()
    words.feed(page)
    left = set()
    for text in [" ".join(words.texts), *words.attributes]:
        while MARKED.search(text):
            text = MARKED.sub(" ", text)
        left |= set(re.findall(r"[A-Za-z][A-Za-z’' -]*", NAMES.sub(" ", text)))
    return {phrase.strip() for phrase in left} - NOT_OURS


@pytest.fixture
def paper(db) -> dict[str, str]:
    """A newspaper of which everything is Greek; its pages by what they are."""
    Publication.objects.create(
        pk=1,
        name="Η Γέφυρα",
        tagline="Νέα της πόλης",
        description="Μια εφημερίδα.",
        principles="Δύο πηγές.",
        contact="γραφείο@example.org",
    )
    section = Section.objects.create(name="Πόλη", slug="πόλη", description="Τα νέα.")
    author = Author.objects.create(
        name="Ελένη", slug="ελένη", role="Συντάκτρια", biography="Γράφει."
    )
    tag = Tag.objects.create(name="γέφυρες", slug="γέφυρες")
    image = make_image(
        alt="Γέφυρα", caption="Η γέφυρα.", credit="Νίκος", original_name="γέφυρα"
    )
    other = make_draft(section=section, headline="Άλλη", slug="άλλη", standfirst="Νέα.")
    publishing.publish(other, editor=None)
    story = make_draft(
        section=section,
        headline="Άνοιξε η γέφυρα",
        standfirst="Μετά από καιρό.",
        slug="γέφυρα",
        lead_image=image,
        label="opinion",
        body=f'<p>Άνοιξε.</p><figure data-image="{image.pk}"></figure>',
    )
    story.tags.add(tag)
    Byline.objects.create(article=story, author=author)
    Byline.objects.create(article=story, role="photographs", guest="Νίκος", position=1)
    RelatedLink.objects.create(article=story, target=other)
    publishing.save_working_copy(story, editor=None)
    story = publishing.publish(story, editor=None)
    story.body = "<p>Άνοιξε χθες.</p>"
    story.save()
    publishing.save_working_copy(story, editor=None)
    note = Correction(kind=Correction.Kind.CORRECTION, text="Χθες, όχι σήμερα.")
    story = publishing.publish(story, editor=None, note_to_readers=note)
    first = make_comment(story, name="Άννα", source="Ωραία.")
    make_comment(story, parent=first, name="Πέτρος", source="Ναι.")
    gone = make_comment(story, name="Κώστας", source="Όχι.")
    make_comment(story, parent=gone, name="Μαρία", source="Γιατί;")
    Comment.objects.filter(pk=gone.pk).update(state=Comment.State.REMOVED)
    Reader().rate(story, 4)
    address = story.get_absolute_url()
    make_newsletter(name="Γράμμα", description="Τα νέα.", imprint="Οδός 3")
    subscriber = make_subscriber()
    make_edition(
        story,
        subject="Γράμμα",
        introduction="Νέα.",
        state="sent",
        number=1,
        started_at=timezone.now(),
    )
    letters = {
        "newsletter confirm": links.to_confirm(subscriber),
        "newsletter own": links.to_own_page(subscriber),
        "newsletter": "/newsletter/",
        "newsletter asked": "/newsletter/asked/",
        "newsletter erased": "/newsletter/erased/",
        "edition": "/newsletter/1/",
    }
    return (
        letters
        | {
            "story": address,
            "reply": f"{address}?reply_to={first.pk}",
            "versions": f"{address}versions/",
            "version": f"{address}versions/2/",
            "section": section.get_absolute_url(),
            "author": author.get_absolute_url(),
            "tag": tag.get_absolute_url(),
            "counting": reverse("ratings:counting", args=[story.pk]),
            "nothing there": "/δεν-υπάρχει/",
            "search": "/search/?q=γέφυρα",
            "search without words": "/search/?q=",
            "search without result": "/search/?q=ουρανός",
            "report": reverse("comments:report", args=[first.pk]),
            "illegal": reverse("comments:illegal", args=[first.pk]),
        }
        | {
            name: reverse(f"articles:{name}")
            for name in ("front", "about", "corrections")
        }
    )


def test_every_word_on_a_public_page_can_be_translated(paper, client):
    left = {
        name: words
        for name, address in paper.items()
        if (words := unmarked(client.get(address, follow=True).text))
    }

    assert left == {}


def test_every_word_of_an_answer_to_a_reader_can_be_translated(paper):
    story = Article.objects.get(slug="γέφυρα")
    answers = {
        "empty comment": Reader().comment(story, "", name="", email="x"),
        "comment": Reader().comment(story, "Ωραία.", name="Άννα"),
        "vote": Reader().rate(story, 5, follow=True),
        "vote out of range": Reader().rate(story, 9),
        "cross-site": Reader().post(
            reverse("comments:thread", args=[story.pk]),
            {"comment": "Ωραία."},
            headers={"Origin": "https://elsewhere.example"},
        ),
    }
    left = {name: unmarked(answer.text) for name, answer in answers.items()}

    assert {name: words for name, words in left.items() if words} == {}


def test_every_word_of_the_desk_can_be_translated(paper, client):
    editor = make_staff(is_superuser=True, username="ελένη", first_name="Ελένη")
    client.force_login(editor)
    left = {}

    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{name}_changelist")]
        thing = model._default_manager.first()
        if thing is not None:
            pages.append(reverse(f"{name}_change", args=[thing.pk]))
        try:
            pages.append(reverse(f"{name}_add"))
        except NoReverseMatch:
            continue
        for page in pages:
            if any(kind in page for kind in ROWS):
                continue
            answer = client.get(page, follow=True)
            words = unmarked(answer.text) if answer.status_code == 200 else set()
            if words:
                left[page] = words
    edition = Edition.objects.get()
    for page in (
        reverse("admin:articles_edition_send", args=[edition.pk]),
        reverse("admin:articles_edition_send", args=[make_edition(subject="Γ").pk]),
        reverse("admin:articles_edition_preview", args=[edition.pk]),
        reverse("admin:articles_subscriber_lists"),
    ):
        left[page] = unmarked(client.get(page).text)
    left["index"] = unmarked(client.get(reverse("admin:index")).text)

    assert {page: words for page, words in left.items() if words} == {}


def test_a_word_that_cannot_be_translated_is_found():
    page = '<p>⟦Total: ⟦3⟧⟧ votes</p><img alt="A bridge"><input placeholder="⟦Name⟧">'

    assert unmarked(page) == {"votes", "A bridge"}
