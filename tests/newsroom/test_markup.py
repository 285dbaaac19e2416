"""Every page is HTML as the standard has it: nothing for a browser to put right."""

import html
import re
from collections import defaultdict
from urllib.parse import urljoin, urlsplit

from django.core.management import call_command
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

import pytest

from articles.newsletter import links
from tests.articles.test_versions import publish
from tests.factories import (
    film_file,
    make_article,
    make_comment,
    make_edition,
    make_image,
    make_newsletter,
    make_recording,
    make_subscriber,
)
from tests.markup import faults_of
from tests.readers import Reader

SITE = "http://testserver"
A_KIND = 3  # pages of each view; of stories all
LINKED = re.compile(r'\b(?:action|href)="([^"]+)"')


def walk(client, start):
    """Yield each kind of page that links lead to from ``start``: view, path and text."""
    paths, seen = [start], defaultdict(set)
    for path in paths:
        response = client.get(path)
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        if response.status_code == 200:
            yield resolve(urlsplit(path).path).view_name, path, response.text
        for link in LINKED.findall(response.text):
            target = urljoin(SITE + path, html.unescape(link)).partition("#")[0]
            if not target.startswith(f"{SITE}/") or target in seen["all"]:
                continue
            seen["all"].add(target)
            view = view_at(urlsplit(target).path)
            whole_kind = view == "articles:story" and "?" not in target
            if view and (whole_kind or len(seen[view]) < A_KIND):
                seen[view] |= set() if whole_kind else {target}
                paths.append(target.removeprefix(SITE))


def view_at(path):
    try:
        return resolve(path).view_name
    except Resolver404:  # what the server of files answers
        return ""


def test_every_page_that_readers_of_the_demo_come_to_is_valid(client):
    call_command("demo", verbosity=0)

    pages = list(walk(client, "/"))

    faulty = {
        path: faults for _view, path, text in pages if (faults := faults_of(text))
    }
    assert faulty == {}
    views = {view for view, _path, _text in pages}
    assert views >= {
        *(f"articles:{name}" for name in ("front", "story", "section", "tag", "author")),
        *(f"articles:{name}" for name in ("about", "page", "corrections", "latest")),
        *(f"articles:{name}" for name in ("archive", "year", "month", "day", "search")),
        *(f"articles:{name}" for name in ("newsletter", "edition")),
        *(f"comments:{name}" for name in ("thread", "report", "illegal")),
        *(f"ratings:{name}" for name in ("best", "counting")),
    }  # fmt: skip


def test_pages_that_answer_a_reader_or_tell_of_a_change_are_valid(client):
    image = make_image()
    film = make_recording(
        file=film_file(), captions="WEBVTT\n", poster=image, transcript="A.\n\nB."
    )
    story = make_article(
        body=f'<p>One<span data-footnote="k3f">Two</span>.</p>'
        f'<figure data-recording="{film.pk}"><figcaption>A</figcaption></figure>'
    )
    publish(story, headline="Nine", text="It said six.")
    publish(story, kind="retraction", headline="None", text="All of it was wrong.")
    address, thread = (
        story.get_absolute_url(),
        reverse("comments:thread", args=[story.pk]),
    )
    first = make_comment(story)
    make_newsletter()
    subscriber = make_subscriber()
    make_edition(story, state="sent", number=1, started_at=timezone.now())
    posted = Reader().comment(story, "Well said.")
    pages = {
        "comment": client.get(posted.headers["Location"].removeprefix(SITE)),
        "versions": client.get(f"{address}versions/"),
        "compared": client.get(f"{address}versions/2/"),
        "story": client.get(address),
        "reply": client.get(f"{address}?reply_to={first.pk}"),
        "no words": client.get("/search/?q="),
        "no result": client.get("/search/?q=zebra&section=99&since=x"),
        "not found": client.get("/nowhere/"),
        "to confirm": client.get(links.to_confirm(subscriber)),
        "own": client.get(links.to_own_page(subscriber)),
        "no address": Reader().post("/newsletter/", {"email": "x"}),
        "no comment": Reader().comment(story, "", name="", email="x"),
        "vote": Reader().rate(story, 5, follow=True),
        "bad vote": Reader().rate(story, 9),
        "from elsewhere": Reader().post(
            thread,
            {"comment": "Hm."},
            headers={"Origin": "https://elsewhere.example"},
        ),
    }

    assert {
        name: faults for name, one in pages.items() if (faults := faults_of(one.text))
    } == {}
    assert "Two" in pages["story"].text
    assert {one.status_code for one in pages.values()} == {200, 403, 404, 422}


GOOD = (
    '<!doctype html><html lang="en"><head><title>T</title></head>'
    "<body><main><h1>H</h1>{}</main></body></html>"
)


@pytest.mark.parametrize(
    ("piece", "fault"),
    [
        ("<p>a", "ends nothing"),
        ("<p><div>a</div></p>", "<div> in <p>"),
        ("<ul><p>a</p></ul>", "<p> in <ul>"),
        ('<a href="/"><button>a</button></a>', "in what can be clicked"),
        ('<p id="a">a</p><p id="a">b</p>', "id 'a' stands 2 times"),
        ('<label for="b">a</label>', "nothing has the id 'b'"),
        ('<img src="/a.png">', "<img> without alt"),
        ("<figure><p>a</p><figcaption>b</figcaption><p>c</p></figure>", "figcaption"),
        ("<details><p>a</p></details>", "<details>"),
        ("<h1>again</h1>", "2 of <h1>"),
        ('<p class="a" class="b">a</p>', "twice"),
        ('<p style="color: red">a</p>', "<p style>"),
        ('<ul><li role="group">a</li></ul>', "<li> with a role"),
        ("<p><time></time></p>", "<time> without datetime"),
        ('<progress max="0" value="0"></progress>', "between 0 and its max"),
        ('<meter max="4" value="5">5</meter>', "between 0 and its max"),
    ],
)
def test_what_is_not_valid_is_found(piece, fault):
    (found, *_more) = faults_of(GOOD.format(piece))

    assert faults_of(GOOD.format("<p>a</p>")) == []
    assert fault in found
