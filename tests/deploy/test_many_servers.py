"""A site behind nginx keeps every word, and shows it in time, while servers die."""

from __future__ import annotations

import os
import time
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.factories import picture_file
from tests.html_forms import fields_of

from .machines import Town
from .people import Crowd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .machines import Postgres
    from .people import Act

pytestmark = pytest.mark.own_database

# How long everybody is busy; .ci/run gives them a minute.
SECONDS = int(os.environ.get("DEPLOY_SECONDS", "20"))
# The rule of DESIGN.md, section 6: a cache in front keeps a page for s-maxage=1, which
# nginx counts in whole seconds: less than two. And a hot story is rendered once a second.
KEPT_IN_FRONT = 2  # seconds
HOT_FOR = 1  # seconds
IN_HAND = 2 * 2 * 4  # requests that one server has at most, and as many that wait
KINDS = ("comment", "held", "vote", "headline", "approval")
FIRST = 1  # the number in the headlines that the stories begin with
PASSWORD = "the password of a test"

STORIES = """
import json
from ratings.models import RatingSettings
from tests.factories import make_article, set_discussion
# A crowd of readers who are all new is what quarantine is for. Not here.
RatingSettings.objects.update_or_create(pk=1, defaults={
    "pace_votes": 30000, "ring_networks": 30000,
})
stories = [make_article(headline="Bulletin 1") for _ in range(3)]
set_discussion(hold_unknown=False, flood_seconds=0)
held = make_article(headline="Bulletin 1")
set_discussion(article=held, hold_all=True)
print(json.dumps({one.pk: one.get_absolute_url() for one in [*stories, held]}))
"""
WRITTEN = """
import json
from articles.models import Article, Revision
from comments.models import Comment
from ratings.models import Rating, Tally
from ratings.recounting import recount
print(json.dumps({
    "comments": [
        [one.thread_id, one.source, one.state] for one in Comment.objects.all()
    ],
    "votes": list(Rating.objects.values_list("article", flat=True)),
    "differences": [
        one.article_id for one in Tally.objects.select_related("article")
        if recount(one.article, mend=False)
    ],
    "threads": {
        one.pk: one.thread.approved for one in Article.objects.select_related("thread")
    },
    "headlines": list(Revision.objects.order_by("pk").values_list("headline", flat=True)),
    "live": [one.live.headline for one in Article.objects.order_by("pk")],
}))
"""


SIZES = """
import json
from articles.models import Image
image = Image.objects.get()
print(json.dumps([image.sizes_state, [one.file.url for one in image.sizes]]))
"""


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory, with_tables: Postgres, collected: Path
) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town"), with_tables, collected)
    town.run(
        "from newsroom.models import User;"
        f"User.objects.create_superuser('desk', password={PASSWORD!r})"
    )
    yield town
    town.stop()


def test_an_uploaded_picture_is_drawn_by_the_worker_and_served_by_nginx(town):
    editor = Crowd(town.nginx).someone()
    editor.sign_in("desk", PASSWORD)
    form = editor.get("/admin/articles/image/several/")
    fields = fields_of(form) | {"files": picture_file(1600, 1000)}

    answer = editor.upload("/admin/articles/image/several/", fields)
    ended = town.wait_for_tasks()
    state, addresses = town.run(SIZES)
    picture = town.nginx.ask(addresses[0])

    assert answer.status == 302
    assert set(ended) == {"SUCCESSFUL"}
    assert state == "made"
    assert picture.status == 200
    assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    # The app adds its policy to all that it sends; nginx sent this one.
    assert "Content-Security-Policy" not in picture.headers
    original = next((town.nginx.files / "originals").iterdir())
    assert town.nginx.ask(f"/media/{original.name}").status == 404


@pytest.fixture
def crowd(town: Town) -> Iterator[Crowd]:
    crowd = Crowd(town.nginx)
    yield crowd
    crowd.stop()


def test_nothing_accepted_is_lost_or_doubled_and_no_page_is_too_old(town, crowd):
    found = town.run(STORIES)
    stories = {int(key): path for key, path in found.items()}
    *open_, held = stories
    bulletin = open_[0]
    desk = [crowd.someone() for _ in range(2)]
    for person in desk:
        person.sign_in("desk", PASSWORD)

    for _ in range(3):
        crowd.start(crowd.read, stories, every=0.05)
    crowd.start(crowd.read, {bulletin: "/"}, every=0.3)
    for _ in range(2):
        crowd.start(crowd.comment, open_, "comment", every=0.25)
        crowd.start(crowd.vote, list(stories), every=0.2)
    crowd.start(crowd.comment, [held], "held", every=0.5)
    crowd.start(crowd.publish, desk[0], bulletin, count(FIRST + 1), every=1)
    crowd.start(crowd.approve, desk[1], held, every=0.5)
    everything = [*stories.values(), "/"], KINDS
    crowd.go_on(SECONDS * 0.3, *everything)
    kill = time.monotonic()
    town.servers[0].kill()
    killed = time.monotonic()
    crowd.go_on(SECONDS * 0.2, *everything)
    town.redis.kill()
    crowd.go_on(1, *everything)
    town.redis.start()
    crowd.go_on(SECONDS * 0.2, *everything)
    town.servers[0].start()
    crowd.go_on(SECONDS * 0.3, *everything)
    crowd.stop()
    ended = town.wait_for_tasks()
    written = town.run(WRITTEN)

    assert crowd.faults == []
    assert crowd.refused == []
    check_answers(crowd, kill, killed)
    check_words(crowd, written, held)
    check_ages(crowd)
    assert set(ended) == {"SUCCESSFUL"}, ended


def check_answers(crowd: Crowd, kill: float, killed: float) -> None:
    """Readers met no error; of those who sent, only whom the dead server had in hand."""
    assert [one for one in crowd.lost if one.method == "GET"] == []
    assert len(crowd.lost) <= IN_HAND
    for lost in crowd.lost:
        assert lost.asked < killed, lost
        assert lost.at > kill, lost


def check_words(crowd: Crowd, written: dict, held: int) -> None:
    """What was accepted is in the database once, and nothing else is."""
    of = {kind: acts(crowd, kind) for kind in ("comment", "held", "vote", "approval")}
    accepted = sorted((one.story, one.what) for one in of["comment"] + of["held"])
    stored = sorted((story, text) for story, text, _state in written["comments"])
    assert stored == accepted
    votes = Counter(one.story for one in of["vote"])
    assert Counter(written["votes"]) == votes
    assert written["differences"] == []
    states = Counter((story, state) for story, _text, state in written["comments"])
    assert states[held, "approved"] == len({one.what for one in of["approval"]})
    for story, number in written["threads"].items():
        assert states[int(story), "approved"] == number
    headlines = [one.what for one in acts(crowd, "headline")]
    assert written["headlines"][4:] == headlines
    assert written["live"][0] == headlines[-1]


def check_ages(crowd: Crowd) -> None:
    """Each page shows what was done when its rendering began, and nothing to come."""
    for look in crowd.looks:
        # nginx kept it from the answer to one of these, or asked for it for this look.
        asked = earliest_question(crowd, look.path, look.asked - KEPT_IN_FRONT)
        # The app had it, if the page was hot, from one of those before.
        begun = earliest_question(crowd, look.path, asked - HOT_FOR)
        done = [one for one in crowd.acts if one.answered < begun]
        tried = [one for one in crowd.sent if one.answered < look.ended]
        least, most = numbers(done, look.story), numbers(tried, look.story)
        for what, shown in look.shown.items():
            assert least[what] <= shown <= most[what], (what, look, least, most)


def earliest_question(crowd: Crowd, path: str, since: float) -> float:
    """Return when the first of those asked for the page who had it after ``since``.

    However long a rendering takes on a slow machine, nobody has its page before its end.
    """
    looks = (one for one in crowd.looks if one.path == path)
    return min(one.asked for one in looks if one.ended > since)


def acts(crowd: Crowd, kind: str) -> list[Act]:
    return [one for one in crowd.acts if one.kind == kind]


def numbers(done: list[Act], story: int) -> dict[str, int]:
    """Return what the story's page shows if so much was done."""
    here = [one for one in done if one.story == story]
    of = Counter(one.kind for one in here)
    bulletins = [int(one.what.split()[1]) for one in here if one.kind == "headline"]
    return {
        "comments": of["comment"] + of["approval"],
        "votes": of["vote"],
        "headline": max(bulletins, default=FIRST),
    }
