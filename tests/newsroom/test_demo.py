"""``manage.py demo``: a whole small newspaper, from nothing, as often as one likes."""

import gzip
import re
from collections import Counter
from io import StringIO

from django.core.management import CommandError, call_command
from django.db.models import Count, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone

import pytest

from articles.models import Article, Author, Correction, Image, Page, Section
from comments.models import Comment, Thread
from newsroom.demo import content
from newsroom.models import Publication, User
from ratings.models import Rating, Tally
from tests.factories import make_article
from tests.queries import queries_of

KB = 1024  # bytes


def load():
    said = StringIO()
    call_command("demo", stdout=said)
    return said.getvalue()


def test_the_demo_is_a_complete_small_newspaper(client):
    said = load()

    now = timezone.now()
    live = Article.objects.live(now)
    states = Counter(Comment.objects.values_list("state", flat=True))
    words = [len(article.live.text.split()) for article in live]
    assert "25 stories" in said
    assert Article.objects.count() >= 24
    assert Section.objects.count() >= 5
    assert Author.objects.count() >= 6
    assert Image.objects.count() == len(content.photos()) == 14
    assert not Image.objects.filter(Q(credit="") | Q(alt="")).exists()
    assert all(290 <= number <= 900 for number in words)
    assert Article.objects.filter(published_at__gt=now).count() == 1
    assert Article.objects.filter(published_at=None).count() == 1
    assert live.filter(language="ar").exists()
    assert live.filter(live__lead_image=None).exists()
    assert live.annotate(length=Length("headline")).filter(length__gt=200).exists()
    assert live.filter(label="opinion").exists()
    assert Correction.objects.filter(kind="correction").exists()
    assert Page.objects.filter(kind="accessibility").exists()
    assert states["approved"] > 200
    assert states["pending"] >= 5
    assert states["spam"] >= 3
    assert Comment.objects.filter(depth=4, state="approved").exists()
    assert Rating.objects.count() > 2000
    assert not Comment.objects.filter(created_at__gt=now).exists()
    for page in Page.objects.all():
        assert client.get(page.get_absolute_url()).status_code == 200
    for article in live:
        assert client.get(article.get_absolute_url()).status_code == 200


def test_the_demos_sums_are_what_a_recount_gives():
    load()

    votes = Counter(Rating.objects.values_list("article", "score"))
    for tally in Tally.objects.all():
        assert tally.counts == {n: votes[tally.pk, n] for n in (5, 4, 3, 2, 1)}
    counted = Thread.objects.annotate(
        approved_there=Count("comments", Q(comments__state="approved")),
        pending_there=Count("comments", Q(comments__state="pending")),
    )
    assert counted.count() > 15
    for thread in counted:
        assert thread.approved == thread.approved_there
        assert thread.pending == thread.pending_there
        branch = list(thread.comments.filter(state="approved"))
        for comment in thread.comments.all():
            below = [
                one
                for one in branch
                if one.pk != comment.pk and one.path.startswith(comment.path)
            ]
            assert comment.approved_replies == len(below)


def test_a_second_load_changes_nothing():
    load()
    Publication.objects.update(name="The Other Courier")
    Article.objects.filter(slug="night-bus-trial").update(standfirst="My own words.")
    before = counts()

    said = load()

    assert "nothing was changed" in said
    assert counts() == before
    assert Publication.objects.get().name == "The Other Courier"
    assert Article.objects.get(slug="night-bus-trial").standfirst == "My own words."


def counts():
    models = (Article, Author, Comment, Image, Rating, Section, User)
    return {model: model.objects.count() for model in models}


def test_a_site_with_stories_of_its_own_is_left_alone():
    make_article(headline="Somebody’s own story")

    with pytest.raises(CommandError, match="stories of its own"):
        load()

    assert Article.objects.count() == 1


def test_the_busiest_story_costs_at_most_six_queries(client):
    load()
    busiest = Thread.objects.order_by("-approved").first()
    assert busiest.approved >= 30
    address = busiest.article.get_absolute_url()

    assert queries_of(client, address) <= 6


def test_nobody_can_sign_in_as_one_of_the_demos_staff(client):
    load()
    staff = User.objects.filter(is_staff=True)

    assert staff.count() >= 6
    assert not any(user.has_usable_password() for user in staff)
    for password in ("", "admin", "password"):
        response = client.post(
            reverse("admin:login"),
            {"username": "saskia-vantongel", "password": password},
        )
        assert response.status_code == 200


def test_the_busiest_story_is_light_and_asks_for_little(client, tmp_path, settings):
    load()
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "newsroom.static_files.StaticFilesStorage"}
    }
    call_command("collectstatic", "--no-input", verbosity=0)
    busiest = Thread.objects.order_by("-approved").first()

    page = client.get(busiest.article.get_absolute_url()).text

    comments = page.index('<section class="thread"'), page.index('class="back-to-top"')
    without_comments = page[: comments[0]] + page[comments[1] :]
    loaded = {
        "stylesheet": re.findall(r'<link rel="stylesheet" href="([^"]+)"', page),
        "script": re.findall(r'<script type="module" src="([^"]+)"', page),
    }
    files = {
        kind: [tmp_path / name.removeprefix("/static/") for name in names]
        for kind, names in loaded.items()
    }
    fonts = ("newsreader-latin.woff2", "newsreader-latin-italic.woff2")
    files["font"] = [tmp_path / "fonts" / name for name in fonts]
    assert all(files.values())
    assert sum(map(len, files.values())) + 1 <= 8  # requests before pictures
    assert zipped(without_comments.encode()) <= 14 * KB
    assert sum(zipped(file.read_bytes()) for file in files["stylesheet"]) <= 12 * KB
    assert sum(zipped(file.read_bytes()) for file in files["script"]) <= 8 * KB
    assert sum(file.stat().st_size for file in files["font"]) <= 90 * KB


def zipped(content: bytes) -> int:
    return len(gzip.compress(content))
