"""No page of the paper is forgotten: each template of one has been looked at by axe."""

import re
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import preview_links, publishing
from articles.models import Correction, Section
from articles.newsletter import links
from comments import letters
from comments.models import Comment, Correspondent
from comments.views.correspondence import MINE_SALT
from newsroom import errors
from tests.browser.barriers import barriers
from tests.browser.test_reading import addresses  # noqa: F401  # a fixture
from tests.factories import (
    make_article,
    make_comment,
    make_draft,
    make_edition,
    make_newsletter,
    make_subscriber,
)
from tests.readers import Reader

TEMPLATES = settings.BASE_DIR / "templates"
A_PAGE = re.compile(r'{% (?:extends "|include "_plain\.html")')
EXEMPT = {
    "articles/newsletter/mail.html",  # test_newsletter reads it where it is shown
}


def templates_of_pages():
    """Return the names of the templates that a whole page for readers is made of."""
    names = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("[!_]*.html")
        if path.relative_to(TEMPLATES).parts[0] != "admin"
        and A_PAGE.search(path.read_text())
    }
    assert len(names) > 40
    return names - EXEMPT


@pytest.fixture
def answers(site, editor, monkeypatch):
    """What readers get of each further kind of page, under the kind's name.

    Many of them answer a form, so they are asked for here and shown from memory.
    """
    make_newsletter(description="Once a week, in five minutes.")
    make_edition(make_article(), number=1, state="sent", started_at=timezone.now())
    subscriber = make_subscriber()
    story = make_article(headline="Estuary bridge reopens")
    note = Correction(kind="correction", text="It was nine strands, not eight.")
    story.standfirst = "Nine strands."
    story.save()
    publishing.save_working_copy(story, editor=None)
    story = publishing.publish(story, editor=None, note_to_readers=note)
    comment = make_comment(story, name="Hettie P.", email="hettie@example.org")
    make_comment(story, parent=comment)
    pending = make_comment(story, state=Comment.State.PENDING)
    refused = make_comment(story, state=Comment.State.SPAM)
    owner = Correspondent.objects.create(
        email="hettie@example.org", confirmed_at=timezone.now()
    )
    mine = signing.dumps(owner.pk, salt=MINE_SALT)
    to_decide = signing.dumps(
        [pending.pk, editor.pk, "approve"], salt=letters.DECISION_SALT
    )
    link, preview = preview_links.make(
        make_draft().revisions.get(),
        reader="Dr. Brandt",
        open_for=timedelta(days=1),
        editor=editor,
    )
    reader = Reader()

    def path(name, *arguments):
        return reverse(name, args=arguments)

    found = {
        "empty section": reader.get(
            Section.objects.create(name="Sport", slug="sport").get_absolute_url()
        ),
        "year": reader.get(f"/{story.day.year}/"),
        "day": reader.get(f"/{story.day:%Y/%m/%d}/"),
        "version": reader.get(f"{story.get_absolute_url()}versions/2/"),
        "preview": reader.get(preview),
        "newsletter": reader.get("/newsletter/"),
        "newsletter asked": reader.get("/newsletter/asked/"),
        "newsletter erased": reader.get("/newsletter/erased/"),
        "edition": reader.get("/newsletter/1/"),
        "newsletter confirm": reader.get(links.to_confirm(subscriber)),
        "newsletter own": reader.get(links.to_own_page(subscriber)),
        "thread": reader.get(path("comments:thread", story.pk)),
        "replies": reader.get(path("comments:replies", comment.pk)),
        "comment refused": reader.get(path("comments:status", refused.status_key)),
        "wishes": reader.get(path("comments:mail", owner.key)),
        "ask for mine": reader.get(path("comments:ask-for-mine")),
        "mine": reader.get(path("comments:mine", mine)),
        "edit mine": reader.get(path("comments:edit-mine", mine, comment.pk)),
        "erase": reader.get(path("comments:erase", mine)),
        "link expired": reader.get(path("comments:mine", "nobody")),
        "without a name": reader.comment(story, name=""),
        "without stars": reader.rate(story, ""),
        "reported": reader.post(
            path("comments:report", comment.pk), {"reason": "insult"}
        ),
        "report without reason": reader.post(path("comments:report", comment.pk)),
        "notice": reader.post(
            path("comments:illegal", comment.pk),
            {"explanation": "Libel.", "in_good_faith": "on"},
            follow=True,
        ),
        "sent from elsewhere": Client(
            enforce_csrf_checks=True, headers={"Origin": "https://elsewhere.example"}
        ).post(path("ratings:vote", story.pk), {"score": 4}),
        "no token": Client(
            enforce_csrf_checks=True, headers={"Origin": "https://elsewhere.example"}
        ).post("/admin/login/"),
    }
    writer = Reader()
    writer.comment(story, "Mine.", email="own@example.org", name="Own")
    own = Comment.objects.get(source="Mine.")
    Comment.objects.filter(pk=own.pk).update(state=Comment.State.APPROVED)
    found["own comment"] = writer.post(path("comments:recommend", own.pk))
    client = Client()
    client.force_login(editor)
    found["decide"] = client.get(path("comments:decide", to_decide))
    preview_links.revoke(link, editor=editor)
    found["preview over"] = reader.get(preview)
    monkeypatch.setattr(links, "CONFIRM_WITHIN", timedelta(seconds=-1))
    found["newsletter over"] = reader.get(links.to_confirm(subscriber))
    found["erased"] = reader.post(path("comments:erase", mine), {"what": "person"})
    publishing.withdraw(story, editor=None)
    found["thread gone"] = reader.comment(story)
    return found


@pytest.fixture
def faults(rf: RequestFactory):
    """What is answered when something is wrong, by the name of its template."""
    request = rf.get("/")
    return {
        "400.html": errors.bad_request(request, ValueError()),
        "403.html": errors.forbidden(request, ValueError()),
        "429.html": errors.too_many_requests(request, wait=timedelta(minutes=1)),
        "500.html": errors.server_error(request),
        "503.html": errors.storage_gone(request),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_further_page_has_a_barrier_that_axe_finds(
    new_page, answers, faults, scheme, width
):
    page = new_page(width=width, color_scheme=scheme)
    shown = {}
    page.route(
        "**/shown-from-memory/*/",
        lambda route: route.fulfill(
            body=shown[route.request.url], content_type="text/html; charset=utf-8"
        ),
    )

    found = {}
    for name, answer in (answers | faults).items():
        address = f"{new_page.base_url}/shown-from-memory/{len(found)}/"
        shown[address] = answer.text
        page.goto(address)
        found[name] = barriers(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[name].append("scrolls sideways")

    assert found == {name: [] for name in found}


def test_every_template_of_a_page_is_among_those_that_axe_looks_at(
    addresses,  # noqa: F811
    answers,
    faults,
):
    reader = Reader()
    others = [reader.get(address) for address in addresses.values()]

    rendered = {
        template.name
        for answer in [*others, *answers.values()]
        for template in answer.templates
    }

    assert templates_of_pages() - rendered - faults.keys() == set()
